package dev.remap.core.extraction;

/** What became of one image. */
public sealed interface Outcome permits Described, Rejected {
  /** Position of the image among the sources of its {@code extract} call, from 0. */
  int index();
}
