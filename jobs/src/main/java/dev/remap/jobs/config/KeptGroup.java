package dev.remap.jobs.config;

import java.util.regex.Pattern;

/** The settings that a store remembers, by what they decide. */
public enum KeptGroup {
  /** What a descriptor is, and how the work on it is cut. */
  EXTRACTOR(
      "extract",
      "extractor\\..*|embeddings\\.(dimension|model|metric)|image\\.max-bytes|image\\.max-pixels|unit\\.images"),
  WHITENING("whiten", "(whitening|lw)\\..*"),
  QUANTIZER("quantize", "quantizer\\..*");

  private final String job;
  private final Pattern keys;

  KeptGroup(String job, String keys) {
    this.job = job;
    this.keys = Pattern.compile(keys);
  }

  /** The job that is the first to use them. */
  public String job() {
    return job;
  }

  public boolean has(String key) {
    return keys.matcher(key).matches();
  }

  /** Whether a setting decides which artifact is made. */
  public boolean decidesBy(String key) {
    return has(key) && !key.equals("unit.images");
  }
}
