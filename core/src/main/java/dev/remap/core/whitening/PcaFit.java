package dev.remap.core.whitening;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Moments to whitening: covariance, eigen-decomposition, signs, scaling. */
final class PcaFit {
  private PcaFit() {}

  static Whitening fit(Moments moments, WhiteningOptions options, SymmetricEigenSolver solver) {
    int inputDimension = moments.dimension();
    if (moments.count() < 2) {
      throw new IllegalArgumentException(
          "there is nothing to whiten: "
              + moments.count()
              + " descriptors; at least 2 different ones are needed");
    }
    requireDimension(inputDimension);
    Covariance covariance = new Covariance(moments);
    SymmetricEigenSolver.Eigen eigen = eigen(covariance, options.eigenvalueFloor(), solver);
    double[] eigenvalues = nonNegative(eigen.values());
    int rank = rank(eigenvalues, options.eigenvalueFloor(), covariance.noise());
    DimensionChoice choice = DimensionChoice.of(options, inputDimension, rank, moments.count());
    int principal = Math.min(rank, choice.dimension());
    double[] vectors =
        Complement.extended(eigen.vectors(), principal, choice.dimension(), inputDimension);
    // Copies of one image are one image.
    long different = rank < inputDimension ? rank : moments.count();
    double ridge = options.ridgeFor(different);
    double centring = options.centringFor(moments.count());
    double[] scales = scales(eigenvalues, rank, choice.dimension(), options, different);
    double[][] columns = columns(vectors, inputDimension, scales);
    double[] mean = covariance.mean();
    for (int i = 0; i < inputDimension; i++) {
      mean[i] *= centring;
    }
    String reason =
        String.format(
            Locale.ROOT, "%s; ridge %.3g, centring %.3g", choice.reason(), ridge, centring);
    return new Whitening(options, moments.count(), mean, eigenvalues, columns, rank, reason);
  }

  private static SymmetricEigenSolver.Eigen eigen(
      Covariance covariance, double floor, SymmetricEigenSolver solver) {
    Optional<SymmetricEigenSolver.Eigen> few =
        LowRank.suits(covariance) ? LowRank.of(covariance, floor, solver) : Optional.empty();
    return few.orElseGet(() -> solver.solve(covariance::row, covariance.dimension()));
  }

  static void requireDimension(int inputDimension) {
    if (inputDimension > TorchEigenSolver.MAX_DIMENSION) {
      throw new IllegalArgumentException(
          "descriptors of "
              + inputDimension
              + " components cannot be whitened: the limit is "
              + TorchEigenSolver.MAX_DIMENSION
              + "; tap fewer layers");
    }
  }

  static double[] nonNegative(double[] values) {
    return Arrays.stream(values).map(v -> Math.max(v, 0)).toArray();
  }

  static int rank(double[] eigenvalues, double floor, double noise) {
    double threshold = Math.max(floor * eigenvalues[0], noise);
    int rank = 0;
    while (rank < eigenvalues.length && eigenvalues[rank] > threshold) {
      rank++;
    }
    return rank;
  }

  /**
   * λ'^−p with λ' = (1−β)·λ + β·λ̄ + ρ·tr/n. The mean is over the rank: over all D it would vanish
   * where there are far fewer descriptors than dimensions, the case that shrinkage is for.
   * Directions beyond the rank have λ = 0.
   */
  static double[] scales(
      double[] eigenvalues, int rank, int dimension, WhiteningOptions options, long different) {
    double trace = Arrays.stream(eigenvalues, 0, rank).sum();
    double beta = options.shrinkage();
    double added = beta * trace / rank + options.ridgeFor(different) * trace / different;
    double[] scales = new double[dimension];
    for (int k = 0; k < dimension; k++) {
      double eigenvalue = k < rank ? eigenvalues[k] : 0;
      scales[k] = StrictMath.pow((1 - beta) * eigenvalue + added, -options.power());
      if (k >= rank) {
        scales[k] *= Complement.scale(dimension - rank, eigenvalues.length - rank);
      }
    }
    return scales;
  }

  /** Pᵀ, rounded to float: column i of P, one value for each kept direction. */
  static double[][] columns(double[] vectors, int inputDimension, double[] scales) {
    double[][] columns = new double[inputDimension][scales.length];
    for (int k = 0; k < scales.length; k++) {
      int row = k * inputDimension;
      double scale = scales[k] * sign(vectors, row, inputDimension);
      for (int i = 0; i < inputDimension; i++) {
        columns[i][k] = finite((float) (vectors[row + i] * scale), k);
      }
    }
    return columns;
  }

  /** +1 or −1, so that the component of largest magnitude (the first of equals) gets positive. */
  private static double sign(double[] vectors, int from, int length) {
    int largest = from;
    for (int i = from; i < from + length; i++) {
      if (Math.abs(vectors[i]) > Math.abs(vectors[largest])) {
        largest = i;
      }
    }
    return vectors[largest] < 0 ? -1 : 1;
  }

  private static float finite(float value, int direction) {
    if (!Float.isFinite(value)) {
      throw new IllegalArgumentException(
          "direction "
              + direction
              + " of the whitening is not finite: the descriptors' scale is too extreme for float;"
              + " scale them or raise the eigenvalue floor");
    }
    return value;
  }
}
