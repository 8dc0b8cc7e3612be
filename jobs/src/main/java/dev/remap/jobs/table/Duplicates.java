package dev.remap.jobs.table;

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
                        + " %s): build an index of all of them first, then run `%s` and `%s`",
                    wanted == null ? "" : " " + wanted,
                    vectors.snapshot(),
                    vectors.whitening(),
                    context.line("knn"),
                    context.line("dedup")));
  }

  private static Optional<LayerId> newest(Store store, TableId table, Vectors vectors) {
    return NumberedFolders.in(store, table.folder()).stream()
        .map(table::layer)
        .filter(layer -> isAmong(store, layer, vectors))
        .reduce((earlier, later) -> later);
  }

  /** Those of an index that lacks duplicates itself do not tell of all vectors. */
  private static boolean isAmong(Store store, LayerId layer, Vectors vectors) {
    String listing = vectors.ledger(store).inputs().listing();
    return Ledgers.find(store, layer.folder())
        .filter(ledger -> ledger.inputs().isOf(listing))
        .filter(ledger -> ledger.inputs().whitening().equals(vectors.whitening()))
        .filter(ledger -> ledger.inputs().find(Inputs.DUPLICATES).isEmpty())
        .isPresent();
  }
}
