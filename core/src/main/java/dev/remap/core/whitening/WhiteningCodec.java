package dev.remap.core.whitening;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The file format of a whitening, version 2, little-endian: "RMWH", version, D, d, wanted
 * dimension, rank (int32 each), n (int64), power, floor, shrinkage, ridge, centring (float64 each;
 * -1: automatic), length of the reason in bytes (int32), the reason (UTF-8), what is subtracted,
 * c·μ (D float64), λ (D float64), P (d·D float32, row by row), SHA-256 of all before it.
 *
 * <p>Version 3 is the same of vectors that are compared by L2, and keep their lengths. Version 1
 * had neither ridge nor centring.
 */
final class WhiteningCodec {
  private static final int MAGIC = 'R' | 'M' << 8 | 'W' << 16 | 'H' << 24;
  private static final int VERSION = 2;
  private static final int VERSION_OF_L2 = 3;
  private static final int SETTINGS = 5;
  private static final int HEADER =
      6 * Integer.BYTES + Long.BYTES + SETTINGS * Double.BYTES + Integer.BYTES;
  private static final int DIGEST = 32;

  /** Rows that are turned into columns together, so that both stay in the processor's cache. */
  private static final int ROWS = 16;

  private WhiteningCodec() {}

  static byte[] encode(Whitening whitening) {
    byte[] reason = whitening.reason().getBytes(StandardCharsets.UTF_8);
    WhiteningOptions options = whitening.options();
    int inputs = whitening.inputDimension();
    int size = Math.toIntExact(size(inputs, whitening.dimension(), reason.length));
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MAGIC)
        .putInt(version(whitening.metric()))
        .putInt(inputs)
        .putInt(whitening.dimension());
    out.putInt(options.dimension()).putInt(whitening.rank()).putLong(whitening.count());
    out.putDouble(options.power()).putDouble(options.eigenvalueFloor());
    out.putDouble(options.shrinkage()).putDouble(options.ridge()).putDouble(options.centring());
    out.putInt(reason.length).put(reason);
    putDoubles(out, whitening.mean());
    putDoubles(out, whitening.eigenvalues());
    for (int k = 0; k < whitening.dimension(); k++) {
      for (int i = 0; i < inputs; i++) {
        out.putFloat((float) whitening.column(i)[k]);
      }
    }
    out.put(digest(out.array(), size - DIGEST));
    return out.array();
  }

  static Whitening decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      return decode(in, bytes);
    } catch (BufferUnderflowException e) {
      throw damaged("it ends after " + bytes.length + " bytes", e);
    }
  }

  private static Whitening decode(ByteBuffer in, byte[] bytes) {
    require(in.getInt() == MAGIC, "it does not start with RMWH");
    int version = in.getInt();
    require(
        version == VERSION || version == VERSION_OF_L2,
        "its version is %d, known are %d and %d".formatted(version, VERSION, VERSION_OF_L2));
    int inputs = in.getInt();
    int dimension = in.getInt();
    int wanted = in.getInt();
    int rank = in.getInt();
    long count = in.getLong();
    double[] settings = doubles(in, SETTINGS);
    int reasonLength = in.getInt();
    // The length first: nothing is allocated by what a damaged header claims.
    require(
        inputs > 0 && inputs <= TorchEigenSolver.MAX_DIMENSION,
        "its descriptors have %d components, which must be 1 to %d"
            .formatted(inputs, TorchEigenSolver.MAX_DIMENSION));
    require(
        dimension > 0 && dimension <= inputs && rank > 0 && rank <= inputs,
        "its dimension %d or rank %d is not in 1..%d".formatted(dimension, rank, inputs));
    require(reasonLength >= 0, "its text has a negative length");
    long size = size(inputs, dimension, reasonLength);
    require(bytes.length == size, "it has " + bytes.length + " bytes instead of " + size);
    byte[] stored = Arrays.copyOfRange(bytes, bytes.length - DIGEST, bytes.length);
    require(
        MessageDigest.isEqual(stored, digest(bytes, bytes.length - DIGEST)),
        "its SHA-256 does not fit its content");
    byte[] reason = new byte[reasonLength];
    in.get(reason);
    Whitening whitening =
        new Whitening(
            new WhiteningOptions(
                wanted, settings[0], settings[1], settings[2], settings[3], settings[4]),
            count,
            doubles(in, inputs),
            doubles(in, inputs),
            columns(in, inputs, dimension),
            rank,
            new String(reason, StandardCharsets.UTF_8),
            version == VERSION ? Metric.COSINE : Metric.L2);
    require(isFinite(whitening), "it has numbers that are not finite");
    return whitening;
  }

  private static int version(Metric metric) {
    return metric == Metric.COSINE ? VERSION : VERSION_OF_L2;
  }

  private static boolean isFinite(Whitening whitening) {
    return Arrays.stream(whitening.mean()).allMatch(Double::isFinite)
        && Arrays.stream(whitening.eigenvalues()).allMatch(Double::isFinite)
        && IntStream.range(0, whitening.inputDimension())
            .mapToObj(whitening::column)
            .flatMapToDouble(Arrays::stream)
            .allMatch(Double::isFinite);
  }

  private static long size(long inputs, long dimension, long reasonLength) {
    return HEADER
        + reasonLength
        + 2 * inputs * Double.BYTES
        + dimension * inputs * Float.BYTES
        + DIGEST;
  }

  private static void putDoubles(ByteBuffer out, double[] values) {
    for (double value : values) {
      out.putDouble(value);
    }
  }

  private static double[] doubles(ByteBuffer in, int length) {
    double[] values = new double[length];
    for (int i = 0; i < length; i++) {
      values[i] = in.getDouble();
    }
    return values;
  }

  private static double[][] columns(ByteBuffer in, int inputs, int dimension) {
    double[][] columns = new double[inputs][dimension];
    FloatBuffer rows = in.asFloatBuffer();
    for (int from = 0; from < dimension; from += ROWS) {
      int to = Math.min(dimension, from + ROWS);
      for (int i = 0; i < inputs; i++) {
        for (int k = from; k < to; k++) {
          columns[i][k] = rows.get(k * inputs + i);
        }
      }
    }
    return columns;
  }

  private static byte[] digest(byte[] bytes, int length) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(bytes, 0, length);
      return sha256.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void require(boolean condition, String problem) {
    if (!condition) {
      throw damaged(problem, null);
    }
  }

  private static IllegalArgumentException damaged(String problem, Throwable cause) {
    return new IllegalArgumentException(
        "this is no intact whitening file: " + problem + "; copy it again or fit it again", cause);
  }
}
