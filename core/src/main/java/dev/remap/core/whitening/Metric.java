package dev.remap.core.whitening;

import java.util.Arrays;
import java.util.Locale;

/** How vectors are compared. An index holds distances either way; what differs are the vectors. */
public enum Metric {
  /** By the inner product of vectors of length one. */
  COSINE("score"),
  /** By the distance of vectors as they are, which keep their lengths. */
  L2("distance");

  private final String measure;

  Metric(String measure) {
    this.measure = measure;
  }

  /**
   * Reads a word of settings and files.
   *
   * @throws IllegalArgumentException if it names none
   */
  public static Metric of(String word) {
    return Arrays.stream(values())
        .filter(metric -> metric.word().equals(word))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("metric is " + word + ", must be cosine or l2"));
  }

  /** What settings and files call it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What {@link #measured} is called. */
  public String measure() {
    return measure;
  }

  /**
   * What is said of how near two vectors are: by cosine 1 − half the squared distance, which of
   * vectors of length one is their inner product; by L2 the distance.
   *
   * @param squared L2 distance
   */
  public float measured(float squared) {
    return this == COSINE ? 1 - squared / 2 : (float) Math.sqrt(squared);
  }

  /** The same as a number that is higher for what is nearer: a distance with a minus. */
  public float score(float squared) {
    // 0 for equal vectors, not −0.
    return this == COSINE ? measured(squared) : 0 - measured(squared);
  }
}
