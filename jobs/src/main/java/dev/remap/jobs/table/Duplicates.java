package dev.remap.jobs.table;

import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.TableId;
import dev.remap.jobs.store.layer.TableKind;
import java.util.List;
import java.util.Optional;

/** What is left out of an index without duplicates. */
final class Duplicates {
  private Duplicates() {}

  /**
   * The complete layer of duplicates among some vectors; of generations with the same ones that of
   * the newest.
   *
   * @param wanted its table's id; null where there is only one
   * @throws InputException if there is none, or one has to be chosen
   */
  static LayerId choose(JobContext context, Vectors vectors, String wanted) {
    Store store = context.store();
    List<LayerId> found =
        store.list(TableKind.DUPLICATES.folder()).stream()
            .filter(id -> wanted == null || wanted.equals(id))
            .flatMap(id -> newest(store, TableKind.DUPLICATES.of(id), vectors).stream())
            .toList();
    if (found.size() > 1) {
      throw new InputException(
          "There are several tables of duplicates among the vectors of snapshot %d: choose one of %s"
              + " with --duplicates",
          vectors.snapshot(),
          String.join(", ", found.stream().map(layer -> layer.table().id()).toList()));
    }
    return found.stream()
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "There is no table of duplicates%s among the vectors of snapshot %d (whitening"
                        + " %s): %s",
                    wanted == null ? "" : " " + wanted,
                    vectors.snapshot(),
                    vectors.whitening(),
                    remedy(context, vectors)));
  }

  private static Optional<LayerId> newest(Store store, TableId table, Vectors vectors) {
    return NumberedFolders.in(store, table.folder()).stream()
        .map(table::layer)
        .filter(layer -> isAmong(store, layer, vectors))
        .reduce((earlier, later) -> later);
  }

  /** They are looked for in an index of all these vectors. */
  private static String remedy(JobContext context, Vectors vectors) {
    Store store = context.store();
    return store.list(TableKind.SHARDS.folder()).stream()
        .flatMap(index -> ofAll(store, index, vectors).stream())
        .findFirst()
        .map(
            whole ->
                "run `%s` and `%s`"
                    .formatted(of(context, "knn", whole), of(context, "dedup", whole)))
        .orElseGet(
            () ->
                "build an index of all of them first (`%s`, by a --name of its own), then run knn"
                        .formatted(context.line("build"))
                    + " and dedup of it");
  }

  private static CommandText of(JobContext context, String command, Generation whole) {
    return context.line(command, whole.index()).with("--generation", whole.number());
  }

  private static Optional<Generation> ofAll(Store store, String index, Vectors vectors) {
    return Generation.newest(store, index)
        .map(number -> Generation.of(store, index, number))
        .filter(generation -> generation.inputs().find(Inputs.DUPLICATES).isEmpty())
        .filter(generation -> generation.inputs().snapshot() == vectors.snapshot())
        .filter(generation -> generation.inputs().whitening().equals(vectors.whitening()));
  }

  /**
   * Those of an index that lacks duplicates itself do not tell of all vectors; nor do those of
   * another snapshot that lists the same, as other images may have been out of reach.
   */
  private static boolean isAmong(Store store, LayerId layer, Vectors vectors) {
    return Ledgers.find(store, layer.folder())
        .filter(ledger -> ledger.inputs().snapshot() == vectors.snapshot())
        .filter(ledger -> ledger.inputs().whitening().equals(vectors.whitening()))
        .filter(ledger -> ledger.inputs().find(Inputs.DUPLICATES).isEmpty())
        .isPresent();
  }
}
