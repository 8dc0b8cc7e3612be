package dev.remap.jobs.sample;

/**
 * Who says which images match.
 *
 * @param groups a folder of the catalogue or a table; null for none
 * @param pairs a list of pairs; null for none
 */
public record Labels(String groups, String pairs) {
  private static final String GROUPS = "groups ";
  private static final String PAIRS = "pairs ";

  /** As a manifest records it: an option's name and what was given, or copies without either. */
  public String text() {
    return groups != null ? GROUPS + groups : pairs != null ? PAIRS + pairs : "copies";
  }

  /** What {@link #text} made. */
  public static Labels parse(String text) {
    return text.startsWith(GROUPS)
        ? new Labels(text.substring(GROUPS.length()), null)
        : new Labels(null, text.startsWith(PAIRS) ? text.substring(PAIRS.length()) : null);
  }
}
