package dev.remap.core.extraction;

/**
 * An image that could not be described.
 *
 * @param index position among the sources, from 0
 * @param stage {@link #READ}, {@link #DECODE} or {@link #FORWARD}
 * @param kind whether trying again can help
 * @param reason what happened, in words
 */
public record Rejected(int index, String stage, Kind kind, String reason) implements Outcome {
  public static final String READ = "read";
  public static final String DECODE = "decode";
  public static final String FORWARD = "forward";

  /** Whether a reject is final. */
  public enum Kind {
    /** The fault is in the content: final for this version of the image. */
    CONTENT,
    /** The image could not be reached, or the machine was short of memory or time: try later. */
    ACCESS
  }
}
