package dev.remap.jobs.table;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.TableKind;
import java.util.List;
import java.util.Optional;

/**
 * What is made from generations, k-NN graphs, and duplicates and labels looked at in them: a table
 * for each way of making it, whose layers carry the numbers of the generations.
 */
public final class Graphs {
  private Graphs() {}

  /** Beside what a generation is made from, the generation itself. */
  public static Inputs inputs(Generation generation) {
    return generation
        .inputs()
        .with(Inputs.INDEX, generation.index())
        .with(Inputs.GENERATION, NumberedFolders.name(generation.number()));
  }

  /**
   * The complete graph of a generation.
   *
   * @param wanted its table's id; null where there is only one
   */
  public static LayerId choose(JobContext context, Generation generation, String wanted) {
    return choose(context, TableKind.GRAPHS, generation, wanted, "--graph");
  }

  /**
   * What is complete of a generation.
   *
   * @param kind one of those
   * @param wanted its table's id; null where there is only one
   * @param option that gives the id
   */
  public static LayerId choose(
      JobContext context, TableKind kind, Generation generation, String wanted, String option) {
    List<LayerId> all = all(context.store(), kind, generation);
    List<LayerId> found =
        all.stream().filter(it -> wanted == null || it.table().id().equals(wanted)).toList();
    if (found.size() > 1) {
      throw new InputException(
          "There are several tables of %s of %s: choose one of %s with %s",
          kind.rows(), generation.title(), ids(found), option);
    }
    return found.stream()
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "There is no complete table of %s%s of %s%s: run `%s`",
                    kind.rows(),
                    wanted == null ? "" : " " + wanted,
                    generation.title(),
                    all.isEmpty() ? "" : "; it has " + ids(all),
                    context
                        .line(kind.stage(), generation.index())
                        .with("--generation", generation.number())));
  }

  /** All complete layers of a generation, one for each way of making them. */
  public static List<LayerId> all(Store store, TableKind kind, Generation generation) {
    return store.list(kind.folder()).stream()
        .map(id -> kind.of(id).layer(generation.number()))
        .filter(layer -> isOf(store, layer, generation))
        .toList();
  }

  /** Whether a layer is complete and made from that generation, not from another's number. */
  private static boolean isOf(Store store, LayerId layer, Generation generation) {
    Optional<Ledger> ledger = Ledgers.find(store, layer.folder());
    return ledger.isPresent()
        && ledger
            .get()
            .inputs()
            .byName()
            .entrySet()
            .containsAll(inputs(generation).byName().entrySet());
  }

  private static String ids(List<LayerId> layers) {
    return String.join(", ", layers.stream().map(layer -> layer.table().id()).toList());
  }
}
