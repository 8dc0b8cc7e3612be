package dev.remap.jobs.store.row;

/** What a row does to its key in the layers below it. */
public enum Change {
  PUT,
  DELETE
}
