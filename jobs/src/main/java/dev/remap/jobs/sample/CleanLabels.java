package dev.remap.jobs.sample;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.row.LabelRow;
import dev.remap.jobs.store.row.LabelRow.Verdict;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentReader;
import dev.remap.jobs.table.Snapshots;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Labels of a snapshot's images that {@code clean} has looked at.
 *
 * @param groups by image id, of those that are kept
 * @param verdicts by image id, why the others are not
 */
public record CleanLabels(HashMap<String, String> groups, HashMap<String, Verdict> verdicts) {
  /** Stands for the id of the table where there is only one. */
  public static final String AUTO = "auto";

  /**
   * The id of the table of cleaned labels of what a snapshot lists.
   *
   * @param snapshot its number; null for the newest
   * @param wanted the id, or {@link #AUTO}
   * @throws InputException if there is none, or one has to be chosen
   */
  public static String choose(JobContext context, Integer snapshot, String wanted) {
    Store store = context.store();
    int number = new Snapshots(store).choose(context, snapshot);
    List<String> found =
        store.list(TableKind.CLEANED.folder()).stream()
            .filter(id -> wanted.equals(AUTO) || wanted.equals(id))
            .filter(id -> newest(store, id, number).isPresent())
            .toList();
    if (found.size() > 1) {
      throw new InputException(
          "There are several tables of cleaned labels of what snapshot %d lists: choose one of %s"
              + " with --clean",
          number, String.join(", ", found));
    }
    return found.stream().findFirst().orElseThrow(() -> none(context, number, wanted));
  }

  private static InputException none(JobContext context, int snapshot, String wanted) {
    return new InputException(
        "There is no table of cleaned labels%s of what snapshot %d lists: run `%s`, with your own"
            + " --groups, of an index of that snapshot",
        wanted.equals(AUTO) ? "" : " " + wanted,
        snapshot,
        context.line("clean").with("--groups", "."));
  }

  /** Of generations with the same listing, that of the newest. */
  private static Optional<LayerId> newest(Store store, String id, int snapshot) {
    String listing = new Snapshots(store).listing(snapshot);
    return NumberedFolders.in(store, TableKind.CLEANED.of(id).folder()).stream()
        .map(TableKind.CLEANED.of(id)::layer)
        .filter(
            layer ->
                Ledgers.find(store, layer.folder())
                    .map(Ledger::inputs)
                    .filter(inputs -> inputs.isOf(listing))
                    .isPresent())
        .reduce((earlier, later) -> later);
  }

  /** Reads the table of that id, which {@link #choose} has given. */
  public static CleanLabels read(JobContext context, int snapshot, String id) {
    Store store = context.store();
    LayerId layer = newest(store, id, snapshot).orElseThrow(() -> none(context, snapshot, id));
    HashMap<String, String> groups = new HashMap<>();
    HashMap<String, Verdict> verdicts = new HashMap<>();
    Ledgers.of(store, layer.folder())
        .segments(TableKind.CLEANED.rows(), KeyRange.ALL)
        .forEach(
            placed -> {
              try (SegmentReader<LabelRow> rows =
                  SegmentReader.open(store, placed.segment(), RowFormat.labels())) {
                rows.forEachRemaining(
                    row -> {
                      if (row.isKept()) {
                        groups.put(row.imageId(), row.group());
                      } else {
                        verdicts.put(row.imageId(), row.verdict());
                      }
                    });
              }
            });
    return new CleanLabels(groups, verdicts);
  }

  /** How many are left out, by the reason. */
  public Map<Verdict, Long> leftOut() {
    Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);
    verdicts.values().forEach(verdict -> counts.merge(verdict, 1L, Long::sum));
    return counts;
  }

  /** All that are left out. */
  public long left() {
    return verdicts.size();
  }

  /** All labels, of what is kept and of what is left out: no group of any that counts. */
  public HashMap<String, String> all() {
    HashMap<String, String> all = new HashMap<>(groups);
    verdicts.keySet().forEach(imageId -> all.put(imageId, ""));
    return all;
  }
}
