package dev.remap.jobs.table;

import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableId;
import dev.remap.jobs.store.layer.TableKind;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** The tables that a store has. */
public final class Tables {
  private Tables() {}

  /** The values of a vector of a layer; 0 where it has none. */
  public static int dimension(Store store, LayerId layer) {
    TableId table = layer.table();
    return switch (table.kind()) {
      case DESCRIPTORS -> Descriptors.of(store, table.id(), 0).dimension();
      case VECTORS -> Whitenings.load(store, table.id()).dimension();
      // Generations that share a table may be of several whitenings.
      case AUGMENTED ->
          inputs(store, layer)
              .map(inputs -> Whitenings.load(store, inputs.whitening()).dimension())
              .orElse(0);
      case SNAPSHOTS, SHARDS, GRAPHS, DUPLICATES, CLEANED, FLOWS -> 0;
    };
  }

  private static Optional<Inputs> inputs(Store store, LayerId id) {
    Layer layer = new Layer(store, id.folder());
    return layer.ledger().map(Ledger::inputs).or(() -> layer.plan().map(Plan::inputs));
  }

  /** All of them, each after those that it is made from. */
  public static Stream<TableId> of(Store store) {
    return Arrays.stream(TableKind.values()).flatMap(kind -> of(store, kind));
  }

  private static Stream<TableId> of(Store store, TableKind kind) {
    return kind.isNamed()
        ? store.list(kind.folder()).stream().map(kind::of)
        : Stream.of(kind.only());
  }

  /** Those of one kind, also such as have left nothing but files beside. */
  public static Stream<TableId> withRemnants(Store store, TableKind kind) {
    return kind.isNamed()
        ? kind.folders().stream()
            .flatMap(folder -> store.list(folder).stream())
            .distinct()
            .sorted()
            .map(kind::of)
        : Stream.of(kind.only());
  }
}
