package dev.remap.jobs.catalogue.file;

import java.io.Serializable;
import java.util.OptionalLong;

/**
 * Where an image's bytes lie inside its file, or {@link #WHOLE}.
 *
 * @param from first byte, from 0; -1 for the whole file
 * @param size number of bytes; -1 for the whole file
 */
public record ByteRange(long from, long size) implements Serializable {
  /** The whole file, however long it is. */
  public static final ByteRange WHOLE = new ByteRange(-1, -1);

  /** Throws {@link IllegalArgumentException} for a range that no file can have. */
  public ByteRange {
    boolean whole = from == -1 && size == -1;
    if (!whole && (from < 0 || size < 0 || from > Long.MAX_VALUE - size)) {
      throw new IllegalArgumentException(
          "Bytes " + from + " to " + from + " + " + size + " are no range of a file");
    }
  }

  /** As a listing's row has it: both, or neither for the whole file. */
  public static ByteRange of(OptionalLong offset, OptionalLong length) {
    return offset.isPresent() ? new ByteRange(offset.getAsLong(), length.orElseThrow()) : WHOLE;
  }

  public boolean isWhole() {
    return from < 0;
  }

  public long end() {
    return from + size;
  }
}
