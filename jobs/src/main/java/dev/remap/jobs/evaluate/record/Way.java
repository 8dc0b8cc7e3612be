package dev.remap.jobs.evaluate.record;

/**
 * A way to rank.
 *
 * @param search {@link #EXACT} or {@link #INDEX}
 * @param rerank what follows the search; empty for nothing
 */
public record Way(String search, String rerank) {
  public static final String EXACT = "exact";
  public static final String INDEX = "index";

  /** The same search with nothing behind it. */
  public Way plain() {
    return new Way(search, "");
  }

  /** For a table. */
  public String shown() {
    return rerank.isEmpty() ? "–" : rerank;
  }
}
