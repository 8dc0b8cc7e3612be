package dev.remap.jobs.store.row;

/** A row that newer layers can replace or delete. */
public sealed interface LayeredRow extends Row
    permits SnapshotRow, VectorRow, RejectRow, HeaderRow {
  String imageId();

  Change change();
}
