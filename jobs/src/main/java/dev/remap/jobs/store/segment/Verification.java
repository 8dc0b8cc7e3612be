package dev.remap.jobs.store.segment;

/** How much of a segment is checked before its first row is returned. */
public enum Verification {
  /** Length and SHA-256 of all its bytes. Up to 64 MiB it is read once, above that twice. */
  FULL,
  /**
   * Length only, for a segment that this task has verified before. Page checksums are still
   * checked, but a damaged page header is only likely, not certain, to be noticed.
   */
  LENGTH
}
