package dev.remap.jobs.table;

import dev.remap.core.whitening.Moments;
import dev.remap.jobs.store.segment.MomentRow;
import dev.remap.jobs.store.segment.SegmentWriter;

/** The moments of one unit's descriptors on their way into its segment. */
public final class MomentSegment {
  private final SegmentWriter<MomentRow> rows;
  private final Moments moments;

  public MomentSegment(SegmentWriter<MomentRow> rows, Moments moments) {
    this.rows = rows;
    this.moments = moments;
  }

  public void add(float[] descriptor) {
    moments.add(descriptor);
  }

  /** Writes them; nothing if there were no descriptors. */
  public void finish() {
    if (moments.count() > 0) {
      rows.write(new MomentRow(MomentRow.HEADER, moments.count(), moments.sum()));
      for (int i = 0; moments.hasOuter() && i < moments.dimension(); i++) {
        rows.write(new MomentRow(i, moments.count(), moments.row(i)));
      }
    }
  }
}
