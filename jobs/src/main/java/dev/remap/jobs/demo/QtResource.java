package dev.remap.jobs.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The files in a Qt binary resource (.rcc, versions 1 to 3; the format is what Qt's {@code
 * qresource.cpp} reads): a header, a tree of nodes, their names, their data. The file is not
 * trusted: whatever it says is checked against its own length and the limits below, and a path
 * cannot leave the folder it is written to.
 */
final class QtResource {
  static final int MAX_NODES = 65_536;
  static final int MAX_PATH_CHARS = 512;
  static final int MAX_INFLATED_BYTES = 64 << 20;

  private static final long MAX_RESOURCE_BYTES = 256 << 20;
  private static final int MAGIC = 0x71726573; // "qres"
  private static final int NODE_BYTES_VERSION_1 = 14;
  private static final int NODE_BYTES = 22; // and the time of the last change
  private static final int ZLIB = 0x1;
  private static final int FOLDER = 0x2;
  private static final int ZSTD = 0x4;

  /** A file or folder still to be visited, with the path of the folder it is in. */
  private record Node(long index, String parent) {}

  /** Where a file's data is, and how it is packed. */
  private record Location(int at, int length, int flags) {}

  private final String name;
  private final ByteBuffer bytes;
  private final long tree;
  private final long data;
  private final long names;
  private final int nodeBytes;
  private final TreeMap<String, Location> files = new TreeMap<>();

  private QtResource(String name, byte[] content) throws IOException {
    this.name = name;
    bytes = ByteBuffer.wrap(content);
    if (u32(0) != MAGIC) {
      throw damaged("it does not begin with 'qres'");
    }
    long version = u32(4);
    if (version < 1 || version > 3) {
      throw new IOException(name + " has resource format " + version + "; known are 1 to 3");
    }
    tree = u32(8);
    data = u32(12);
    names = u32(16);
    nodeBytes = version == 1 ? NODE_BYTES_VERSION_1 : NODE_BYTES;
    visitAll();
  }

  /**
   * Opens a resource file.
   *
   * @throws IOException if it cannot be read, is damaged, or has more than {@value #MAX_NODES}
   *     files and folders or a path longer than {@value #MAX_PATH_CHARS} characters
   */
  public static QtResource open(Path file) throws IOException {
    if (Files.size(file) > MAX_RESOURCE_BYTES) {
      throw new IOException(
          file
              + " has "
              + Files.size(file)
              + " bytes; at most "
              + MAX_RESOURCE_BYTES
              + " are read");
    }
    return of(file.toString(), Files.readAllBytes(file));
  }

  /** Reads a resource that is in memory; the name is for error messages. */
  static QtResource of(String name, byte[] content) throws IOException {
    return new QtResource(name, content);
  }

  /** The paths of all files, ascending: relative, with {@code /}, without {@code ..}. */
  public NavigableSet<String> paths() {
    return files.navigableKeySet();
  }

  /**
   * The content of one file, inflated if it is stored with zlib.
   *
   * @throws IOException if there is no such file, if it is damaged, packed with zstd, or inflates
   *     to more than {@value #MAX_INFLATED_BYTES} bytes
   */
  public byte[] bytes(String path) throws IOException {
    Location file = files.get(path);
    if (file == null) {
      throw new IOException(name + " has no file '" + path + "'");
    }
    if ((file.flags & ZSTD) != 0) {
      throw new IOException(name + ": '" + path + "' is packed with zstd; only zlib is read");
    }
    byte[] stored = new byte[file.length];
    bytes.get(file.at, stored);
    return (file.flags & ZLIB) == 0 ? stored : inflated(path, stored);
  }

