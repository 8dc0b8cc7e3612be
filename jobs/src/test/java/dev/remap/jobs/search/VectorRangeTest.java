package dev.remap.jobs.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.index.shard.Neighbor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Compared to the last bit with sums in the order of components, query by query. */
class VectorRangeTest {
  private static final long SEED = 16;

  private static float[] vector(Random random, int dimension) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  private static float distance(float[] query, float[] vector) {
    float sum = 0;
    for (int i = 0; i < vector.length; i++) {
      float difference = query[i] - vector[i];
      sum += difference * difference;
    }
    return sum;
  }

  private static List<Neighbor> nearest(float[] query, long[] keys, float[][] vectors, int k) {
    List<Neighbor> all = new ArrayList<>();
    for (int i = 0; i < keys.length; i++) {
      all.add(new Neighbor(keys[i], distance(query, vectors[i])));
    }
    return all.stream().sorted().limit(k).toList();
  }

  @Test
  void aBlockFindsWhatEachQueryFindsAlone() {
    for (int dimension : new int[] {1, 2, 7, 16}) {
      Random random = new Random(SEED + dimension);
      long[] keys = LongStream.range(0, 300).toArray();
      float[][] vectors = new float[keys.length][];
      for (int i = 0; i < keys.length; i++) {
        // Every third has an equal one before it: the lower key comes first.
        vectors[i] = i % 3 == 2 ? vectors[i - 1] : vector(random, dimension);
      }
      List<float[]> queries = new ArrayList<>();
      for (int i = 0; i < 600; i++) {
        queries.add(i % 2 == 0 ? vectors[i % 300] : vector(random, dimension));
      }
      VectorRange range = new VectorRange(keys, vectors);
      for (int k : new int[] {1, 10, 299, 300, 400}) {
        Neighbors found = range.search(QueryBlock.of(queries, query -> 0, query -> query), k);
        for (int q = 0; q < queries.size(); q += 7) {
          assertThat(found.result().neighbors(q))
              .as("seed %d, dimension %d, k %d, query %d", SEED, dimension, k, q)
              .isEqualTo(nearest(queries.get(q), keys, vectors, k));
        }
      }
    }
  }

  @Test
  void nothingIsFoundWhereThereIsNothing() {
    VectorRange range = new VectorRange(new long[0], new float[0][]);
    QueryBlock one = new QueryBlock(new long[] {7}, new float[] {1, 2});

    assertThat(range.search(one, 3).result().neighbors(0)).isEmpty();
    assertThat(range.search(new QueryBlock(new long[0], new float[0]), 3).queryIds()).isEmpty();
  }
}
