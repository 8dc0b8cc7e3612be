package dev.remap.core.whitening;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A whitening that NumPy saved: an {@code .npz} with what is subtracted, {@code mean}, {@code m} or
 * {@code mu} (D values), and the projection, {@code P} or {@code projection} (d × D, a row for each
 * direction, the most important first), as float32 or float64 in either order. So are PCA
 * whitenings and learned ones (Lw) of other tools brought in.
 *
 * <p>Format: NEP 1, "A Simple File Format for NumPy Arrays", versions 1 and 2.
 */
final class NpzWhitening {
  private static final List<String> MEAN = List.of("mean", "m", "mu");
  private static final List<String> PROJECTION = List.of("P", "projection");
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern TYPE = Pattern.compile("'descr': *'(.f[48])'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order': *(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape': *\\(([0-9, ]*)\\)");
  private static final int LARGEST = TorchEigenSolver.MAX_DIMENSION;
  private static final long MOST_BYTES = 8L * LARGEST * LARGEST + (1 << 16);

  private NpzWhitening() {}

  /** Numbers in C order. */
  private record Array(String name, int[] shape, double[] values) {
    /** Its length, if all sides but one are 1. */
    boolean isVector() {
      return Arrays.stream(shape).filter(side -> side != 1).count() <= 1;
    }
  }

  static boolean looksLikeOne(byte[] bytes) {
    return bytes.length > 3 && bytes[0] == 'P' && bytes[1] == 'K';
  }

  static Whitening read(byte[] bytes) {
    TreeMap<String, byte[]> entries = entries(bytes);
    Array mean = array(entries, MEAN);
    Array projection = array(entries, PROJECTION);
    requireShape(mean.isVector(), mean, "of D values");
    requireShape(projection.shape.length == 2, projection, "d × D");
    int d = projection.shape[0];
    int inputs = projection.shape[1];
    if (mean.values.length != inputs) {
      throw problem(
          "%s has %d values, but %s has rows of %d"
              .formatted(mean.name, mean.values.length, projection.name, inputs));
    }
    if (inputs > LARGEST || d < 1 || d > inputs) {
      throw problem(
          "%s is %d × %d: it must have 1 to D rows of D components, and D be at most %d"
              .formatted(projection.name, d, inputs, LARGEST));
    }
    List<String> unused = new ArrayList<>(entries.keySet());
    unused.removeAll(List.of(mean.name, projection.name));
    return whitening(mean.values, projection.values, d, unused);
  }

  /** Eigenvalues are told from the lengths of rows, which are λ^−½ if it whitens fully. */
  private static Whitening whitening(double[] mean, double[] rows, int d, List<String> unused) {
    int inputs = mean.length;
    double[][] columns = new double[inputs][d];
    double[] eigenvalues = new double[inputs];
    for (int k = 0; k < d; k++) {
      double squares = 0;
      for (int i = 0; i < inputs; i++) {
        columns[i][k] = (float) rows[k * inputs + i];
        squares += columns[i][k] * columns[i][k];
      }
      if (!(squares > 0) || Double.isInfinite(squares)) {
        throw problem("row %d of the projection has the squared length %s".formatted(k, squares));
      }
      eigenvalues[inputs - 1 - k] = 1 / squares;
    }
    Arrays.sort(eigenvalues);
    reverse(eigenvalues);
    return new Whitening(
        new WhiteningOptions(d, 0.5, 0, 0, 0, 1),
        Whitening.FITTED_ELSEWHERE,
        mean,
        eigenvalues,
        columns,
        d,
        "brought in from a NumPy file"
            + (unused.isEmpty() ? "" : ", whose " + String.join(", ", unused) + " is not used"));
  }

  private static void reverse(double[] values) {
    for (int i = 0; i < values.length / 2; i++) {
      double value = values[i];
      values[i] = values[values.length - 1 - i];
      values[values.length - 1 - i] = value;
    }
  }

  private static TreeMap<String, byte[]> entries(byte[] bytes) {
    TreeMap<String, byte[]> entries = new TreeMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        byte[] content = zip.readNBytes((int) Math.min(MOST_BYTES + 1, Integer.MAX_VALUE - 8));
        if (content.length > MOST_BYTES) {
          throw problem("%s has more than %,d bytes".formatted(entry.getName(), MOST_BYTES));
        }
        entries.put(entry.getName().replaceAll("\\.npy$", ""), content);
      }
    } catch (IOException e) {
      throw problem(e.getMessage());
    }
    return entries;
  }

  private static Array array(TreeMap<String, byte[]> entries, List<String> names) {
    List<String> found = names.stream().filter(entries::containsKey).toList();
    if (found.size() != 1) {
      throw problem(
          "it has %s: of %s, one must be there"
              .formatted(
                  entries.isEmpty() ? "no arrays" : String.join(", ", entries.keySet()),
                  String.join(", ", names)));
    }
    return array(found.get(0), entries.get(found.get(0)));
  }

  private static Array array(String name, byte[] bytes) {
    require(
        bytes.length > 12 && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length),
        name,
        "is no array");
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(MAGIC.length);
    int version = in.getShort() & 0xff;
    require(version == 1 || version == 2, name, "has the version " + version);
    int length = version == 1 ? in.getShort() & 0xffff : in.getInt();
    require(length >= 0 && length <= in.remaining(), name, "is cut off");
    String header = new String(bytes, in.position(), length, StandardCharsets.ISO_8859_1);
    in.position(in.position() + length);
    Matcher type = TYPE.matcher(header);
    Matcher order = ORDER.matcher(header);
    Matcher shape = SHAPE.matcher(header);
    require(type.find(), name, "is not of float32 or float64");
    require(order.find() && shape.find(), name, "has a header that cannot be read");
    in.order(type.group(1).startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    int[] sides =
        Arrays.stream(shape.group(1).split(","))
            .map(String::strip)
            .filter(side -> !side.isEmpty())
            .mapToInt(side -> side.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(side))
            .toArray();
    double numbers = Arrays.stream(sides).asDoubleStream().reduce(1, (a, b) -> a * b);
    int size = type.group(1).endsWith("4") ? Float.BYTES : Double.BYTES;
    require(
        numbers * size == in.remaining(),
        name,
        "has %d bytes of numbers, its shape %s asks for %.0f"
            .formatted(in.remaining(), Arrays.toString(sides), numbers * size));
    double[] values = new double[(int) numbers];
    for (int i = 0; i < values.length; i++) {
      values[i] = size == Float.BYTES ? in.getFloat() : in.getDouble();
      require(Double.isFinite(values[i]), name, "has the value " + values[i]);
    }
    return new Array(
        name,
        sides,
        order.group(1).equals("True") && sides.length == 2 ? transposed(values, sides) : values);
  }

  /** Columns one after the other to rows one after the other. */
  private static double[] transposed(double[] values, int[] sides) {
    double[] rows = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      rows[i % sides[0] * sides[1] + i / sides[0]] = values[i];
    }
    return rows;
  }

  private static void require(boolean holds, String name, String problem) {
    if (!holds) {
      throw problem("array %s %s".formatted(name, problem));
    }
  }

  private static void requireShape(boolean holds, Array array, String wanted) {
    if (!holds) {
      throw problem(
          "%s has the shape %s, not %s"
              .formatted(array.name, Arrays.toString(array.shape), wanted));
    }
  }

  private static IllegalArgumentException problem(String message) {
    return new IllegalArgumentException("NumPy file: " + message);
  }
}
