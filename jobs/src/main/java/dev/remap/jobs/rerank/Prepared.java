package dev.remap.jobs.rerank;

import dev.remap.core.rerank.RerankStep;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.GraphName;
import java.util.List;
import java.util.Optional;

/**
 * What a method takes of the catalogue, where it was prepared of the same generation, from the same
 * graph, with the same parameters.
 *
 * @param name of its table
 * @param layer its complete layer, if there is one that may be taken
 * @param remark which of both it is, in a sentence
 */
record Prepared(PreparedName name, Optional<LayerId> layer, String remark) {
  /** Looks for it. */
  static Prepared of(
      JobContext context, Generation generation, LayerId graph, RerankStep step, LeftOut leftOut) {
    PreparedName name = new PreparedName(GraphName.of(graph), step);
    if (!leftOut.everywhere().isEmpty()) {
      return new Prepared(
          name,
          Optional.empty(),
          "%s is made now: %,d images are left out of everything, which no table is without"
              .formatted(name.method(), leftOut.everywhere().size()));
    }
    if (!name.isPossible()) {
      return new Prepared(
          name,
          Optional.empty(),
          "%s is made now: the name of index '%s' is too long for a table that it is prepared in"
              .formatted(name.method(), generation.index()));
    }
    Optional<LayerId> found = find(context.store(), generation, graph, name);
    return new Prepared(
        name,
        found,
        found.isPresent()
            ? "%s is read as it was prepared of generation %d"
                .formatted(name.method(), generation.number())
            : missing(context, generation, name));
  }

  private static String missing(JobContext context, Generation generation, PreparedName name) {
    List<Integer> others =
        NumberedFolders.in(context.store(), name.layer(generation.number()).table().folder())
            .stream()
            .filter(number -> number != generation.number())
            .toList();
    return "%s is made now: it is not prepared of generation %d%s (`%s` does)"
        .formatted(
            name.method(),
            generation.number(),
            others.isEmpty() ? "" : ", but of " + others.get(others.size() - 1),
            context
                .line("prepare", generation.index())
                .with("--generation", generation.number())
                .with("--graph", name.graph().id())
                .with("--rerank", name.method()));
  }

  /** The complete layer of the very same graph, if there is one. */
  static Optional<LayerId> find(
      Store store, Generation generation, LayerId graph, PreparedName name) {
    if (!name.isPossible()) {
      return Optional.empty();
    }
    LayerId layer = name.layer(generation.number());
    return Ledgers.find(store, layer.folder())
        .map(Ledger::inputs)
        .filter(inputs(store, graph, name)::equals)
        .map(inputs -> layer);
  }

  /** What a layer is made from: all that its graph is, and how. */
  static Inputs inputs(Store store, LayerId graph, PreparedName name) {
    return Ledgers.of(store, graph.folder())
        .inputs()
        .with(Inputs.GRAPH, graph.folder())
        .with(Inputs.METHOD, name.method());
  }
}
