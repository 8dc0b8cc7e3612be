package dev.remap.jobs.upkeep.status;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Graphs;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.table.Vectors;
import java.util.List;
import java.util.stream.Stream;

/**
 * Prints the committed files of a table, one full path a line, for readers that know nothing of the
 * store.
 */
public final class CommittedFiles {
  private final JobContext context;
  private final String table;
  private final Integer snapshot;
  private final String whitening;
  private final Integer generation;
  private final String id;

  /**
   * @param snapshot its number, of what is not of an index; null for the newest that has the table
   * @param whitening of vectors; null where there is only one
   * @param generation of shards, and of what is made from generations; null for the newest
   * @param id of what is made from generations; null where there is only one
   */
  public CommittedFiles(
      JobContext context,
      String table,
      Integer snapshot,
      String whitening,
      Integer generation,
      String id) {
    this.context = context;
    this.table = table;
    this.snapshot = snapshot;
    this.whitening = whitening;
    this.generation = generation;
    this.id = id;
  }

  /** How they are printed. */
  public enum Format {
    LINES,
    TABLE
  }

  /** Prints them. */
  public void execute(Format format) {
    Store store = context.store();
    Stream<String> files =
        ledgers().stream()
            .flatMap(ledger -> ledger.segments(table, KeyRange.ALL))
            .map(placed -> store.locate(placed.segment().path()));
    if (format == Format.TABLE) {
      context
          .console()
          .table(Stream.concat(Stream.of(List.of("file")), files.map(List::of)).toList());
    } else {
      files.forEach(file -> context.console().say("%s", file));
    }
  }

  private List<Ledger> ledgers() {
    Store store = context.store();
    TableKind kind =
        TableKind.ofRows(table)
            .orElseThrow(
                () ->
                    new InputException(
                        "There is no table %s: give one of %s",
                        table, String.join(", ", TableKind.allRows())));
    return switch (kind) {
      case SNAPSHOTS -> {
        Snapshots snapshots = new Snapshots(store);
        yield snapshots.chain(snapshots.choose(context, snapshot)).ledgers(store);
      }
      case DESCRIPTORS -> Descriptors.choose(context, snapshot).chain(store).ledgers(store);
      case VECTORS -> Vectors.choose(context, whitening, snapshot).chain(store).ledgers(store);
      case SHARDS -> List.of(Generation.choose(context, generation).ledger(store));
      case GRAPHS, DUPLICATES, CLEANED, AUGMENTED, FLOWS -> {
        Generation chosen = Generation.choose(context, generation);
        LayerId layer = Graphs.choose(context, kind, chosen, id, "--id");
        yield List.of(Ledgers.of(store, layer.folder()));
      }
    };
  }
}
