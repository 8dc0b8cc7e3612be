package dev.remap.core.image.jpeg;

/** 4×4 samples: of the eight rows and columns all but the fifth tell them apart. */
final class InverseDct4 extends InverseDct {
  private static final int COLUMN_BITS = FRACTION_BITS - KEPT_BITS + 1;
  private static final int ROW_BITS = FRACTION_BITS + KEPT_BITS + 3 + 1;

  private static final long EVEN2 = fixed(1.847759065);
  private static final long EVEN6 = fixed(-0.765366865);
  private static final long INNER1 = fixed(1.061594337);
  private static final long INNER3 = fixed(-2.172734803);
  private static final long INNER5 = fixed(1.451774981);
  private static final long INNER7 = fixed(-0.211164243);
  private static final long OUTER1 = fixed(2.562915447);
  private static final long OUTER3 = fixed(0.899976223);
  private static final long OUTER5 = fixed(-0.601344887);
  private static final long OUTER7 = fixed(-0.509795579);

  private final int[] steps;
  // Four rows of eight.
  private final long[] rows = new long[32];

  InverseDct4(int[] steps) {
    super(4, steps);
    this.steps = steps;
  }

  @Override
  void put(int[] coefficients, byte[] samples, int at, int stride) {
    for (int column = 0; column < 8; column++) {
      long odd1 = whole(coefficients, 8 + column);
      long odd3 = whole(coefficients, 24 + column);
      long odd5 = whole(coefficients, 40 + column);
      long odd7 = whole(coefficients, 56 + column);
      long mean = whole(coefficients, column) << (FRACTION_BITS + 1);
      long even =
          whole(coefficients, 16 + column) * EVEN2 + whole(coefficients, 48 + column) * EVEN6;
      long outer = odd1 * OUTER1 + odd3 * OUTER3 + odd5 * OUTER5 + odd7 * OUTER7;
      long inner = odd1 * INNER1 + odd3 * INNER3 + odd5 * INNER5 + odd7 * INNER7;
      rows[column] = rounded(mean + even + outer, COLUMN_BITS);
      rows[8 + column] = rounded(mean - even + inner, COLUMN_BITS);
      rows[16 + column] = rounded(mean - even - inner, COLUMN_BITS);
      rows[24 + column] = rounded(mean + even - outer, COLUMN_BITS);
    }
    for (int row = 0; row < 4; row++) {
      int from = 8 * row;
      int to = at + row * stride;
      long odd1 = rows[from + 1];
      long odd3 = rows[from + 3];
      long odd5 = rows[from + 5];
      long odd7 = rows[from + 7];
      long mean = rows[from] << (FRACTION_BITS + 1);
      long even = rows[from + 2] * EVEN2 + rows[from + 6] * EVEN6;
      long outer = odd1 * OUTER1 + odd3 * OUTER3 + odd5 * OUTER5 + odd7 * OUTER7;
      long inner = odd1 * INNER1 + odd3 * INNER3 + odd5 * INNER5 + odd7 * INNER7;
      samples[to] = sample(rounded(mean + even + outer, ROW_BITS));
      samples[to + 1] = sample(rounded(mean - even + inner, ROW_BITS));
      samples[to + 2] = sample(rounded(mean - even - inner, ROW_BITS));
      samples[to + 3] = sample(rounded(mean + even - outer, ROW_BITS));
    }
  }

  private long whole(int[] coefficients, int place) {
    return (long) coefficients[place] * steps[place];
  }
}
