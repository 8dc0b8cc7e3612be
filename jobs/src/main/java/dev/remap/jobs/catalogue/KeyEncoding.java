package dev.remap.jobs.catalogue;

/** How an inventory writes keys. */
enum KeyEncoding {
  /** As they are. */
  PLAIN,
  /** As in the query of a URL, which is what S3 does in CSV. */
  URL
}
