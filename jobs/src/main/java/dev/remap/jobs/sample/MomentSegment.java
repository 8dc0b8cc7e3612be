package dev.remap.jobs.sample;

import dev.remap.jobs.store.segment.MomentRow;
import dev.remap.jobs.store.segment.SegmentWriter;

/** The moments of one unit's descriptors on their way into its segment. */
public final class MomentSegment {
  private final SegmentWriter<MomentRow> rows;
  private final PartMoments moments;

  /**
   * @param parts of the layer
   */
  public MomentSegment(SegmentWriter<MomentRow> rows, MomentParts parts) {
    this.rows = rows;
    this.moments = new PartMoments(parts, 0, parts.dimension());
  }

  /** Adds a descriptor, whose key is not below those before. */
  public void add(long key, float[] descriptor) {
    moments.add(key, descriptor);
  }

  /** Writes them; nothing if there were no descriptors of chosen parts. */
  public void finish() {
    moments
        .sum()
        .ifPresent(
            sum -> {
              rows.write(new MomentRow(MomentRow.HEADER, sum.count(), sum.sum()));
              for (int i = 0; i < sum.dimension(); i++) {
                rows.write(new MomentRow(i, sum.count(), sum.row(i)));
              }
            });
  }
}
