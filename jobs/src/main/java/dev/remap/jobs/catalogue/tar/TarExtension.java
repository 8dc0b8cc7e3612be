package dev.remap.jobs.catalogue.tar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** What extended headers (pax, GNU) say of the member that follows them. */
final class TarExtension {
  private static final String PATH = "path";
  private static final String LINK = "linkpath";
  private static final String SPARSE = "GNU.sparse.";

  /** A sparse file's path is another one, for programs that do not know of sparse files. */
  private static final String SPARSE_NAME = SPARSE + "name";

  private final Map<String, byte[]> values = new TreeMap<>();

  void addLongName(byte[] data) {
    values.put(PATH, unpadded(data));
  }

  void addLongLink(byte[] data) {
    values.put(LINK, unpadded(data));
  }

  private static byte[] unpadded(byte[] data) {
    int end = data.length;
    while (end > 0 && data[end - 1] == 0) {
      end--;
    }
    return Arrays.copyOf(data, end);
  }

  void addPax(byte[] data, long at) throws TarException {
    values.putAll(records(data, at));
  }

  /** A global header may say who made the archive, but not where members are. */
  static void requireHarmless(byte[] data, long at) throws TarException {
    TarExtension global = new TarExtension();
    global.addPax(data, at);
    if (global.values.containsKey(PATH)
        || global.values.containsKey(LINK)
        || global.values.containsKey("size")
        || global.isSparse()) {
      throw new TarException(
          "the global header at byte %d names or measures all members, which is not read", at);
    }
  }

  /** A truncated archive may end between an extended header and its member. */
  void requireUnused(long at) throws TarException {
    if (!values.isEmpty()) {
      throw new TarException("an extended header without a member ends it at byte %d", at);
    }
  }

  boolean isSparse() {
    return values.keySet().stream().anyMatch(key -> key.startsWith(SPARSE));
  }

  /** The member's whole path; where one is told here, the header has no more than its beginning. */
  byte[] path(byte[] inHeader) {
    return values.getOrDefault(PATH, inHeader);
  }

  /** The member's name, without the {@code ./} that tar puts before it when packing a folder. */
  byte[] name(byte[] inHeader) {
    return below(values.getOrDefault(SPARSE_NAME, path(inHeader)));
  }

  /** The name of the member that a link leads to. */
  byte[] link(byte[] inHeader) {
    return below(values.getOrDefault(LINK, inHeader));
  }

  private static byte[] below(byte[] name) {
    int from = 0;
    while (from + 1 < name.length && name[from] == '.' && name[from + 1] == '/') {
      from += 2;
    }
    return Arrays.copyOfRange(name, from, name.length);
  }

  long size(long inHeader) throws TarException {
    byte[] size = values.get("size");
    if (size == null) {
      return inHeader;
    }
    return number(new String(size, StandardCharsets.ISO_8859_1));
  }

  /** Records of the form {@code "length key=value\n"}, the length counting all of it. */
  private static Map<String, byte[]> records(byte[] data, long at) throws TarException {
    Map<String, byte[]> records = new TreeMap<>();
    int from = 0;
    while (from < data.length && data[from] != 0) {
      int space = indexOf(data, ' ', from, data.length);
      long length = number(new String(data, from, space - from, StandardCharsets.ISO_8859_1));
      if (length <= space + 1 - from
          || length > data.length - from
          || data[from + (int) length - 1] != '\n') {
        throw new TarException("the extended header at byte %d is damaged", at);
      }
      int end = from + (int) length - 1;
      int equals = indexOf(data, '=', space + 1, end);
      records.put(
          TarReader.utf8(Arrays.copyOfRange(data, space + 1, equals)),
          Arrays.copyOfRange(data, equals + 1, end));
      from = end + 1;
    }
    return records;
  }

  private static int indexOf(byte[] data, char wanted, int from, int to) throws TarException {
    for (int i = from; i < to; i++) {
      if (data[i] == wanted) {
        return i;
      }
    }
    throw new TarException("an extended header is damaged: '%c' is missing", wanted);
  }

  private static long number(String digits) throws TarException {
    if (!digits.matches("[0-9]{1,18}")) {
      throw new TarException("an extended header is damaged: '%s' is no number", digits);
    }
    return Long.parseLong(digits);
  }
}
