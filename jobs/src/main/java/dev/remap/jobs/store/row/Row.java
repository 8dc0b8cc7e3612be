package dev.remap.jobs.store.row;

/** One row of a segment; rows ascend by key. */
public sealed interface Row
    permits LayeredRow, MomentRow, NeighborRow, DuplicateRow, LabelRow, FlowRow {
  /** What the rows are sorted by: the image's key, or the row of a matrix. */
  long key();
}
