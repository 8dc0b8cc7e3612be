package dev.remap.jobs.sample;

import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.segment.KeyRange;
import java.io.Serializable;

/**
 * The parts of the key space that the moments of a layer's descriptors are summed in: 2^depth
 * ranges of the same width, each of which has D to 2·D descriptors in the mean. Sums of parts are
 * added along the binary tree over the parts ({@link dev.remap.core.whitening.PairwiseSum}), so
 * moments depend on the descriptors, on how many images the listing has, and on nothing else: not
 * on how the work was cut into units.
 *
 * <p>A unit whose keys are a node of that tree stores its sum; one that is smaller than a part
 * stores none, as Σxxᵀ would be larger than its descriptors, which are then read when a whitening
 * is fitted.
 *
 * @param images that are listed
 * @param dimension components D of a descriptor
 */
public record MomentParts(long images, int dimension) implements Serializable {
  private static final int DEEPEST = 30;

  /** Those of a layer that is made from these inputs. */
  public static MomentParts of(Inputs inputs, int dimension) {
    return new MomentParts(inputs.listed(), dimension);
  }

  /** How many descriptors are enough for a covariance of so many components. */
  public static long enough(int dimension) {
    return Math.max(1_000_000L, 100L * dimension);
  }

  /** Levels of the tree below its root. */
  int depth() {
    long parts = Math.max(1, images / dimension);
    return Math.min(DEEPEST, Long.SIZE - 1 - Long.numberOfLeadingZeros(parts));
  }

  /** The number of parts. */
  public long count() {
    return 1L << depth();
  }

  /** The number of the part that has the key. */
  long of(long key) {
    return key >>> (Long.SIZE - 1 - depth());
  }

  /** Keys of a part. */
  public KeyRange range(long part) {
    int below = Long.SIZE - 1 - depth();
    long from = part << below;
    return new KeyRange(from, from + ((1L << below) - 1));
  }

  /** Whether the part's descriptors are summed: of more than are enough, some parts' are not. */
  public boolean isChosen(long part) {
    return images <= enough(dimension)
        || SplitMix64.unit(part, 0) < (double) enough(dimension) / images;
  }

  /** Whether a unit of these keys stores the sums of its parts. */
  public boolean areKept(KeyRange unit) {
    return isNode(unit) && width(unit) >= width(range(0));
  }

  /**
   * The number of a node among those of its size.
   *
   * @param unit keys of a part, or of 2, 4, 8, … parts that are a node
   */
  public static long node(KeyRange unit) {
    return unit.from() >>> Long.numberOfTrailingZeros(width(unit) + 1);
  }

  private static boolean isNode(KeyRange keys) {
    return Long.bitCount(width(keys) + 1) == 1 && (keys.from() & width(keys)) == 0;
  }

  /** Of all keys, whose number is no long, as of others: one less than how many there are. */
  private static long width(KeyRange keys) {
    return keys.to() - keys.from();
  }
}
