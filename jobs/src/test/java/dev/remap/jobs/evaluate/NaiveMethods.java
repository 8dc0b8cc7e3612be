package dev.remap.jobs.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** What may follow a search, from the formulas, in double precision, over a whole collection. */
final class NaiveMethods {
  private final double[][] images;

  NaiveMethods(List<float[]> vectors) {
    images = vectors.stream().map(NaiveMethods::unit).toArray(double[][]::new);
  }

  static double[] unit(float[] vector) {
    return unit(IntStream.range(0, vector.length).mapToDouble(i -> vector[i]).toArray());
  }

  private static double[] unit(double[] vector) {
    double length = Math.sqrt(dot(vector, vector));
    return Arrays.stream(vector).map(value -> value / length).toArray();
  }

  private static double dot(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
  }

  private static double[] plus(double[] to, double[] vector, double weight) {
    return IntStream.range(0, to.length).mapToDouble(i -> to[i] + weight * vector[i]).toArray();
  }

  private static List<Integer> falling(int count, IntToDoubleFunction score) {
    return IntStream.range(0, count)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -score.applyAsDouble(i)))
        .toList();
  }

  List<Integer> search(double[] query) {
    return falling(images.length, i -> dot(query, images[i]));
  }

  double[] average(double[] query, int k) {
    double[] sum = query;
    for (int i : search(query).subList(0, k)) {
      sum = plus(sum, images[i], 1);
    }
    return unit(sum);
  }

  double[] alpha(double[] query, int k, double alpha) {
    double[] sum = query;
    for (int i : search(query).subList(0, k)) {
      sum = plus(sum, images[i], Math.pow(Math.max(0, dot(query, images[i])), alpha));
    }
    return unit(sum);
  }

  private List<Integer> nearest(int image, int k) {
    return falling(images.length, j -> j == image ? -9 : dot(images[image], images[j]))
        .subList(0, k);
  }

  /** The collection with augmented vectors. */
  NaiveMethods augmented(int k) {
    List<float[]> all = new ArrayList<>();
    for (int i = 0; i < images.length; i++) {
      double[] sum = images[i];
      List<Integer> nearest = nearest(i, k);
      for (int rank = 0; rank < k; rank++) {
        sum = plus(sum, images[nearest.get(rank)], (double) (k - rank) / k);
      }
      float[] vector = new float[sum.length];
      for (int d = 0; d < vector.length; d++) {
        vector[d] = (float) sum[d];
      }
      all.add(vector);
    }
    return new NaiveMethods(all);
  }

  /** Untruncated: the system of all images, a row for each of the first, by conjugate gradients. */
  List<Integer> diffusion(double[] query, int kq, int kd, double alpha, double gamma) {
    int n = images.length;
    double[][] system = system(kd, alpha, gamma);
    double[] flows = new double[n];
    for (int i : search(query).subList(0, kq)) {
      double weight = Math.pow(Math.max(0, dot(query, images[i])), gamma);
      flows = plus(flows, solved(system, i), weight);
    }
    double[] all = flows;
    // What nothing flows to comes behind, by its product.
    return falling(n, i -> all[i] > 0 ? 10 + all[i] : dot(query, images[i]));
  }

  private double[][] system(int kd, double alpha, double gamma) {
    int n = images.length;
    double[][] affinity = new double[n][n];
    List<List<Integer>> near = IntStream.range(0, n).mapToObj(i -> nearest(i, kd - 1)).toList();
    for (int i = 0; i < n; i++) {
      for (int j : near.get(i)) {
        double product = Math.max(0, dot(images[i], images[j]));
        affinity[i][j] = near.get(j).contains(i) ? Math.pow(product, gamma) : 0;
      }
    }
    double[] degrees =
        Arrays.stream(affinity).mapToDouble(row -> Arrays.stream(row).sum() + 1e-12).toArray();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        affinity[i][j] =
            (i == j ? 1 : 0) - alpha * affinity[i][j] / Math.sqrt(degrees[i] * degrees[j]);
      }
    }
    return affinity;
  }

  /** At most 20 steps, to a residual of 10⁻⁶. */
  private static double[] solved(double[][] system, int self) {
    double[] solution = new double[system.length];
    double[] residual = new double[system.length];
    residual[self] = 1;
    double[] direction = residual;
    for (int step = 0; step < 20 && Math.sqrt(dot(residual, residual)) > 1e-6; step++) {
      double[] along = direction;
      double[] product = Arrays.stream(system).mapToDouble(row -> dot(row, along)).toArray();
      double length = dot(residual, residual) / dot(direction, product);
      double[] next = plus(residual, product, -length);
      solution = plus(solution, direction, length);
      direction = plus(next, direction, dot(next, next) / dot(residual, residual));
      residual = next;
    }
    return solution;
  }
}
