package dev.remap.jobs.search;

import dev.remap.index.quantizer.Quantizer;
import dev.remap.jobs.spark.ByUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/** Sends a query to the shards that own one of the lists that it visits. */
final class ListRouter implements Router {
  private static final int PROBES_AT_ONCE = 1 << 20;

  private final Quantizer quantizer;
  private final long[] last;
  private final int nprobe;

  /**
   * @param quantizer of the index; closed with this
   * @param last of each shard the last list
   * @param nprobe lists that a query visits
   */
  ListRouter(Quantizer quantizer, long[] last, int nprobe) {
    this.quantizer = quantizer;
    this.last = last;
    this.nprobe = nprobe;
  }

  @Override
  public Optional<int[][]> rows(QueryBlock block) {
    if (nprobe >= quantizer.spec().lists()) {
      return Optional.empty();
    }
    int[][] rows = new int[last.length][block.size()];
    int[] asked = new int[last.length];
    int together = Math.max(1, PROBES_AT_ONCE / nprobe);
    for (int from = 0; from < block.size(); from += together) {
      int n = Math.min(together, block.size() - from);
      int[] probed = quantizer.probe(block.rows(from, from + n).vectors(), n, nprobe);
      for (int i = 0; i < n; i++) {
        add(from + i, Arrays.copyOfRange(probed, i * nprobe, (i + 1) * nprobe), rows, asked);
      }
    }
    if (Arrays.stream(asked).sum() == 0) {
      return Optional.empty();
    }
    return Optional.of(
        IntStream.range(0, last.length)
            .mapToObj(part -> Arrays.copyOf(rows[part], asked[part]))
            .toArray(int[][]::new));
  }

  private void add(int query, int[] lists, int[][] rows, int[] asked) {
    for (int list : lists) {
      // A graph over the centroids may find fewer.
      if (list >= 0) {
        int part = ByUnit.unitOf(last, list);
        if (asked[part] == 0 || rows[part][asked[part] - 1] != query) {
          rows[part][asked[part]++] = query;
        }
      }
    }
  }

  @Override
  public void close() {
    quantizer.close();
  }
}
