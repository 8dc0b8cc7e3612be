package dev.remap.core.rerank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KReciprocalTest {
  private static final long SEED = 7;

  /** The paper's definitions with sets and maps. */
  private static final class Naive {
    private final List<Map<Integer, Double>> distances = new ArrayList<>();
    private final List<List<Integer>> rankings = new ArrayList<>();

    Naive(float[][] all) {
      for (float[] one : all) {
        double[] row = new double[all.length];
        for (int j = 0; j < all.length; j++) {
          row[j] = 2 - 2 * RandomVectors.dot(one, all[j]);
        }
        double most = IntStream.range(0, row.length).mapToDouble(j -> row[j]).max().orElseThrow();
        Map<Integer, Double> scaled = new HashMap<>();
        IntStream.range(0, row.length).forEach(j -> scaled.put(j, Math.max(0, row[j] / most)));
        distances.add(scaled);
        rankings.add(
            scaled.keySet().stream().sorted(Comparator.comparingDouble(scaled::get)).toList());
      }
    }

    List<Integer> nearest(int i, int k) {
      return rankings.get(i).subList(0, Math.min(k + 1, rankings.size()));
    }

    Set<Integer> reciprocal(int i, int k) {
      Set<Integer> found = new TreeSet<>(nearest(i, k));
      found.removeIf(j -> !nearest(j, k).contains(i));
      return found;
    }

    Map<Integer, Double> row(int i, int k1) {
      Set<Integer> own = reciprocal(i, k1);
      Set<Integer> all = new TreeSet<>(own);
      for (int j : own) {
        Set<Integer> theirs = reciprocal(j, k1 / 2);
        Set<Integer> shared = new TreeSet<>(theirs);
        shared.retainAll(own);
        if (shared.size() > 2 / 3.0 * theirs.size()) {
          all.addAll(theirs);
        }
      }
      Map<Integer, Double> row = new HashMap<>();
      double sum = all.stream().mapToDouble(j -> Math.exp(-distances.get(i).get(j))).sum();
      all.forEach(j -> row.put(j, Math.exp(-distances.get(i).get(j)) / sum));
      return row;
    }

    Map<Integer, Double> averaged(int i, int k1, int k2) {
      Map<Integer, Double> average = new HashMap<>();
      List<Integer> some = nearest(i, k2 - 1);
      some.forEach(
          j -> row(j, k1).forEach((at, w) -> average.merge(at, w / some.size(), Double::sum)));
      return average;
    }

    double distance(int j, int k1, int k2, double lambda) {
      Map<Integer, Double> one = averaged(0, k1, k2);
      Map<Integer, Double> other = averaged(j, k1, k2);
      double least = 0;
      double most = 0;
      for (int at = 0; at < rankings.size(); at++) {
        least += Math.min(one.getOrDefault(at, 0.0), other.getOrDefault(at, 0.0));
        most += Math.max(one.getOrDefault(at, 0.0), other.getOrDefault(at, 0.0));
      }
      return (1 - lambda) * (1 - least / most) + lambda * distances.get(0).get(j);
    }
  }

  @Test
  void distancesAreThoseOfTheDefinitions() {
    float[][] all = RandomVectors.of(45, 5, SEED);
    float[][] best = java.util.Arrays.copyOfRange(all, 1, all.length);
    Naive naive = new Naive(all);
    for (int[] k : new int[][] {{6, 3}, {10, 1}, {20, 6}, {100, 100}}) {
      double[] found = new KReciprocal(k[0], k[1], 0.3).distances(all[0], best);
      for (int j = 0; j < best.length; j++) {
        assertThat(found[j])
            .as("seed %d, k1 %d, k2 %d, item %d", SEED, k[0], k[1], j)
            .isCloseTo(naive.distance(j + 1, k[0], k[1], 0.3), within(1e-6));
      }
    }
  }

  @Test
  void equalVectorsAndASingleOneGiveNumbers() {
    float[] same = {1, 0};
    assertThat(new KReciprocal(20, 6, 0.3).distances(same, new float[][] {same, same}))
        .containsExactly(0, 0);
    assertThat(new KReciprocal(20, 6, 0.3).distances(same, new float[][] {{0, 1}})[0])
        .isBetween(0.0, 1.0);
  }
}
