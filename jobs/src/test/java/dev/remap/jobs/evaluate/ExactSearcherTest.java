package dev.remap.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.index.shard.Neighbor;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.search.DistributedSearch;
import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.store.row.VectorRow;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExactSearcherTest {
  private static final long SEED = 17;

  /** In double precision over all rows at once, ties by key: the definition. */
  private static List<Long> nearest(List<VectorRow> rows, float[] query, int k) {
    return rows.stream()
        .sorted(
            java.util.Comparator.comparingDouble((VectorRow row) -> distance(query, row.vector()))
                .thenComparingLong(VectorRow::key))
        .limit(k)
        .map(VectorRow::key)
        .toList();
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - (double) b[i]) * (a[i] - (double) b[i]);
    }
    return sum;
  }

  @Test
  void searchOverAllUnitsOfATableIsBruteForceOverItsRows(@TempDir Path folder) {
    List<VectorRow> rows = VectorTable.rows(400, SEED);
    List<VectorRow> queries = VectorTable.rows(37, SEED + 1);
    try (JobContext context =
        LocalSpark.sharing(folder.resolve("store"), Map.of("unit.images", "70"))) {
      ExactSearcher searcher =
          ExactSearcher.of(context, VectorTable.write(context.store(), "w", rows, 50));
      assertThat(searcher.parts()).isEqualTo(6);

      for (int k : new int[] {1, 10, 90, 500}) {
        List<Neighbors> found =
            DistributedSearch.run(
                    context
                        .spark()
                        .parallelize(
                            QueryBlock.split(queries, 10, VectorRow::key, VectorRow::vector), 3),
                    searcher,
                    k,
                    2)
                .collect();

        assertThat(found).hasSize(4);
        assertThat(found.stream().mapToInt(block -> block.queryIds().length).sum()).isEqualTo(37);
        for (Neighbors block : found) {
          for (int q = 0; q < block.queryIds().length; q++) {
            long id = block.queryIds()[q];
            float[] query =
                queries.stream().filter(row -> row.key() == id).findFirst().orElseThrow().vector();
            assertThat(block.result().neighbors(q).stream().map(Neighbor::key))
                .as("seed %d, k %d, query %d", SEED, k, id)
                .isEqualTo(nearest(rows, query, k));
          }
        }
      }
    }
  }
}
