package dev.remap.jobs.catalogue.tar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One 512-byte header of a tar archive (POSIX.1-1988 ustar, with GNU's binary numbers).
 *
 * @param name with the prefix that ustar keeps apart
 * @param link what a link leads to
 * @param size bytes of data that follow, before padding
 */
record TarHeader(byte[] name, byte[] link, char type, long size) {
  static final int BLOCK = 512;

  /** Reads a header, or says what is wrong with it; {@code at} is its place in the archive. */
  static TarHeader parse(byte[] block, long at) throws TarException {
    requireChecksum(block, at);
    char type = (char) (block[156] & 0xff);
    return new TarHeader(name(block), text(block, 157, 100), type, size(block, at));
  }

  private static void requireChecksum(byte[] block, long at) throws TarException {
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      byte value = i >= 148 && i < 156 ? (byte) ' ' : block[i];
      unsigned += value & 0xff;
      signed += value;
    }
    long stored = octal(block, 148, 8);
    if (stored != unsigned && stored != signed) {
      throw new TarException("the header at byte %d is damaged: its checksum is wrong", at);
    }
  }

  private static byte[] name(byte[] block) {
    byte[] name = text(block, 0, 100);
    boolean posix = new String(block, 257, 6, StandardCharsets.ISO_8859_1).equals("ustar\0");
    byte[] prefix = posix ? text(block, 345, 155) : new byte[0];
    if (prefix.length == 0) {
      return name;
    }
    byte[] whole = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
    whole[prefix.length] = '/';
    System.arraycopy(name, 0, whole, prefix.length + 1, name.length);
    return whole;
  }

  private static byte[] text(byte[] block, int from, int length) {
    int end = from;
    while (end < from + length && block[end] != 0) {
      end++;
    }
    return Arrays.copyOfRange(block, from, end);
  }

  private static long size(byte[] block, long at) throws TarException {
    long size = (block[124] & 0x80) != 0 ? binary(block) : octal(block, 124, 12);
    if (size < 0) {
      throw new TarException("the header at byte %d has a size that is no number", at);
    }
    return size;
  }

  /** GNU's sizes beyond 8 GiB: 0x80, then a big-endian number. */
  private static long binary(byte[] block) {
    for (int i = 124; i < 128; i++) {
      if (block[i] != (i == 124 ? (byte) 0x80 : 0)) {
        return -1;
      }
    }
    long value = 0;
    for (int i = 128; i < 136; i++) {
      value = (value << 8) | (block[i] & 0xff);
    }
    return value;
  }

  /** -1 where something else than digits stands there. */
  private static long octal(byte[] block, int from, int length) {
    String text = new String(block, from, length, StandardCharsets.ISO_8859_1);
    String digits = text.replace('\0', ' ').strip();
    if (!digits.matches("[0-7]*")) {
      return -1;
    }
    return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
  }
}
