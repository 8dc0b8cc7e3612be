package dev.remap.jobs.sample;

import dev.remap.core.whitening.Moments;
import dev.remap.core.whitening.PairwiseSum;
import java.util.Optional;

/** Sums descriptors in the parts that their keys lie in, and these along their tree. */
public final class PartMoments {
  private final MomentParts parts;
  private final int from;
  private final int to;
  private final PairwiseSum<Moments> done =
      new PairwiseSum<>(
          (left, right) -> {
            left.merge(right);
            return left;
          });
  private long part;
  private Moments moments;

  /**
   * @param from the first row of Σxxᵀ that is wanted
   * @param to the first after those
   */
  public PartMoments(MomentParts parts, int from, int to) {
    this.parts = parts;
    this.from = from;
    this.to = to;
  }

  /** Adds a descriptor, whose key is not below those before, if its part is chosen. */
  public void add(long key, float[] descriptor) {
    long its = parts.of(key);
    if (moments == null || its != part) {
      if (!parts.isChosen(its)) {
        return;
      }
      close();
      part = its;
      moments = Moments.rows(parts.dimension(), from, to);
    }
    moments.add(descriptor);
  }

  private void close() {
    if (moments != null) {
      done.add(part, moments);
    }
  }

  /** The sum; nothing if no descriptor was added. Nothing may be added afterwards. */
  public Optional<Moments> sum() {
    close();
    return done.sum();
  }
}
