package dev.remap.jobs.spark;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What tasks count while they work. docs/metrics.md says what each is. */
public enum Meter {
  ROWS_DONE,
  ROWS_REJECTED,
  BYTES_READ,
  IMAGES_DECODING,
  IMAGES_BATCHING,
  MS_EXTRACTION,
  MS_WAITING,
  MS_NETWORK,
  MS_POOLING,
  MS_WRITING,
  MS_READING,
  MS_DECODE_MEMORY,
  MS_DECODING;

  /** Those of any work. */
  static final Set<Meter> ROWS = EnumSet.of(ROWS_DONE, ROWS_REJECTED);

  /** Those of describing images. */
  public static final Set<Meter> ALL = EnumSet.allOf(Meter.class);

  /** What it is called where metrics are read. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
