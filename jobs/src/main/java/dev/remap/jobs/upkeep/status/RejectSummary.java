package dev.remap.jobs.upkeep.status;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.RejectRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.RejectReasons;
import dev.remap.jobs.table.RejectReasons.Reason;
import java.util.List;
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
record RejectSummary(Source source, List<Reason> reasons, Unread unread) {
  /**
   * Where rejects are read from.
   *
   * @param snapshot that was described
   * @param state whether the extraction came to its end
   * @param layers oldest first
   */
  record Source(String extractor, int snapshot, State state, List<Ledger> layers) {

    /** All that a complete extraction and those before it rejected, and that still is. */
    static Source complete(Store store, String extractor, int snapshot) {
      LayerChain chain =
          LayerChain.of(store, TableKind.DESCRIPTORS.of(extractor).folder(), snapshot);
      return new Source(extractor, snapshot, State.COMPLETE, chain.ledgers(store));
    }

    /** What one extraction rejected of which all units are done, though it is not complete. */
    static Source refused(Store store, String extractor, int snapshot) {
      Layer layer =
          new Layer(
              store, LayerChain.folder(TableKind.DESCRIPTORS.of(extractor).folder(), snapshot));
      Ledger ledger = layer.folded(layer.plan().orElseThrow());
      return new Source(extractor, snapshot, State.NOT_ACCEPTED, List.of(ledger));
    }

    /** Rows that newer layers replaced included. */
    private Unread all() {
      String table = RowFormat.rejects().table();
      return new Unread(
          layers.stream().mapToLong(layer -> layer.rows(table)).sum(),
          layers.stream().mapToLong(layer -> layer.segments(table, KeyRange.ALL).count()).sum());
    }

    /** Gives every image that is rejected, by key; rows that newer layers replaced do not count. */
    void read(Store store, Consumer<RejectRow> each) {
      try (TableReader<RejectRow> rows =
          new Table<>(store, RowFormat.rejects(), layers).read(KeyRange.ALL, Verification.LENGTH)) {
        rows.forEachRemaining(each);
      }
    }
  }

  /** How far an extraction came. */
  enum State {
    /** Its descriptors are in use. */
    COMPLETE,
    /** All its units are done, and no run has accepted them: too many images were rejected. */
    NOT_ACCEPTED
  }

  /**
   * How much was not read.
   *
   * @param segments files that the rows lie in: few rows in many files take as long
   */
  record Unread(long rows, long segments) {}

  RejectSummary {
    reasons = List.copyOf(reasons);
  }

  /**
   * Reads what is rejected, or only how many rows there are.
   *
   * @param rows at most, replaced ones included, that are read
   * @param segments at most that are read
   */
  static RejectSummary ofAtMost(long rows, long segments, Store store, Source source) {
    Unread all = source.all();
    if (all.rows > rows || all.segments > segments) {
      return new RejectSummary(source, List.of(), all);
    }
    RejectReasons reasons = new RejectReasons();
    source.read(store, reasons::add);
    return new RejectSummary(source, reasons.sorted(), null);
  }

  boolean isEmpty() {
    return reasons.isEmpty() && unread == null;
  }

  /** Images by kind and stage. */
  Map<String, Long> groups() {
    Map<String, Long> groups = new TreeMap<>();
    reasons.forEach(reason -> groups.merge(reason.group(), reason.images(), Long::sum));
    return groups;
  }

  /** Images that could not be reached and are tried again, among those that were read. */
  long unreachable() {
    return source.state == State.COMPLETE
        ? reasons.stream().filter(Reason::isTriedAgain).mapToLong(Reason::images).sum()
        : 0;
  }
}
