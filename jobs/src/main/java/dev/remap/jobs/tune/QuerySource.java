package dev.remap.jobs.tune;

import java.util.Locale;

/**
 * Where the queries come from that an index is tuned by.
 *
 * @param place of groups or files; empty where the index has the queries
 * @param number of queries at the most; of copies, how many images are distorted
 */
public record QuerySource(Kind kind, String place, int number) {
  /** What they are. */
  public enum Kind {
    SAMPLE("sampled images"),
    COPIES("distorted copies"),
    GROUPS("images of groups"),
    IMAGES("given images"),
    VECTORS("given vectors");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** Whether they are images of the index, each of which finds itself. */
    boolean isIndexed() {
      return this == SAMPLE || this == GROUPS;
    }

    /** In words. */
    String text() {
      return text;
    }

    /** As it is kept with what they have measured. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
