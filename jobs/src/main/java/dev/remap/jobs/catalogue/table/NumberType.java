package dev.remap.jobs.catalogue.table;

import java.nio.ByteBuffer;

/** Numbers as they stand in files, the lowest byte first. */
public enum NumberType {
  FLOAT16(2) {
    @Override
    public float read(ByteBuffer in) {
      return half(in.getShort());
    }
  },
  FLOAT32(4) {
    @Override
    public float read(ByteBuffer in) {
      return in.getFloat();
    }
  },
  FLOAT64(8) {
    @Override
    public float read(ByteBuffer in) {
      return (float) in.getDouble();
    }
  },
  INT8(1) {
    @Override
    public float read(ByteBuffer in) {
      return in.get();
    }
  },
  UINT8(1) {
    @Override
    public float read(ByteBuffer in) {
      return in.get() & 0xff;
    }
  };

  private static final int FRACTION_BITS = 10;

  private final int bytes;

  NumberType(int bytes) {
    this.bytes = bytes;
  }

  public int bytes() {
    return bytes;
  }

  /** The next number, as the float32 that is nearest. */
  public abstract float read(ByteBuffer in);

  /** Of IEEE 754's binary16: a sign, five bits of exponent, ten of fraction. */
  private static float half(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = bits >> FRACTION_BITS & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0) {
      float small = fraction * 0x1p-24f;
      return sign == 0 ? small : -small;
    }
    int wide = exponent == 0x1f ? 0xff : exponent + 112;
    return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
  }
}
