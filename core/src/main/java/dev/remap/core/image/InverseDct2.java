package dev.remap.core.image;

/**
 * 2×2 samples: of rows and columns only the first and the odd ones tell the halves of a block
 * apart.
 */
final class InverseDct2 extends InverseDct {
  private static final int MEAN_BITS = FRACTION_BITS + 2;
  private static final int COLUMN_BITS = FRACTION_BITS - KEPT_BITS + 2;
  private static final int ROW_BITS = FRACTION_BITS + KEPT_BITS + 3 + 2;

  private static final long C1 = fixed(3.624509785);
  private static final long C3 = fixed(-1.272758580);
  private static final long C5 = fixed(0.850430095);
  private static final long C7 = fixed(-0.720959822);

  private static final int[] USED = {0, 1, 3, 5, 7};
  private static final long[] FACTORS = {1L << MEAN_BITS, C1, C3, C5, C7};

  // Of each column that is used, row by row: where the coefficient is, and its factor with its
  // step.
  private final int[] indices = new int[USED.length * USED.length];
  private final long[] factors = new long[USED.length * USED.length];

  InverseDct2(int[] steps) {
    super(2, steps);
    for (int column = 0; column < USED.length; column++) {
      for (int row = 0; row < USED.length; row++) {
        int i = column * USED.length + row;
        indices[i] = index(USED[row], USED[column]);
        factors[i] = FACTORS[row] * steps[indices[i]];
      }
    }
  }

  @Override
  void put(int[] coefficients, byte[] samples, int at, int stride) {
    long upper = 0;
    long lower = 0;
    long upperOdd = 0;
    long lowerOdd = 0;
    int i = 0;
    for (int column = 0; column < USED.length; column++) {
      long mean = coefficients[indices[i]] * factors[i];
      long odd =
          coefficients[indices[i + 1]] * factors[i + 1]
              + coefficients[indices[i + 2]] * factors[i + 2]
              + coefficients[indices[i + 3]] * factors[i + 3]
              + coefficients[indices[i + 4]] * factors[i + 4];
      long up = rounded(mean + odd, COLUMN_BITS) * FACTORS[column];
      long down = rounded(mean - odd, COLUMN_BITS) * FACTORS[column];
      if (column == 0) {
        upper = up;
        lower = down;
      } else {
        upperOdd += up;
        lowerOdd += down;
      }
      i += USED.length;
    }
    samples[at] = sample(rounded(upper + upperOdd, ROW_BITS));
    samples[at + 1] = sample(rounded(upper - upperOdd, ROW_BITS));
    samples[at + stride] = sample(rounded(lower + lowerOdd, ROW_BITS));
    samples[at + stride + 1] = sample(rounded(lower - lowerOdd, ROW_BITS));
  }
}
