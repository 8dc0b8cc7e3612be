package dev.remap.jobs.rerank;

import dev.remap.core.rerank.AlphaExpansion;
import dev.remap.core.rerank.AverageExpansion;
import dev.remap.core.rerank.RerankStep;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.store.Store;
import java.util.List;

/** Methods whose queries ask again. */
final class Expansions {
  private Expansions() {}

  /** The block's queries as they ask again; one that found nothing stays as it is. */
  static QueryBlock apply(RerankStep step, Collection collection, Store store, Ranked block) {
    QueryBlock queries = block.queries();
    float[] expanded = queries.vectors().clone();
    new BestOfEach(collection, step.depth())
        .forEach(
            store,
            block,
            (q, best, vectors) -> {
              float[] query = expand(step, block.vector(q), List.of(vectors));
              System.arraycopy(query, 0, expanded, q * query.length, query.length);
            });
    return new QueryBlock(queries.ids(), expanded);
  }

  private static float[] expand(RerankStep step, float[] query, List<float[]> best) {
    return switch (step.method()) {
      case AQE -> AverageExpansion.expand(query, best);
      case ALPHA_QE -> AlphaExpansion.expand(query, best, step.number("alpha"));
      default -> throw new IllegalArgumentException(step + " does not ask again");
    };
  }
}
