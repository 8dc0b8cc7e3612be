package dev.remap.core.whitening;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Directions that a covariance says nothing about: orthonormal, orthogonal to those that it does
 * know, and otherwise random.
 *
 * <p>n descriptors span fewer than n directions. What later images have beyond these (for 54
 * photographs most of what they have) would be thrown away by their principal directions alone. Its
 * inner products survive a projection to m random directions but for an error of about 1/√m of
 * their size (Johnson and Lindenstrauss 1984).
 *
 * <p>Householder's reflections carry the first k axes to the k known directions, and so the others
 * to what those leave. Among the others, m rows of a cosine transform with random signs are
 * orthonormal as they are, and as good as any random ones (Ailon and Chazelle 2009). That takes
 * about 2·k·(k + 2·m)·D products, where orthonormalising random rows takes 2·(k + m)²·D, many times
 * as many where k is small.
 */
final class Complement {
  private static final long SEED = 0x72656d6170L;

  /** Random directions that carry half of the energy they stand for; fewer carry less. */
  private static final double HALF = 128;

  /** Rows that are reflected together: D of each stay in the cache. */
  private static final int TOGETHER = 32;

  private Complement() {}

  /**
   * Copies {@code known} orthonormal rows and appends random ones.
   *
   * @param rows of {@code d} components each, one after the other; the first {@code known} are read
   * @param wanted number of rows in the result, {@code known} to d
   */
  static double[] extended(double[] rows, int known, int wanted, int d) {
    double[] all = new double[wanted * d];
    System.arraycopy(rows, 0, all, 0, known * d);
    if (wanted == known) {
      return all;
    }
    double[][] reflections = reflections(rows, known, d);
    CosineRows cosines = new CosineRows(d - known, new SplittableRandom(SEED));
    for (int from = 0; from < wanted - known; from += TOGETHER) {
      int to = Math.min(wanted - known, from + TOGETHER);
      double[][] columns = new double[d][to - from];
      for (int i = known; i < d; i++) {
        for (int r = from; r < to; r++) {
          columns[i][r - from] = cosines.at(r, i - known);
        }
      }
      for (int k = known - 1; k >= 0; k--) {
        reflect(columns, reflections[k], k);
      }
      for (int r = from; r < to; r++) {
        for (int i = 0; i < d; i++) {
          all[(known + r) * d + i] = columns[i][r - from];
        }
      }
    }
    return all;
  }

  /**
   * The unit vectors of H₁ … Hₖ, whose product carries axis j to ± row j. The first j components of
   * the j-th are zero.
   */
  private static double[][] reflections(double[] rows, int known, int d) {
    double[][] left = new double[known][];
    for (int k = 0; k < known; k++) {
      left[k] = Arrays.copyOfRange(rows, k * d, (k + 1) * d);
    }
    for (int k = 0; k < known; k++) {
      double[] unit = left[k];
      Arrays.fill(unit, 0, k, 0);
      // Away from the axis, so that nothing cancels.
      unit[k] += Math.copySign(Math.sqrt(dot(unit, unit, k)), unit[k]);
      double length = Math.sqrt(dot(unit, unit, k));
      for (int i = k; i < d; i++) {
        unit[i] /= length;
      }
      for (int other = k + 1; other < known; other++) {
        double twice = 2 * dot(unit, left[other], k);
        for (int i = k; i < d; i++) {
          left[other][i] -= twice * unit[i];
        }
      }
    }
    return left;
  }

  /** Reflects vectors that stand side by side, component i of all in {@code columns[i]}. */
  private static void reflect(double[][] columns, double[] unit, int from) {
    double[] twice = new double[columns[0].length];
    for (int i = from; i < unit.length; i++) {
      double weight = 2 * unit[i];
      double[] column = columns[i];
      for (int r = 0; r < twice.length; r++) {
        twice[r] += weight * column[r];
      }
    }
    for (int i = from; i < unit.length; i++) {
      double weight = unit[i];
      double[] column = columns[i];
      for (int r = 0; r < twice.length; r++) {
        column[r] -= weight * twice[r];
      }
    }
  }

  /** Four sums side by side, which is thrice as fast as one. */
  private static double dot(double[] a, double[] b, int from) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = from;
    for (; i + 4 <= a.length; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    for (; i < a.length; i++) {
      s0 += a[i] * b[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /**
   * The factor of random directions beside the principal ones. The m of them get 1/m of the squared
   * length of what they stand for each; less of it where they are few, as their error would then
   * outweigh what they tell. All that there are need no factor.
   */
  static double scale(int random, int unknown) {
    return Math.sqrt(Math.max(1, unknown / (random + HALF)));
  }

  /** The orthonormal cosine transform (DCT-II) of n components with random signs, rows shuffled. */
  private static final class CosineRows {
    private final double[] quarters;
    private final int[] frequencies;
    private final double[] signs;

    CosineRows(int n, SplittableRandom random) {
      quarters = new double[4 * n];
      for (int t = 0; t < quarters.length; t++) {
        quarters[t] = StrictMath.cos(Math.PI * t / (2.0 * n)) * Math.sqrt(2.0 / n);
      }
      frequencies = IntStream.range(0, n).toArray();
      signs = new double[n];
      for (int i = 0; i < n; i++) {
        signs[i] = random.nextBoolean() ? 1 : -1;
        int other = random.nextInt(i + 1);
        int frequency = frequencies[other];
        frequencies[other] = frequencies[i];
        frequencies[i] = frequency;
      }
    }

    double at(int row, int component) {
      int frequency = frequencies[row];
      double value = quarters[(int) ((2L * component + 1) * frequency % quarters.length)];
      return signs[component] * (frequency == 0 ? value * Math.sqrt(0.5) : value);
    }
  }
}
