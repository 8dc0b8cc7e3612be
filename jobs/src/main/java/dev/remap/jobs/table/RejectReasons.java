package dev.remap.jobs.table;

import dev.remap.jobs.store.row.RejectRow;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was wrong with rejected images, counted in bounded memory however many they are. */
public final class RejectReasons {
  private static final int MOST_REASONS = 1000;
  private static final String OTHERS = "other reasons";
  private static final int REASON_LENGTH = 100;

  private final Map<Same, Reason> counts = new HashMap<>();

  /** What images have in common that are counted together. */
  private record Same(String kind, String stage, String reason) {}

  /**
   * Images with one reason.
   *
   * @param reason without what differs from image to image: numbers, names and paths
   * @param attempts at all of them together
   * @param example the first of them that was counted
   */
  public record Reason(
      String kind, String stage, String reason, long images, long attempts, RejectRow example) {
    /** Kind and stage in one. */
    public String group() {
      return kind + " (" + stage + ")";
    }

    /** Whether these images were not to be had, which may change though they do not. */
    public boolean isTriedAgain() {
      return example.kind() != RejectRow.Kind.CONTENT;
    }

    private Reason and(RejectRow row) {
      return new Reason(kind, stage, reason, images + 1, attempts + row.attempts(), example);
    }
  }

  /** Counts one more. */
  public void add(RejectRow row) {
    Same same = new Same(kind(row), row.stage(), normalised(row.reason()));
    if (counts.size() >= MOST_REASONS && !counts.containsKey(same)) {
      same = new Same(kind(row), row.stage(), OTHERS);
    }
    Reason unseen = new Reason(same.kind, same.stage, same.reason, 0, 0, row);
    counts.put(same, counts.getOrDefault(same, unseen).and(row));
  }

  /** All of them, most frequent first. */
  public List<Reason> sorted() {
    return counts.values().stream()
        .sorted(
            Comparator.comparingLong(Reason::images)
                .reversed()
                .thenComparing(Reason::group)
                .thenComparing(Reason::reason))
        .toList();
  }

  /** Whether the content, the access or the URI is at fault, in a word. */
  public static String kind(RejectRow row) {
    return row.kind().name().toLowerCase(Locale.ROOT);
  }

  /** What is said of many images alike: paths, quoted names, bytes and numbers become one. */
  static String normalised(String reason) {
    String text =
        reason
            .replaceAll("'[^']*'", "'…'")
            .replaceAll("\\S*/\\S+", "…")
            .replaceAll("\\b[0-9a-f]{2}(?: [0-9a-f]{2})+\\b", "…")
            .replaceAll("\\d[\\d.,]*(?<![.,])", "#");
    return text.length() <= REASON_LENGTH ? text : text.substring(0, REASON_LENGTH) + "…";
  }
}
