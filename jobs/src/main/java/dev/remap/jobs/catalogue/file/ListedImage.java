package dev.remap.jobs.catalogue.file;

import dev.remap.jobs.config.Credentials;
import dev.remap.jobs.config.InputException;
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
  /** Version of an image that is named where it should be, and cannot be looked at. */
  static final String UNREACHABLE = "unreachable";

  /** An image that is a file of its own. */
  public ListedImage(String imageId, String uri, String version, long bytes) {
    this(imageId, uri, version, bytes, ByteRange.WHOLE);
  }

  /**
   * This image, if it can be written down: what has no id, no URI, or a password in one is an
   * {@link InputException}.
   */
  public ListedImage checked() {
    refuseSecrets();
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

  /** Of what is only a name, all but a user before the host is a name, whatever it looks like. */
  private void refuseSecrets() {
    if (Credentials.areIn(imageId)) {
      throw Credentials.refused("The id of an image of the catalogue");
    }
    // A data URI names no host, and is long.
    boolean namesHost = !uri.startsWith("data:");
    if ((namesHost && Credentials.areInUser(uri)) || Credentials.areIn(version)) {
      throw Credentials.refused("Image '" + imageId + "' of the catalogue");
    }
  }

  /** Whether it could not be looked at when it was listed. */
  public boolean isUnreachable() {
    return version.equals(UNREACHABLE);
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
