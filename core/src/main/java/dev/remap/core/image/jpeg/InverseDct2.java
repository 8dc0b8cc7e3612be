package dev.remap.core.image.jpeg;

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

  private static final long[] FACTORS = {1L << MEAN_BITS, C1, 0, C3, 0, C5, 0, C7};

  // Of each place in rows of eight: the factor of its row, with its step.
  private final long[] factors = new long[64];

  InverseDct2(int[] steps) {
    super(2, steps);
    for (int i = 0; i < factors.length; i++) {
      factors[i] = FACTORS[i / 8] * steps[i];
    }
  }

  @Override
  void put(int[] coefficients, byte[] samples, int at, int stride) {
    // Not a loop, which takes twice as long.
    long mean1 = mean(coefficients, 1);
    long mean3 = mean(coefficients, 3);
    long mean5 = mean(coefficients, 5);
    long mean7 = mean(coefficients, 7);
    long odd1 = odd(coefficients, 1);
    long odd3 = odd(coefficients, 3);
    long odd5 = odd(coefficients, 5);
    long odd7 = odd(coefficients, 7);
    long upperOdd =
        row(mean1 + odd1) * C1
            + row(mean3 + odd3) * C3
            + row(mean5 + odd5) * C5
            + row(mean7 + odd7) * C7;
    long lowerOdd =
        row(mean1 - odd1) * C1
            + row(mean3 - odd3) * C3
            + row(mean5 - odd5) * C5
            + row(mean7 - odd7) * C7;
    long mean = mean(coefficients, 0);
    long odd = odd(coefficients, 0);
    long upper = row(mean + odd) << MEAN_BITS;
    long lower = row(mean - odd) << MEAN_BITS;
    samples[at] = sample(rounded(upper + upperOdd, ROW_BITS));
    samples[at + 1] = sample(rounded(upper - upperOdd, ROW_BITS));
    samples[at + stride] = sample(rounded(lower + lowerOdd, ROW_BITS));
    samples[at + stride + 1] = sample(rounded(lower - lowerOdd, ROW_BITS));
  }

  private static long row(long columns) {
    return rounded(columns, COLUMN_BITS);
  }

  private long mean(int[] coefficients, int column) {
    return coefficients[column] * factors[column];
  }

  private long odd(int[] coefficients, int column) {
    return coefficients[8 + column] * factors[8 + column]
        + coefficients[24 + column] * factors[24 + column]
        + coefficients[40 + column] * factors[40 + column]
        + coefficients[56 + column] * factors[56 + column];
  }
}
