package dev.remap.core.rerank;

import java.io.Serializable;
import java.util.Arrays;

/**
 * A k-NN graph for diffusion: of its edges those that both ends have, weighted by the power γ of
 * their scores, those below 0 by nothing (Iscen et al., CVPR 2017). A node's degree is the sum of
 * its edges in the whole graph. Nodes are known by their keys, in rising order; 12 bytes an edge.
 */
public final class MutualGraph implements Serializable {
  private static final long serialVersionUID = 1;

  /** Keeps a node without edges from being divided by 0. */
  static final double NO_DEGREE = 1e-12;

  private final long[] keys;
  private final int[] starts;
  private final int[] ends;
  private final double[] weights;
  private final double[] degrees;

  private MutualGraph(long[] keys, int[] starts, int[] ends, double[] weights) {
    this.keys = keys;
    this.starts = starts;
    this.ends = ends;
    this.weights = weights;
    this.degrees = new double[keys.length];
    for (int i = 0; i < keys.length; i++) {
      degrees[i] = NO_DEGREE;
      for (int e = starts[i]; e < starts[i + 1]; e++) {
        degrees[i] += weights[e];
      }
    }
  }

  /**
   * The mutual edges of lists of neighbours.
   *
   * @param keys rising
   * @param neighbours of each key, by their keys; those that are no key of the graph are left out
   * @param scores of the neighbours, the same in both directions
   */
  public static MutualGraph of(long[] keys, long[][] neighbours, float[][] scores, double gamma) {
    int[] starts = new int[keys.length + 1];
    int edges = Arrays.stream(neighbours).mapToInt(list -> list.length).sum();
    int[] ends = new int[edges];
    double[] weights = new double[edges];
    int filled = 0;
    long[][] sorted = Arrays.stream(neighbours).map(MutualGraph::sorted).toArray(long[][]::new);
    for (int i = 0; i < keys.length; i++) {
      for (int n = 0; n < neighbours[i].length; n++) {
        int end = Arrays.binarySearch(keys, neighbours[i][n]);
        if (end >= 0 && end != i && Arrays.binarySearch(sorted[end], keys[i]) >= 0) {
          ends[filled] = end;
          weights[filled++] = StrictMath.pow(Math.max(0, scores[i][n]), gamma);
        }
      }
      starts[i + 1] = filled;
    }
    return new MutualGraph(
        keys, starts, Arrays.copyOf(ends, filled), Arrays.copyOf(weights, filled));
  }

  private static long[] sorted(long[] list) {
    long[] sorted = list.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  /** The node of a key; below 0 if it has none. */
  int node(long key) {
    return Arrays.binarySearch(keys, key);
  }

  /** Takes an edge's other end, and its weight. */
  interface Each {
    void take(int end, double weight);
  }

  void edges(int node, Each each) {
    for (int e = starts[node]; e < starts[node + 1]; e++) {
      each.take(ends[e], weights[e]);
    }
  }

  /** A node's degree in the whole graph, above 0. */
  double degree(int node) {
    return degrees[node];
  }
}
