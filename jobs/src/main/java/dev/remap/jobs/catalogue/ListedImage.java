package dev.remap.jobs.catalogue;

import java.io.Serializable;
import java.util.OptionalLong;

/**
 * One image of a catalogue.
 *
 * @param imageId what the catalogue calls it: unique, the path below the root for a folder
 * @param uri where its bytes are, as text of a Hadoop path
 * @param version changes whenever the bytes do: an entity tag, or size and modification time, of
 *     the file at {@code uri}
 * @param bytes size of the image, or -1 where the catalogue does not say
 * @param range where in that file the image lies
 */
public record ListedImage(String imageId, String uri, String version, long bytes, ByteRange range)
    implements Serializable {

  /** An image that is a file of its own. */
  public ListedImage(String imageId, String uri, String version, long bytes) {
    this(imageId, uri, version, bytes, ByteRange.WHOLE);
  }

  /** First byte of the image in its file; empty where the file is the image. */
  public OptionalLong offset() {
    return range.isWhole() ? OptionalLong.empty() : OptionalLong.of(range.from());
  }

  /** Number of bytes of the image in its file; empty where the file is the image. */
  public OptionalLong length() {
    return range.isWhole() ? OptionalLong.empty() : OptionalLong.of(range.size());
  }
}
