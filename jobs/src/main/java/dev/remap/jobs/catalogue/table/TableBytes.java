package dev.remap.jobs.catalogue.table;

import dev.remap.jobs.catalogue.file.PlainFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/**
 * The bytes of a table of texts, unpacked as its name's ending says, without the byte order mark
 * that some programs put first. Holds one row, of a bounded size, and knows in which line it is.
 */
public final class TableBytes implements AutoCloseable {
  /** A row with more is none: most likely the end of a quote is missing. */
  public static final int MAX_ROW = 64 << 20;

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final InputStream in;
  private final byte[] buffer = new byte[64 << 10];
  private int at;
  private int end;
  private long line = 1;
  private final Row row = new Row();

  TableBytes(InputStream in) throws IOException {
    this.in = in;
    end = Math.max(0, in.readNBytes(buffer, 0, BYTE_ORDER_MARK.length));
    if (end > 1 && (startsWith(0xFE, 0xFF) || startsWith(0xFF, 0xFE))) {
      throw new IOException("it begins as UTF-16 does: write it as UTF-8");
    }
    at = startsWith(0xEF, 0xBB, 0xBF) ? BYTE_ORDER_MARK.length : 0;
  }

  public static TableBytes open(Path path, Configuration conf) throws IOException {
    InputStream file = PlainFiles.open(path, conf);
    try {
      CompressionCodec codec = new CompressionCodecFactory(conf).getCodec(path);
      return new TableBytes(codec == null ? file : codec.createInputStream(file));
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private boolean startsWith(int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (i >= end || (buffer[i] & 0xFF) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  /** The next byte; -1 at the end. */
  public int read() throws IOException {
    if (at == end) {
      end = Math.max(0, in.read(buffer, 0, buffer.length));
      at = 0;
      if (end == 0) {
        return -1;
      }
    }
    int next = buffer[at++] & 0xFF;
    if (next == '\n') {
      line++;
    }
    return next;
  }

  /** In which line the next byte is, from 1. */
  public long line() {
    return line;
  }

  /** Forgets the row so far. */
  public void clear() {
    row.reset();
  }

  /** One more byte of the row. */
  public void keep(int next) throws IOException {
    if (row.size() == MAX_ROW) {
      throw new IOException("it has more than " + (MAX_ROW >> 20) + " MiB: is a quote not closed?");
    }
    row.write(next);
  }

  /** How many bytes of the row are kept. */
  public int kept() {
    return row.size();
  }

  /**
   * What is kept of the row, from one byte to another.
   *
   * @throws IOException if that is no UTF-8
   */
  public String text(int from, int to) throws IOException {
    return utf8(row.bytes(from, to));
  }

  /**
   * Bytes as a text.
   *
   * @throws IOException if they are no UTF-8; Java would put another character for them
   */
  public static String utf8(ByteBuffer bytes) throws IOException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new IOException(
          "byte 0x%02X is no UTF-8: write the table as UTF-8 (iconv -f latin1 -t utf-8, say)"
              .formatted(bytes.get(bytes.position()) & 0xFF),
          e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private static final class Row extends ByteArrayOutputStream {
    ByteBuffer bytes(int from, int to) {
      return ByteBuffer.wrap(buf, from, to - from);
    }
  }
}
