package dev.remap.jobs.job;

import dev.remap.core.whitening.Moments;
import dev.remap.jobs.store.segment.MomentRow;
import dev.remap.jobs.store.segment.SegmentWriter;

/** The moments of one unit's descriptors on their way into its segment. */
final class MomentSegment {
  private final SegmentWriter<MomentRow> rows;
  private final Moments moments;

  MomentSegment(SegmentWriter<MomentRow> rows, Moments moments) {
    this.rows = rows;
    this.moments = moments;
  }

  void add(float[] descriptor) {
    moments.add(descriptor);
  }

  /** Writes them; nothing if there were no descriptors. */
  void finish() {
    if (moments.count() > 0) {
      rows.write(new MomentRow(MomentRow.HEADER, moments.count(), moments.sum()));
      for (int i = 0; moments.hasOuter() && i < moments.dimension(); i++) {
        rows.write(new MomentRow(i, moments.count(), moments.row(i)));
      }
    }
  }
}
