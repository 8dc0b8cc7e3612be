package dev.remap.core.rerank;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Truncated diffusion from one item (Yang et al., AAAI 2019, after Iscen et al., CVPR 2017): solves
 * (I − αS) f = e for the items of a list, where S are the edges of the graph between them, each
 * divided by the roots of its ends' degrees, and e is 1 at the item itself. Conjugate gradients, at
 * most 20 steps, down to a residual of 10⁻⁶.
 *
 * @param alpha what is passed on, at least 0 and below 1
 * @param degrees of the items
 */
public record Diffusion(double alpha, Degrees degrees) {
  private static final int STEPS = 20;
  private static final double RESIDUAL = 1e-6;

  /** Which edges an item's degree is the sum of. */
  public enum Degrees {
    /** All of the whole graph (Yang et al.). */
    GLOBAL,
    /** Those to the items of the list (Iscen et al., truncated). */
    OF_LIST
  }

  /**
   * What flows from an item to each of a list; an item that no edge joins to the list keeps all.
   *
   * @param keys the list, of which each is once in the graph
   * @param self position of the item in the list
   */
  public double[] row(MutualGraph graph, long[] keys, int self) {
    Map<Integer, Integer> positions = new HashMap<>();
    int[] nodes = new int[keys.length];
    for (int i = 0; i < keys.length; i++) {
      nodes[i] = graph.node(keys[i]);
      if (nodes[i] < 0 || positions.put(nodes[i], i) != null) {
        throw new IllegalArgumentException(
            "Key " + keys[i] + " is not in the graph, or twice in the list");
      }
    }
    int[][] ends = new int[keys.length][];
    double[][] weights = new double[keys.length][];
    for (int i = 0; i < keys.length; i++) {
      within(graph, nodes[i], positions, i, ends, weights);
    }
    normalise(ends, weights, degrees(graph, nodes, weights));
    return solved(ends, weights, self);
  }

  private double[] degrees(MutualGraph graph, int[] nodes, double[][] weights) {
    double[] all = new double[nodes.length];
    for (int i = 0; i < nodes.length; i++) {
      all[i] =
          degrees == Degrees.GLOBAL
              ? graph.degree(nodes[i])
              : MutualGraph.NO_DEGREE + Arrays.stream(weights[i]).sum();
    }
    return all;
  }

  private static void normalise(int[][] ends, double[][] weights, double[] degrees) {
    for (int i = 0; i < ends.length; i++) {
      for (int e = 0; e < ends[i].length; e++) {
        weights[i][e] /= Math.sqrt(degrees[i] * degrees[ends[i][e]]);
      }
    }
  }

  private static void within(
      MutualGraph graph,
      int node,
      Map<Integer, Integer> positions,
      int i,
      int[][] ends,
      double[][] weights) {
    int[] to = new int[positions.size()];
    double[] by = new double[positions.size()];
    int[] filled = {0};
    graph.edges(
        node,
        (end, weight) -> {
          Integer position = positions.get(end);
          if (position != null) {
            to[filled[0]] = position;
            by[filled[0]++] = weight;
          }
        });
    ends[i] = Arrays.copyOf(to, filled[0]);
    weights[i] = Arrays.copyOf(by, filled[0]);
  }

  private double[] solved(int[][] ends, double[][] weights, int self) {
    double[] solution = new double[ends.length];
    double[] residual = new double[ends.length];
    residual[self] = 1;
    double[] direction = residual.clone();
    double squares = 1;
    for (int step = 0; step < STEPS && Math.sqrt(squares) > RESIDUAL; step++) {
      double[] product = product(ends, weights, direction);
      double length = squares / dot(direction, product);
      add(solution, direction, length);
      add(residual, product, -length);
      double before = squares;
      squares = dot(residual, residual);
      for (int i = 0; i < direction.length; i++) {
        direction[i] = residual[i] + squares / before * direction[i];
      }
    }
    return solution;
  }

  private double[] product(int[][] ends, double[][] weights, double[] vector) {
    double[] product = vector.clone();
    for (int i = 0; i < ends.length; i++) {
      for (int e = 0; e < ends[i].length; e++) {
        product[i] -= alpha * weights[i][e] * vector[ends[i][e]];
      }
    }
    return product;
  }

  private static void add(double[] to, double[] vector, double factor) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * vector[i];
    }
  }

  private static double dot(double[] one, double[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }
}
