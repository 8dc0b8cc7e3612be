package dev.remap.jobs.store.row;

import java.util.Arrays;
import java.util.Objects;

/**
 * What flows from one image to others: a row of truncated diffusion.
 *
 * @param keys the images that something flows to, the image itself first; not copied
 * @param flows to each of them, finite and not 0; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // compared by value below
public record FlowRow(long key, String imageId, long[] keys, float[] flows) implements Row {
  @Override
  public boolean equals(Object other) {
    return other instanceof FlowRow that
        && key == that.key
        && imageId.equals(that.imageId)
        && Arrays.equals(keys, that.keys)
        && Arrays.equals(flows, that.flows);
  }

  @Override
  public int hashCode() {
    return Objects.hash(key, imageId, Arrays.hashCode(keys), Arrays.hashCode(flows));
  }
}
