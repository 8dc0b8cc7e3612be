package dev.remap.jobs.store.row;

/** One row of a segment; rows ascend by key. */
public sealed interface Row
    permits LayeredRow, MomentRow, NeighborRow, DuplicateRow, LabelRow, FlowRow, MinedRow {
  /** What the rows are sorted by: the image's key, the row of a matrix, or the place in a tuple. */
  long key();
}
