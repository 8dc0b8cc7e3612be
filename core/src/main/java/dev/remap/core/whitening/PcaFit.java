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
    double meanWeight = options.meanWeight();
    Covariance covariance = new Covariance(moments, meanWeight);
    SymmetricEigenSolver.Eigen eigen = eigen(covariance, options.eigenvalueFloor(), solver);
    double[] eigenvalues = nonNegative(eigen.values());
    // Without any variance the mean would be all that there is.
    int rank =
        covariance.variance() <= covariance.noise()
            ? 0
            : rank(eigenvalues, options.eigenvalueFloor(), covariance.noise());
    DimensionChoice choice = DimensionChoice.of(options, inputDimension, rank, moments.count());
    int principal = Math.min(rank, choice.dimension());
    double[] vectors =
        Complement.extended(eigen.vectors(), principal, choice.dimension(), inputDimension);
    // Copies of one image are one image.
    long different = rank < inputDimension ? rank : moments.count();
    double ridge = options.ridgeFor(different);
    double[] mean = covariance.mean();
    double[] variances = variances(eigenvalues, eigen.vectors(), rank, mean, meanWeight);
    double trace = Arrays.stream(variances, 0, rank).sum();
    double added = (options.shrinkage() / rank + ridge / different) * trace;
    double[] scales = scales(eigenvalues, added, rank, choice.dimension(), options);
    double[][] columns = columns(vectors, inputDimension, scales);
    double centring = meanWeight > 0 ? 0 : options.centring();
    for (int i = 0; i < inputDimension; i++) {
      mean[i] *= centring;
    }
    String kept =
        meanWeight > 0
            ? "the mean kept as a direction"
            : String.format(Locale.ROOT, "centring %.3g", centring);
    String reason = String.format(Locale.ROOT, "%s; ridge %.3g, %s", choice.reason(), ridge, kept);
    return new Whitening(options, moments.count(), mean, variances, columns, rank, reason);
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

  /**
   * Variances about the mean along the eigenvectors, v·Cv = λ − a·(v·μ)²: the eigenvalues without
   * what the mean itself has put on them.
   */
  private static double[] variances(
      double[] eigenvalues, double[] vectors, int rank, double[] mean, double meanWeight) {
    double[] variances = eigenvalues.clone();
    for (int k = 0; meanWeight > 0 && k < rank; k++) {
      double part = 0;
      for (int i = 0; i < mean.length; i++) {
        part += vectors[k * mean.length + i] * mean[i];
      }
      variances[k] = Math.max(0, variances[k] - meanWeight * part * part);
    }
    return variances;
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
   * λ'^−p with λ' = (1−β)·λ + β·λ̄ + ρ·tr/n. The mean λ̄ is over the rank: over all D it would
   * vanish where there are far fewer descriptors than dimensions, the case that shrinkage is for.
   * Directions beyond the rank have λ = 0.
   *
   * @param added β·λ̄ + ρ·tr/n
   */
  static double[] scales(
      double[] eigenvalues, double added, int rank, int dimension, WhiteningOptions options) {
    double beta = options.shrinkage();
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
