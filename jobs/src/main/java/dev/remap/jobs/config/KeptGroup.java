package dev.remap.jobs.config;

import java.util.List;

/** The settings that a store remembers, by what they decide. */
public enum KeptGroup {
  /** What a descriptor is, and how the work on it is cut. */
  EXTRACTOR("extract", List.of("extractor.", "image.max-bytes", "image.max-pixels", "unit.images")),
  WHITENING("whiten", List.of("whitening.", "lw.")),
  QUANTIZER("quantize", List.of("quantizer."));

  private final String job;
  private final List<String> prefixes;

  KeptGroup(String job, List<String> prefixes) {
    this.job = job;
    this.prefixes = prefixes;
  }

  /** The job that is the first to use them. */
  public String job() {
    return job;
  }

  public boolean has(String key) {
    return prefixes.stream().anyMatch(key::startsWith);
  }

  /** Whether a setting decides which artifact is made. */
  public boolean decidesBy(String key) {
    return has(key) && !key.equals("unit.images");
  }
}