  private void visitAll() throws IOException {
    Deque<Node> open = new ArrayDeque<>();
    BitSet seen = new BitSet();
    if ((u16(node(0) + 4) & FOLDER) == 0) {
      throw damaged("its first node is no folder");
    }
    visitFolder(0, "", open, seen);
    while (!open.isEmpty()) {
      Node node = open.remove();
      long at = node(node.index);
      String path = node.parent + nodeName(names + u32(at));
      if (path.length() > MAX_PATH_CHARS) {
        throw damaged("a path has more than " + MAX_PATH_CHARS + " characters: '" + path + "'");
      }
      int flags = u16(at + 4);
      if ((flags & FOLDER) != 0) {
        visitFolder(node.index, path + "/", open, seen);
      } else {
        addFile(path, flags, data + u32(at + 10));
      }
    }
  }

  /** Every node has one parent, so a node that comes up twice is a loop or a bomb. */
  private void visitFolder(long index, String path, Deque<Node> open, BitSet seen)
      throws IOException {
    long at = node(index);
    long children = u32(at + 6);
    long first = u32(at + 10);
    if (children + seen.cardinality() > MAX_NODES) {
      throw damaged("it has more than " + MAX_NODES + " files and folders");
    }
    for (long child = first; child < first + children; child++) {
      node(child);
      if (child == 0 || seen.get((int) child)) {
        throw damaged("node " + child + " is in two folders");
      }
      seen.set((int) child);
      open.add(new Node(child, path));
    }
  }

  private void addFile(String path, int flags, long at) throws IOException {
    long length = u32(at);
    if (at + 4 + length > bytes.capacity()) {
      throw damaged("'" + path + "' has " + length + " bytes from byte " + (at + 4));
    }
    if (files.put(path, new Location((int) at + 4, (int) length, flags)) != null) {
      throw damaged("it has two files '" + path + "'");
    }
  }

  /** A u16 of UTF-16 code units, a u32 hash that only Qt needs, the code units. */
  private String nodeName(long at) throws IOException {
    int length = u16(at);
    check(at + 6, 2L * length);
    String text = new String(bytes.array(), (int) at + 6, 2 * length, StandardCharsets.UTF_16BE);
    boolean leaves = text.isEmpty() || text.equals(".") || text.equals("..");
    if (leaves || text.chars().anyMatch(c -> c < ' ' || c == '/' || c == '\\')) {
      throw damaged("a name at byte " + at + " is no file name: '" + text + "'");
    }
    return text;
  }

  /** Qt's qCompress: the length as u32, then a zlib stream. Memory grows only with what comes. */
  private byte[] inflated(String path, byte[] stored) throws IOException {
    if (stored.length < 4) {
      throw damaged("'" + path + "' has " + stored.length + " bytes, too few to be inflated");
    }
    long announced = Integer.toUnsignedLong(ByteBuffer.wrap(stored).getInt());
    long most = Math.min(announced, MAX_INFLATED_BYTES);
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(stored, 4, stored.length - 4);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] block = new byte[8192];
      for (int n = inflater.inflate(block); n > 0 && inflater.getBytesWritten() <= most; ) {
        out.write(block, 0, n);
        n = inflater.inflate(block);
      }
      if (!inflater.finished() || out.size() != announced) {
        throw damaged(
            String.format(
                "'%s' announces %d bytes and has %d or more after inflating (at most %d)",
                path, announced, inflater.getBytesWritten(), MAX_INFLATED_BYTES));
      }
      return out.toByteArray();
    } catch (DataFormatException e) {
      throw damaged("'" + path + "' does not inflate: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }

  private long node(long index) throws IOException {
    long at = tree + index * nodeBytes;
    check(at, nodeBytes);
    return at;
  }

  private int u16(long at) throws IOException {
    check(at, 2);
    return Short.toUnsignedInt(bytes.getShort((int) at));
  }

  private long u32(long at) throws IOException {
    check(at, 4);
    return Integer.toUnsignedLong(bytes.getInt((int) at));
  }

  private void check(long at, long length) throws IOException {
    if (at + length > bytes.capacity()) {
      throw damaged("it needs bytes " + at + " to " + (at + length));
    }
  }

  private IOException damaged(String how) {
    return new IOException(
        name + " (" + bytes.capacity() + " bytes) is no whole Qt resource file: " + how);
  }
}
