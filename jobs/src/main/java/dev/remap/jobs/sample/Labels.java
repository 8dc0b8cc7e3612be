package dev.remap.jobs.sample;

/**
 * Who says which images match.
 *
 * @param groups a folder of the catalogue or a table; null for none
 * @param pairs a list of pairs; null for none
 * @param clean the id of a table of cleaned labels; null for none
 */
public record Labels(String groups, String pairs, String clean) {
  private static final String GROUPS = "groups ";
  private static final String PAIRS = "pairs ";
  private static final String CLEAN = "clean ";

  /** As a manifest records it: an option's name and what was given, or copies without any. */
  public String text() {
    return groups != null
        ? GROUPS + groups
        : pairs != null ? PAIRS + pairs : clean != null ? CLEAN + clean : "copies";
  }

  /** What {@link #text} made. */
  public static Labels parse(String text) {
    return new Labels(after(GROUPS, text), after(PAIRS, text), after(CLEAN, text));
  }

  private static String after(String word, String text) {
    return text.startsWith(word) ? text.substring(word.length()) : null;
  }
}
