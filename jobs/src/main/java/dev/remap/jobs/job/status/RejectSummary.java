package dev.remap.jobs.job.status;

import dev.remap.jobs.job.Chain;
import dev.remap.jobs.job.Descriptors;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RejectRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The images that a table of descriptors leaves out, by what was wrong with them. Held in bounded
 * memory, however many they are.
 *
 * @param reasons most frequent first
 * @param unread what was too much to be read; null if the reasons are those of all
 */
public record RejectSummary(String extractor, int snapshot, List<Reason> reasons, Unread unread) {
  private static final int MOST_REASONS = 1000;
  private static final String OTHERS = "other reasons";
  private static final int REASON_LENGTH = 100;

  /**
   * Images with one reason.
   *
   * @param reason without what differs from image to image: numbers, names and paths
   * @param attempts at all of them together
   */
  record Reason(String kind, String stage, String reason, long images, long attempts) {
    String group() {
      return kind + " (" + stage + ")";
    }
  }

  /**
   * How much was not read.
   *
   * @param segments files that the rows lie in: few rows in many files take as long
   */
  record Unread(long rows, long segments) {}

  public RejectSummary {
    reasons = List.copyOf(reasons);
  }

  /**
   * As {@link #of(Store, String, int, Consumer)}, or only how many rows there are.
   *
   * @param rows at most, replaced ones included, that are read
   * @param segments at most that are read
   */
  static RejectSummary ofAtMost(
      long rows, long segments, Store store, String extractor, int snapshot) {
    String table = RowFormat.rejects().table();
    Chain chain = Chain.of(store, Descriptors.tableFolder(extractor), snapshot);
    Unread all =
        new Unread(
            chain.storedRows(store, table),
            chain.ledgers(store).stream()
                .mapToLong(ledger -> ledger.segments(table, KeyRange.ALL).count())
                .sum());
    return all.rows > rows || all.segments > segments
        ? new RejectSummary(extractor, snapshot, List.of(), all)
        : of(store, extractor, snapshot, row -> {});
  }

  /**
   * Reads what is rejected now: rows that newer layers replaced or took back do not count.
   *
   * @param each is given every row, by key
   */
  static RejectSummary of(Store store, String extractor, int snapshot, Consumer<RejectRow> each) {
    Chain chain = Chain.of(store, Descriptors.tableFolder(extractor), snapshot);
    Map<Reason, long[]> counts = new java.util.HashMap<>();
    try (TableReader<RejectRow> rows =
        chain.table(store, RowFormat.rejects()).read(KeyRange.ALL, Verification.LENGTH)) {
      rows.forEachRemaining(
          row -> {
            each.accept(row);
            Reason reason = reason(row, normalised(row.reason()));
            if (counts.size() >= MOST_REASONS && !counts.containsKey(reason)) {
              reason = reason(row, OTHERS);
            }
            long[] sums = counts.computeIfAbsent(reason, unseen -> new long[2]);
            sums[0]++;
            sums[1] += row.attempts();
          });
    }
    return new RejectSummary(extractor, snapshot, sorted(counts), null);
  }

  private static Reason reason(RejectRow row, String text) {
    return new Reason(kind(row), row.stage(), text, 0, 0);
  }

  static String kind(RejectRow row) {
    return row.kind().name().toLowerCase(Locale.ROOT);
  }

  private static List<Reason> sorted(Map<Reason, long[]> counts) {
    return counts.entrySet().stream()
        .map(
            entry ->
                new Reason(
                    entry.getKey().kind,
                    entry.getKey().stage,
                    entry.getKey().reason,
                    entry.getValue()[0],
                    entry.getValue()[1]))
        .sorted(
            Comparator.comparingLong(Reason::images)
                .reversed()
                .thenComparing(Reason::group)
                .thenComparing(Reason::reason))
        .toList();
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

  boolean isEmpty() {
    return reasons.isEmpty() && unread == null;
  }

  /** Images by kind and stage. */
  public Map<String, Long> groups() {
    Map<String, Long> groups = new TreeMap<>();
    reasons.forEach(reason -> groups.merge(reason.group(), reason.images, Long::sum));
    return groups;
  }

  /** Images that could not be reached, among those that were read. */
  long unreachable() {
    String access = RejectRow.Kind.ACCESS.name().toLowerCase(Locale.ROOT);
    return reasons.stream().filter(r -> r.kind.equals(access)).mapToLong(Reason::images).sum();
  }
}
