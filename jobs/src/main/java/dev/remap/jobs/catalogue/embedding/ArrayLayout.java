package dev.remap.jobs.catalogue.embedding;

import dev.remap.jobs.catalogue.table.NumberType;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the vectors of a file lie: one after the other, of one type and dimension.
 *
 * @param header bytes before the first
 * @param each bytes before the numbers of each
 */
record ArrayLayout(long header, long rows, int dimension, NumberType type, int each) {
  private static final int MOST_COMPONENTS = 1 << 16;
  private static final int LONGEST_HEADER = 1 << 16;
  private static final byte[] NUMPY = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE =
      Pattern.compile("'shape'\\s*:\\s*\\(\\s*(\\d{1,18})\\s*,\\s*(\\d{1,9})\\s*,?\\s*\\)");

  /**
   * Reads how a file begins, and compares what it claims with the file's size.
   *
   * @param name of the file, whose ending says what it is
   * @param bytes of the file
   */
  static ArrayLayout of(String name, DataInputStream in, long bytes) throws IOException {
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    try {
      ArrayLayout layout = read(ending, in, bytes);
      layout.requireSize(bytes);
      return layout;
    } catch (EOFException e) {
      throw new IOException(
          "it has %,d bytes, and its header alone takes more: it was cut short".formatted(bytes),
          e);
    }
  }

  private static ArrayLayout read(String ending, DataInputStream in, long bytes)
      throws IOException {
    return switch (ending) {
      case "npy" -> numpy(in);
      case "fvecs" -> vecs(in, bytes, NumberType.FLOAT32);
      case "bvecs" -> vecs(in, bytes, NumberType.UINT8);
      case "fbin" -> bin(in, NumberType.FLOAT32);
      case "u8bin" -> bin(in, NumberType.UINT8);
      case "i8bin" -> bin(in, NumberType.INT8);
      default -> throw new IOException("." + ending + " is no ending of arrays of vectors");
    };
  }

  /** Bytes of a row. */
  int rowBytes() {
    return each + dimension * type.bytes();
  }

  private void requireSize(long bytes) throws IOException {
    // No product of what a file claims can overflow: compared by division.
    long room = (bytes - header) / rowBytes();
    if (room != rows || header + rows * rowBytes() != bytes) {
      throw new IOException(
          "its header says it has %,d vectors of %,d components, %,d bytes each; it has %,d bytes, so it was cut short, or is something else"
              .formatted(rows, dimension, rowBytes(), bytes));
    }
  }

  private static int dimension(long claimed) throws IOException {
    if (claimed < 1 || claimed > MOST_COMPONENTS) {
      throw new IOException(
          "its vectors have %,d components: from 1 to %,d are taken"
              .formatted(claimed, MOST_COMPONENTS));
    }
    return (int) claimed;
  }

  private static ArrayLayout bin(DataInputStream in, NumberType type) throws IOException {
    long rows = Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
    int dimension = dimension(Integer.toUnsignedLong(Integer.reverseBytes(in.readInt())));
    return new ArrayLayout(2 * Integer.BYTES, rows, dimension, type, 0);
  }

  /** Each row begins with its dimension, which is that of the first. */
  private static ArrayLayout vecs(DataInputStream in, long bytes, NumberType type)
      throws IOException {
    if (bytes == 0) {
      return new ArrayLayout(0, 0, 1, type, Integer.BYTES);
    }
    int dimension = dimension(Integer.toUnsignedLong(Integer.reverseBytes(in.readInt())));
    ArrayLayout one = new ArrayLayout(0, 0, dimension, type, Integer.BYTES);
    return new ArrayLayout(0, bytes / one.rowBytes(), dimension, type, Integer.BYTES);
  }

  private static ArrayLayout numpy(DataInputStream in) throws IOException {
    for (byte expected : NUMPY) {
      if (in.readByte() != expected) {
        throw new IOException("it does not begin as NumPy's arrays do");
      }
    }
    int version = in.readUnsignedByte();
    in.readUnsignedByte();
    long length =
        version == 1
            ? Short.toUnsignedInt(Short.reverseBytes(in.readShort()))
            : Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
    if (version < 1 || version > 3 || length > LONGEST_HEADER) {
      throw new IOException(
          "its header is of version %d and %,d bytes: versions 1 to 3 with at most %,d bytes are read"
              .formatted(version, length, LONGEST_HEADER));
    }
    byte[] text = new byte[(int) length];
    in.readFully(text);
    String header = new String(text, StandardCharsets.UTF_8);
    if (found(ORDER, header, "an order").group(1).equals("True")) {
      throw new IOException(
          "it is in Fortran's order, column by column: save numpy.ascontiguousarray of it");
    }
    Matcher shape = SHAPE.matcher(header);
    if (!shape.find()) {
      throw new IOException("it is no matrix with a vector in each row: " + header.strip());
    }
    return new ArrayLayout(
        NUMPY.length + 2 + (version == 1 ? Short.BYTES : Integer.BYTES) + length,
        Long.parseLong(shape.group(1)),
        dimension(Long.parseLong(shape.group(2))),
        type(found(TYPE, header, "a type").group(1)),
        0);
  }

  private static Matcher found(Pattern pattern, String header, String what) throws IOException {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw new IOException("its header has not " + what + ": " + header.strip());
    }
    return matcher;
  }

  private static NumberType type(String descr) throws IOException {
    return switch (descr) {
      case "<f2" -> NumberType.FLOAT16;
      case "<f4" -> NumberType.FLOAT32;
      case "<f8" -> NumberType.FLOAT64;
      case "|u1" -> NumberType.UINT8;
      case "|i1" -> NumberType.INT8;
      default ->
          throw new IOException(
              "its numbers are of type %s: float16, float32 and float64 (<f2, <f4, <f8), uint8 and int8 are read"
                  .formatted(descr));
    };
  }
}
