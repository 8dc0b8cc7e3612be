package dev.remap.jobs.catalogue.tar;

import dev.remap.jobs.catalogue.file.ByteRange;
import dev.remap.jobs.catalogue.file.ImagePath;
import dev.remap.jobs.catalogue.file.LocalName;
import dev.remap.jobs.catalogue.file.ReadWindow;
import dev.remap.jobs.catalogue.tar.TarMember.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.fs.PositionedReadable;

/**
 * The members of a tar archive (ustar, GNU, pax), found by reading headers only. It is strict: an
 * archive that is cut short, damaged, or has more after its end is an error and never a shorter
 * list. Memory does not depend on what the archive claims.
 */
final class TarReader {
  private static final int BLOCK = TarHeader.BLOCK;

  /** GNU tar pads to 10 KiB; more than this after the end is something else. */
  private static final int MAX_PADDING = 64 << 10;

  private static final int MAX_EXTENSION = 1 << 20;

  private final ReadWindow in;
  private final long length;
  private long position;

  TarReader(PositionedReadable in, long length) {
    this.in = new ReadWindow(in, length);
    this.length = length;
  }

  /** The next member; null at the end-of-archive marker. */
  TarMember next() throws IOException {
    TarExtension extension = new TarExtension();
    while (true) {
      long at = position;
      TarHeader header = header();
      if (header == null) {
        extension.requireUnused(at);
        return null;
      }
      switch (header.type()) {
        case 'x' -> extension.addPax(extensionData(header, at), at);
        case 'g' -> TarExtension.requireHarmless(extensionData(header, at), at);
        case 'L' -> extension.addLongName(extensionData(header, at));
        case 'K' -> extension.addLongLink(extensionData(header, at));
        default -> {
          return member(header, extension, at);
        }
      }
    }
  }

  private TarHeader header() throws IOException {
    if (length - position < BLOCK) {
      throw new TarException(
          "it ends at byte %d without an end-of-archive marker: it is cut short", length);
    }
    byte[] block = bytes(position, BLOCK);
    if (isZero(block)) {
      requireNothingMore();
      return null;
    }
    TarHeader header = TarHeader.parse(block, position);
    position += BLOCK;
    return header;
  }

  private void requireNothingMore() throws IOException {
    long rest = length - position;
    if (rest > MAX_PADDING || !isZero(bytes(position, (int) rest))) {
      throw new TarException(
          "%d bytes follow its end-of-archive marker at byte %d: it is several archives in one, or"
              + " damaged",
          rest, position);
    }
  }

  private byte[] extensionData(TarHeader header, long at) throws IOException {
    if (header.size() > MAX_EXTENSION) {
      throw new TarException(
          "the extended header at byte %d says it has %d bytes; at most %d are read",
          at, header.size(), MAX_EXTENSION);
    }
    requireRoom("the extended header at byte " + at, header.size());
    byte[] data = bytes(position, (int) header.size());
    skip(header.size());
    return data;
  }

  private TarMember member(TarHeader header, TarExtension extension, long at) throws IOException {
    Kind kind =
        extension.isSparse() ? Kind.SPARSE : kind(header.type(), extension.path(header.name()), at);
    byte[] written = extension.name(header.name());
    String name = LocalName.pathText(written);
    long size = extension.size(header.size());
    if (kind == Kind.HARD_LINK && size != 0) {
      throw new TarException("member '%s' is a hard link with data, which is not read", name);
    }
    if (header.type() == 'S') {
      skipSparseMap(at);
    }
    boolean hasData = kind == Kind.FILE || kind == Kind.SPARSE || kind == Kind.LABEL;
    ByteRange range = new ByteRange(position, hasData ? size : 0);
    requireRoom("member '" + name + "'", range.size());
    skip(range.size());
    String target = isLink(kind) ? LocalName.pathText(extension.link(header.link())) : "";
    boolean pointsOut =
        (written.length > 0 && written[0] == '/') || ImagePath.stepsAside(utf8(written));
    return new TarMember(name, kind, range, target, pointsOut);
  }

  private static boolean isLink(Kind kind) {
    return kind == Kind.HARD_LINK || kind == Kind.SYMBOLIC_LINK;
  }

  /** Where a sparse file's pieces lie is told in more blocks where the header has no room. */
  private void skipSparseMap(long at) throws IOException {
    byte flag = bytes(at, BLOCK)[482];
    while (flag != 0) {
      requireRoom("the sparse file at byte " + at, BLOCK);
      flag = bytes(position, BLOCK)[504];
      position += BLOCK;
    }
  }

  private static Kind kind(char type, byte[] path, long at) throws TarException {
    return switch (type) {
      case 0, '0', '7' -> endsInSlash(path) ? Kind.FOLDER : Kind.FILE;
      case '1' -> Kind.HARD_LINK;
      case '2' -> Kind.SYMBOLIC_LINK;
      case '3', '4', '6' -> Kind.DEVICE;
      case '5' -> Kind.FOLDER;
      case 'S' -> Kind.SPARSE;
      case 'V' -> Kind.LABEL;
      default ->
          throw new TarException(
              "the header at byte %d is of type 0x%02x, which is not read", at, (int) type);
    };
  }

  private static boolean endsInSlash(byte[] name) {
    return name.length > 0 && name[name.length - 1] == '/';
  }

  private void requireRoom(String what, long size) throws TarException {
    if (size > length - position) {
      throw new TarException(
          "%s says it has %d bytes where %d are left: the archive is cut short or damaged",
          what, size, length - position);
    }
  }

  /** Data is padded to whole blocks; that the last one is whole shows when the next is read. */
  private void skip(long size) {
    position += size + Math.floorMod(-size, (long) BLOCK);
  }

  private byte[] bytes(long from, int count) throws IOException {
    return in.bytes(from, count);
  }

  private static boolean isZero(byte[] bytes) {
    for (byte value : bytes) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
