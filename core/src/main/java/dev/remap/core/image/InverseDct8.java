package dev.remap.core.image;

/** 8×8 samples, by the eleven multiplications of Loeffler, Ligtenberg and Moschytz (1989). */
final class InverseDct8 extends InverseDct {
  private static final int COLUMN_BITS = FRACTION_BITS - KEPT_BITS;
  private static final int ROW_BITS = FRACTION_BITS + KEPT_BITS + 3;

  private static final long F0298 = fixed(0.298631336);
  private static final long F0390 = fixed(0.390180644);
  private static final long F0541 = fixed(0.541196100);
  private static final long F0765 = fixed(0.765366865);
  private static final long F0899 = fixed(0.899976223);
  private static final long F1175 = fixed(1.175875602);
  private static final long F1501 = fixed(1.501321110);
  private static final long F1847 = fixed(1.847759065);
  private static final long F1961 = fixed(1.961570560);
  private static final long F2053 = fixed(2.053119869);
  private static final long F2562 = fixed(2.562915447);
  private static final long F3072 = fixed(3.072711026);

  private final int[] steps;
  private final long[] block = new long[64];

  InverseDct8(int[] steps) {
    super(8, steps);
    this.steps = steps;
  }

  @Override
  void put(int[] coefficients, byte[] samples, int at, int stride) {
    for (int i = 0; i < block.length; i++) {
      block[i] = (long) coefficients[i] * steps[i];
    }
    for (int column = 0; column < 8; column++) {
      transform(column, 8, COLUMN_BITS);
    }
    for (int row = 0; row < 8; row++) {
      transform(8 * row, 1, ROW_BITS);
      for (int column = 0; column < 8; column++) {
        samples[at + row * stride + column] = sample(block[8 * row + column]);
      }
    }
  }

  /** One column or row of the block, in place. */
  private void transform(int from, int step, int bits) {
    long c2 = block[from + 2 * step];
    long c6 = block[from + 6 * step];
    long turned = (c2 + c6) * F0541;
    long even2 = turned - c6 * F1847;
    long even3 = turned + c2 * F0765;
    long even0 = (block[from] + block[from + 4 * step]) << FRACTION_BITS;
    long even1 = (block[from] - block[from + 4 * step]) << FRACTION_BITS;

    long c7 = block[from + 7 * step];
    long c5 = block[from + 5 * step];
    long c3 = block[from + 3 * step];
    long c1 = block[from + step];
    long all = (c7 + c3 + c5 + c1) * F1175;
    long ends = -(c7 + c1) * F0899;
    long middle = -(c5 + c3) * F2562;
    long first = all - (c7 + c3) * F1961;
    long second = all - (c5 + c1) * F0390;
    long odd0 = c7 * F0298 + ends + first;
    long odd1 = c5 * F2053 + middle + second;
    long odd2 = c3 * F3072 + middle + first;
    long odd3 = c1 * F1501 + ends + second;

    block[from] = rounded(even0 + even3 + odd3, bits);
    block[from + 7 * step] = rounded(even0 + even3 - odd3, bits);
    block[from + step] = rounded(even1 + even2 + odd2, bits);
    block[from + 6 * step] = rounded(even1 + even2 - odd2, bits);
    block[from + 2 * step] = rounded(even1 - even2 + odd1, bits);
    block[from + 5 * step] = rounded(even1 - even2 - odd1, bits);
    block[from + 3 * step] = rounded(even0 - even3 + odd0, bits);
    block[from + 4 * step] = rounded(even0 - even3 - odd0, bits);
  }
}
