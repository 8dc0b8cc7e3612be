package dev.remap.core.training.head;

import java.util.Arrays;
import java.util.List;

/** What can learn, by the names that people give it. */
public enum Learnable {
  /** Region weights of {@code remap}. */
  ALPHA("alpha", "weights"),

  /** Exponents of {@code gem}. */
  EXPONENTS("p", "p"),

  /** Shift and projection of single regions, of {@code dir} and {@code regional-attention}. */
  REGION_PROJECTION("region-projection", "region projection"),

  /** The two layers of {@code regional-attention}. */
  ATTENTION("attention", "attention"),

  /** Shift and projection of whole descriptors. */
  PROJECTION("projection", "projection"),

  /** What is before all of them. */
  NETWORK("network", "network");

  private final String label;
  private final String words;

  Learnable(String label, String words) {
    this.label = label;
    this.words = words;
  }

  /** As a setting has it. */
  public String label() {
    return label;
  }

  /** As a sentence has it. */
  public String words() {
    return words;
  }

  public static List<String> labels() {
    return Arrays.stream(values()).map(Learnable::label).toList();
  }
}
