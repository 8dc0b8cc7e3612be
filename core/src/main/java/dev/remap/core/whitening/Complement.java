package dev.remap.core.whitening;

import java.util.SplittableRandom;

/**
 * Directions that a covariance says nothing about: orthonormal, orthogonal to those that it does
 * know, and otherwise random.
 *
 * <p>n descriptors span fewer than n directions. What later images have beyond these (for 54
 * photographs most of what they have) would be thrown away by their principal directions alone. Its
 * inner products survive a projection to m random directions but for an error of about 1/√m of
 * their size (Johnson and Lindenstrauss 1984).
 */
final class Complement {
  private static final long SEED = 0x72656d6170L;

  /** Random directions that carry half of the energy they stand for; fewer carry less. */
  private static final double HALF = 128;

  /** Rows that are drawn at once: they stay in the cache. */
  private static final int TOGETHER = 8;

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
    SplittableRandom random = new SplittableRandom(SEED);
    int done = known;
    while (done < wanted) {
      done += appendSome(all, done, Math.min(wanted, done + TOGETHER), d, random);
    }
    return all;
  }

  /**
   * Appends rows, side by side as far as they do not depend on each other, with the bits that they
   * have one by one: each of those before is then fetched once for all.
   *
   * @return how many were appended; none if the first draw was of no use
   */
  private static int appendSome(double[] all, int from, int to, int d, SplittableRandom random) {
    for (int i = from * d; i < to * d; i++) {
      all[i] = random.nextGaussian();
    }
    for (int other = 0; other < from; other++) {
      for (int k = from; k < to; k++) {
        subtractPart(all, k * d, other * d, d);
      }
    }
    for (int k = from; k < to; k++) {
      for (int other = from; other < k; other++) {
        subtractPart(all, k * d, other * d, d);
      }
      double norm = Math.sqrt(dot(all, k * d, k * d, d));
      if (norm < 1e-6) {
        // Once in a while next to nothing but rounding is left of the last few.
        return k - from;
      }
      for (int i = 0; i < d; i++) {
        all[k * d + i] /= norm;
      }
    }
    return to - from;
  }

  /**
   * The factor of random directions beside the principal ones. The m of them get 1/m of the squared
   * length of what they stand for each; less of it where they are few, as their error would then
   * outweigh what they tell. All that there are need no factor.
   */
  static double scale(int random, int unknown) {
    return Math.sqrt(Math.max(1, unknown / (random + HALF)));
  }

  private static void subtractPart(double[] all, int row, int other, int d) {
    double part = dot(all, row, other, d);
    for (int i = 0; i < d; i++) {
      all[row + i] -= part * all[other + i];
    }
  }

  /** Four sums side by side, which is thrice as fast as one. */
  private static double dot(double[] all, int a, int b, int d) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 4 <= d; i += 4) {
      s0 += all[a + i] * all[b + i];
      s1 += all[a + i + 1] * all[b + i + 1];
      s2 += all[a + i + 2] * all[b + i + 2];
      s3 += all[a + i + 3] * all[b + i + 3];
    }
    for (; i < d; i++) {
      s0 += all[a + i] * all[b + i];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
