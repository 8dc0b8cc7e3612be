package dev.remap.jobs.store.row;

import java.util.Arrays;
import java.util.Objects;

/**
 * A descriptor or a vector of one image.
 *
 * @param version of the image it was computed from; empty for a delete
 * @param width of the image, in pixels, as it is to be looked at; 0 for a delete
 * @param height as width
 * @param vector finite values, not copied: do not change them; none for a delete
 */
@SuppressWarnings("ArrayRecordComponent") // compared by value below
public record VectorRow(
    long key, Change change, String imageId, String version, int width, int height, float[] vector)
    implements LayeredRow {
  /** A row that deletes an image. */
  public static VectorRow delete(long key, String imageId) {
    return new VectorRow(key, Change.DELETE, imageId, "", 0, 0, new float[0]);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VectorRow that
        && key == that.key
        && change == that.change
        && imageId.equals(that.imageId)
        && version.equals(that.version)
        && width == that.width
        && height == that.height
        && Arrays.equals(vector, that.vector);
  }

  @Override
  public int hashCode() {
    return Objects.hash(key, change, imageId, version, width, height, Arrays.hashCode(vector));
  }
}
