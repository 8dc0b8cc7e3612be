package dev.remap.core.whitening;

import java.io.Serializable;
import java.util.List;

/**
 * How well the directions that a whitening keeps fit descriptors that came after it.
 *
 * @param images how many descriptors were looked at
 * @param explained share in [0, 1] of their variance, about their own mean, that lies in the kept
 *     directions
 * @param trained the same of the descriptors that the whitening was fitted on
 * @param directions how many of their own leading principal directions were compared
 * @param angle largest principal angle, in degrees, between the span of those and the kept
 *     directions: 0 if the whitening keeps all of them, 90 if it drops one entirely (Björck and
 *     Golub 1973)
 */
public record SubspaceDrift(
    int images, double explained, double trained, int directions, double angle)
    implements Serializable {
  /** Further directions of a few hundred descriptors are more chance than principal. */
  private static final int MOST_DIRECTIONS = 8;

  private static final int KEPT_EACH = 4;

  /**
   * Compares descriptors with the ones that a whitening was fitted on, in the memory of two copies
   * of them and of a matrix of n² numbers.
   *
   * @param rows n ≥ 2 descriptors, not all equal
   */
  public static SubspaceDrift of(
      Whitening whitening, List<float[]> rows, SymmetricEigenSolver solver) {
    double[][] centred = centred(rows, whitening.inputDimension());
    double[][] kept = kept(whitening);
    double total = 0;
    double within = 0;
    for (double[] row : centred) {
      total += dot(row, row);
      for (double[] direction : kept) {
        double part = dot(row, direction);
        within += part * part;
      }
    }
    if (total == 0) {
      throw new IllegalArgumentException("All " + rows.size() + " descriptors are equal");
    }
    int wanted = Math.min(MOST_DIRECTIONS, Math.max(1, whitening.dimension() / KEPT_EACH));
    double[][] leading = leading(centred, wanted, solver);
    return new SubspaceDrift(
        rows.size(),
        within / total,
        whitening.explainedVariance(),
        leading.length,
        largestAngle(leading, kept, solver));
  }

  private static double[][] centred(List<float[]> rows, int dimension) {
    double[] mean = new double[dimension];
    for (float[] row : rows) {
      Finite.require(row, 0, dimension);
      for (int i = 0; i < dimension; i++) {
        mean[i] += row[i];
      }
    }
    double[][] centred = new double[rows.size()][dimension];
    for (int r = 0; r < centred.length; r++) {
      for (int i = 0; i < dimension; i++) {
        centred[r][i] = rows.get(r)[i] - mean[i] / rows.size();
      }
    }
    return centred;
  }

  /** The kept eigenvectors: the rows of P without their scale. */
  private static double[][] kept(Whitening whitening) {
    double[][] kept = new double[whitening.dimension()][whitening.inputDimension()];
    for (int k = 0; k < kept.length; k++) {
      for (int i = 0; i < kept[k].length; i++) {
        kept[k][i] = whitening.column(i)[k];
      }
      normalise(kept[k]);
    }
    return kept;
  }

  /**
   * The first principal directions of n centred rows, through their n × n products, which are fewer
   * than those of the components.
   */
  private static double[][] leading(double[][] centred, int wanted, SymmetricEigenSolver solver) {
    int n = centred.length;
    double[] products = new double[n * n];
    for (int a = 0; a < n; a++) {
      for (int b = a; b < n; b++) {
        products[a * n + b] = dot(centred[a], centred[b]);
        products[b * n + a] = products[a * n + b];
      }
    }
    SymmetricEigenSolver.Eigen eigen = solver.solve(products, n);
    double floor = eigen.values()[0] * 1e-9;
    int found = 0;
    while (found < Math.min(wanted, n) && eigen.values()[found] > floor) {
      found++;
    }
    double[][] directions = new double[found][centred[0].length];
    for (int k = 0; k < found; k++) {
      for (int r = 0; r < n; r++) {
        double weight = eigen.vectors()[k * n + r];
        for (int i = 0; i < directions[k].length; i++) {
          directions[k][i] += weight * centred[r][i];
        }
      }
      normalise(directions[k]);
    }
    return directions;
  }

  /** The cosines are the singular values of the two bases' products. */
  private static double largestAngle(
      double[][] leading, double[][] kept, SymmetricEigenSolver solver) {
    int m = leading.length;
    double[][] parts = new double[m][kept.length];
    for (int a = 0; a < m; a++) {
      for (int k = 0; k < kept.length; k++) {
        parts[a][k] = dot(leading[a], kept[k]);
      }
    }
    double[] squares = new double[m * m];
    for (int a = 0; a < m; a++) {
      for (int b = 0; b < m; b++) {
        squares[a * m + b] = dot(parts[a], parts[b]);
      }
    }
    double smallest = solver.solve(squares, m).values()[m - 1];
    return StrictMath.toDegrees(StrictMath.acos(Math.sqrt(Math.max(0, Math.min(1, smallest)))));
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void normalise(double[] values) {
    double norm = Math.sqrt(dot(values, values));
    for (int i = 0; i < values.length; i++) {
      values[i] /= norm;
    }
  }
}
