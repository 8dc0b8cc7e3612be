package dev.remap.jobs.sample;

import dev.remap.jobs.store.row.MomentRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.SegmentWriter;
import java.util.Optional;
import java.util.function.Supplier;

/** The moments of one unit's descriptors on their way into its segment. */
public final class MomentSegment {
  private final SegmentWriter<MomentRow> rows;
  private final PartMoments moments;

  /**
   * Those of a unit, if it keeps any.
   *
   * @param parts of the layer; null where no moments are wanted
   * @param rows begins the segment
   */
  public static Optional<MomentSegment> of(
      MomentParts parts, KeyRange unit, Supplier<SegmentWriter<MomentRow>> rows) {
    return parts != null && parts.areKept(unit)
        ? Optional.of(new MomentSegment(rows.get(), parts))
        : Optional.empty();
  }

  private MomentSegment(SegmentWriter<MomentRow> rows, MomentParts parts) {
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
