package dev.remap.core.extraction;

import dev.remap.core.image.ImageException;
import dev.remap.core.region.Boxes;
import java.io.IOException;
import java.util.Optional;

/** One image somewhere, not yet read. */
public interface ImageSource {
  /** The id of the image in its catalogue. */
  String imageId();

  /** Its boxes, for an extractor that has them instead of a grid; empty if there are none. */
  default Optional<Boxes> boxes() {
    return Optional.empty();
  }

  /**
   * Reads the whole encoded image. Called at most once, on a decode thread, which is interrupted
   * and left to itself if this takes longer than the read timeout.
   *
   * @throws IOException if it cannot be reached now: the image is rejected as {@code access}
   * @throws ImageException if what is there can never be used, such as a file longer than the limit
   *     of bytes: the image is rejected as {@code content}
   */
  byte[] read() throws IOException, ImageException;
}
