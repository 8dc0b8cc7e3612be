package dev.remap.jobs.catalogue;

import dev.remap.jobs.config.Credentials;
import dev.remap.jobs.config.InputException;
import java.util.Arrays;
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
    implements Found {

  /** An image that is a file of its own. */
  public ListedImage(String imageId, String uri, String version, long bytes) {
    this(imageId, uri, version, bytes, ByteRange.WHOLE);
  }

  /**
   * This image, if it can be written down: what has no id, no URI, or a password in one is an
   * {@link InputException}.
   */
  public ListedImage checked() {
    refuseCredentials("the catalogue", imageId, uri, version);
    if (imageId.isEmpty()) {
      throw new InputException(
          "The catalogue has an image without an id, in %s%s: every image needs one. Name it, or"
              + " remove it, then run again",
          uri, range.isWhole() ? "" : " at byte " + range.from());
    }
    if (uri.isEmpty()) {
      throw new InputException(
          "Image '%s' of the catalogue has no URI: say where it is, or remove it, then run again",
          imageId);
    }
    return this;
  }

  /** Refuses secrets before anything is repeated; an image is named where its id is clean. */
  static void refuseCredentials(String catalogue, String imageId, String uri, String version) {
    boolean isNamed = imageId != null && !imageId.isEmpty() && !Credentials.areIn(imageId);
    String what = (isNamed ? "Image '" + imageId + "' of " : "An image of ") + catalogue;
    for (String part : Arrays.asList(imageId, uri, version)) {
      if (part != null) {
        Credentials.refuseIn(what, part);
      }
    }
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
