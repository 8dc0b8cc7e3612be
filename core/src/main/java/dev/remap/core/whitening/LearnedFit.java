package dev.remap.core.whitening;

import java.util.Arrays;
import java.util.Locale;

/**
 * Matching pairs to a learned whitening (Lw: Mikolajczyk and Matas, ICCV 2007; Radenović, Tolias
 * and Chum, TPAMI 2018): P₁ makes the mean scatter S of the pairs' differences the identity, and
 * the principal directions V of all descriptors in that space, about the mean m of the queries, are
 * kept: P = Vᵀ·P₁.
 *
 * <p>The literature's P₁ is the inverse of the Cholesky factor of S; here it is Λ^−½·Uᵀ of S =
 * UΛUᵀ. They differ by a rotation from the left, which V undoes, so P is the same but for signs.
 * From eigenvalues, what is done where S is singular or nearly so can be said plainly, and is as in
 * {@link PcaFit}: λ' = (1−β)·λ + β·λ̄ + ρ·tr/n before the power, with n the differences that can be
 * independent. (The literature adds the least multiple of the identity that lets Cholesky end; it
 * blows up by up to 10⁵ what the pairs know nothing about.)
 */
final class LearnedFit {
  private LearnedFit() {}

  static Whitening fit(
      Moments all, PairMoments pairs, WhiteningOptions options, SymmetricEigenSolver solver) {
    int d = all.dimension();
    require(all, pairs);
    double[] mean = pairs.queryMean();
    double[] inner = inner(pairs, options, solver);
    double[] scatter = Products.of(Products.plain(inner, scatter(all, mean), d), inner, d);
    SymmetricEigenSolver.Eigen eigen = solver.solve(scatter, d);
    double[] eigenvalues = PcaFit.nonNegative(eigen.values());
    double noise = new Covariance(all).noise() * longest(inner, d);
    int rank = PcaFit.rank(eigenvalues, options.eigenvalueFloor(), noise);
    DimensionChoice choice = DimensionChoice.of(options, d, rank, all.count());
    int dimension = choice.dimension();
    double[] directions =
        Complement.extended(eigen.vectors(), Math.min(rank, dimension), dimension, d);
    double[] scales = new double[dimension];
    for (int k = 0; k < dimension; k++) {
      scales[k] = k < rank ? 1 : Complement.scale(dimension - rank, d - rank);
    }
    double centring = options.centringOfPairs(pairs.images());
    double[][] columns = PcaFit.columns(Products.plain(directions, inner, d), d, scales);
    for (int i = 0; i < d; i++) {
      mean[i] *= centring;
    }
    String reason =
        String.format(
            Locale.ROOT,
            "learned from %d pairs of %d images (Lw); %s; ridge %.3g, centring %.3g",
            pairs.pairs(),
            pairs.images(),
            choice.reason(),
            options.ridgeOfPairs(pairs.independent()),
            centring);
    return new Whitening(options, all.count(), mean, eigenvalues, columns, rank, reason);
  }

  private static void require(Moments all, PairMoments pairs) {
    PcaFit.requireDimension(all.dimension());
    if (pairs.dimension() != all.dimension()) {
      throw new IllegalArgumentException(
          "pairs of descriptors of "
              + pairs.dimension()
              + " components cannot whiten descriptors of "
              + all.dimension());
    }
    if (pairs.pairs() < 1 || all.count() < 2) {
      throw new IllegalArgumentException(
          "there is nothing to learn from: "
              + pairs.pairs()
              + " pairs among "
              + all.count()
              + " descriptors");
    }
  }

  /** P₁: D rows of D components, one after the other. */
  private static double[] inner(
      PairMoments pairs, WhiteningOptions options, SymmetricEigenSolver solver) {
    int d = pairs.dimension();
    double[] scatter = pairs.scatter();
    double largest = 0;
    for (int i = 0; i < d; i++) {
      largest = Math.max(largest, scatter[i * d + i]);
    }
    SymmetricEigenSolver.Eigen eigen = solver.solve(scatter, d);
    double[] eigenvalues = PcaFit.nonNegative(eigen.values());
    int rank = PcaFit.rank(eigenvalues, options.eigenvalueFloor(), Math.ulp(largest) * d);
    if (rank == 0) {
      throw new IllegalArgumentException(
          "the images of each of the "
              + pairs.pairs()
              + " pairs have equal descriptors: there is nothing to learn from copies");
    }
    boolean isSingular = rank < d && options.power() > 0;
    if (isSingular && !options.hasRidge() && options.shrinkage() == 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d pairs differ in %d directions of %d, and without a ridge the others would be"
                  + " blown up without bound: leave the ridge automatic, or give pairs of more"
                  + " images",
              pairs.pairs(),
              rank,
              d));
    }
    double trace = Arrays.stream(eigenvalues, 0, rank).sum();
    double ridge = options.ridgeOfPairs(pairs.independent());
    double added = (options.shrinkage() / rank + ridge / pairs.independent()) * trace;
    double[] scales = PcaFit.scales(eigenvalues, added, rank, d, options);
    double[] rows = eigen.vectors();
    for (int k = 0; k < d; k++) {
      for (int i = 0; i < d; i++) {
        rows[k * d + i] *= scales[k];
      }
    }
    return rows;
  }

  /** Mean of (x−m)(x−m)ᵀ = (Σxxᵀ − m·sᵀ − s·mᵀ)/n + m·mᵀ, both triangles. */
  private static double[] scatter(Moments all, double[] m) {
    int d = m.length;
    double[] sum = all.sum();
    double[] scatter = new double[d * d];
    for (int i = 0; i < d; i++) {
      double[] row = all.row(i);
      for (int j = i; j < d; j++) {
        double about = row[j - i] - m[i] * sum[j] - sum[i] * m[j];
        scatter[i * d + j] = about / all.count() + m[i] * m[j];
        scatter[j * d + i] = scatter[i * d + j];
      }
    }
    return scatter;
  }

  /** The largest squared length of a row: so much does it enlarge what rounding has left. */
  private static double longest(double[] rows, int d) {
    double longest = 0;
    for (int k = 0; k < d; k++) {
      double squares = 0;
      for (int i = 0; i < d; i++) {
        squares += rows[k * d + i] * rows[k * d + i];
      }
      longest = Math.max(longest, squares);
    }
    return longest;
  }
}
