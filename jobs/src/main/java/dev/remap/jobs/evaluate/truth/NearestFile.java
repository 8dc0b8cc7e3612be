package dev.remap.jobs.evaluate.truth;

import dev.remap.core.evaluation.Protocol;
import dev.remap.jobs.config.InputException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The nearest of every query of a file, row by row, as {@code .ivecs} and {@code .ibin} of public
 * collections of vectors have them: numbers of images, the nearest first, in little endian. An
 * image's number is its id without folders.
 */
final class NearestFile {
  private static final long MOST_QUERIES = 100_000;
  private static final int MOST_NEAREST = 1 << 20;

  private NearestFile() {}

  /** Reads as many of each as are asked for. */
  static ProtocolTruth read(Path path) throws IOException {
    String name = path.toString().toLowerCase(Locale.ROOT);
    if (!name.endsWith(".ivecs") && !name.endsWith(".ibin")) {
      throw new InputException(
          "%s is no list of nearest: give .ivecs or .ibin, a row for each query", path);
    }
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
      long bytes = Files.size(path);
      return name.endsWith(".ivecs") ? vecs(path, in, bytes) : bin(path, in, bytes);
    }
  }

  private static int number(DataInputStream in) throws IOException {
    return Integer.reverseBytes(in.readInt());
  }

  /** Every row begins with its length. */
  private static ProtocolTruth vecs(Path path, DataInputStream in, long bytes) throws IOException {
    if (bytes < Integer.BYTES) {
      throw new InputException("%s has %,d bytes: no query has a nearest image", path, bytes);
    }
    int each = number(in);
    requireLength(path, each);
    long queries = bytes / (Integer.BYTES * (each + 1L));
    requireSize(path, each, bytes, queries, 1);
    List<List<String>> rows = new ArrayList<>();
    for (long row = 0; row < queries; row++) {
      int now = row == 0 ? each : number(in);
      if (now != each) {
        throw new InputException(
            "%s has %,d nearest of the first query and %,d of query %,d: rows must be of one length",
            path, each, now, row);
      }
      rows.add(row(path, in, each, row));
    }
    return of(rows);
  }

  private static ProtocolTruth bin(Path path, DataInputStream in, long bytes) throws IOException {
    if (bytes < 2 * Integer.BYTES) {
      throw new InputException("%s has %,d bytes: its header alone has 8", path, bytes);
    }
    long queries = Integer.toUnsignedLong(number(in));
    int each = number(in);
    requireLength(path, each);
    requireSize(path, each, bytes - 2 * Integer.BYTES, queries, 0);
    List<List<String>> rows = new ArrayList<>();
    for (long row = 0; row < queries; row++) {
      rows.add(row(path, in, each, row));
    }
    return of(rows);
  }

  private static void requireLength(Path path, int each) {
    if (each < 1 || each > MOST_NEAREST) {
      throw new InputException(
          "%s says that each query has %,d nearest: from 1 to %,d are read; is it a list of nearest?",
          path, each, MOST_NEAREST);
    }
  }

  /**
   * Refuses what is cut short, or is something else.
   *
   * @param more numbers of a row beside the nearest
   */
  private static void requireSize(Path path, int each, long bytes, long queries, int more) {
    if (queries < 1 || queries > MOST_QUERIES) {
      throw new InputException(
          "%s has the nearest of %,d queries: from 1 to %,d are read", path, queries, MOST_QUERIES);
    }
    if (queries * Integer.BYTES * (each + more) != bytes) {
      throw new InputException(
          "%s has %,d bytes, which are no whole rows of %,d nearest: it was cut short, or is something"
              + " else",
          path, bytes, each);
    }
  }

  /** The first of one row, and past the others. */
  private static List<String> row(Path path, DataInputStream in, int each, long row)
      throws IOException {
    byte[] bytes = new byte[Integer.BYTES * each];
    in.readFully(bytes);
    ByteBuffer numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    LinkedHashSet<String> nearest = new LinkedHashSet<>();
    for (int i = 0; i < Math.min(each, Protocol.MOST_NEAREST); i++) {
      int number = numbers.getInt();
      if (number < 0 || !nearest.add(Integer.toString(number))) {
        throw new InputException(
            "%s has %d among the nearest of query %,d, %s",
            path, number, row, number < 0 ? "which is no number of an image" : "more than once");
      }
    }
    return List.copyOf(nearest);
  }

  private static ProtocolTruth of(List<List<String>> rows) {
    Map<String, List<String>> nearest = new LinkedHashMap<>();
    for (List<String> row : rows) {
      nearest.put(NearestTruth.query(Integer.toString(nearest.size())), row);
    }
    return NearestTruth.of(nearest);
  }
}
