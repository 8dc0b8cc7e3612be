package dev.remap.jobs.store.segment;

/** How much of a segment is checked before its first row is returned. */
public enum Verification {
  /** Length and SHA-256 of all its bytes. Up to 64 MiB it is read once, above that twice. */
  FULL,
  /**
   * Length only, for a part of a segment, or for one that this task has verified before. The
   * checksum of every page that is read is still checked, but a damaged page header or index of
   * pages is only likely, not certain, to be noticed.
   */
  LENGTH
}
