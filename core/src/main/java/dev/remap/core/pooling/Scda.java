package dev.remap.core.pooling;

import java.util.Arrays;
import java.util.List;

/**
 * Selective convolutional descriptor aggregation of the last layer (Wei, Luo, Wu, Zhou, TIP 2017):
 * cells whose sum over the channels exceeds the mean of these sums, of them the largest connected
 * component; per channel the mean and the maximum over it, concatenated and L2-normalised.
 *
 * <p>Connected are cells that share a side (four neighbours), as in PyRetri; of components of one
 * size the one counts that comes first, row by row.
 *
 * <p>C×H×W in, 2C out: the means, then the maxima. Where no cell exceeds the mean (a constant map,
 * a single cell, zeros) all cells count: a map of zeros gives zeros.
 */
record Scda() implements WholeMap {
  static final AggregationKind KIND =
      new AggregationKind(
          "scda",
          "means and maxima of the last layer within the main object (Wei, Luo, Wu, Zhou 2017)",
          List.of(),
          (settings, taps) -> new Scda(),
          node -> new Scda());

  @Override
  public AggregationKind kind() {
    return KIND;
  }

  @Override
  public int perChannel() {
    return 2;
  }

  @Override
  public double[] pool(float[][] rows, int width) {
    int channels = rows.length;
    int[] cells = selected(LastLayer.sums(rows), width);
    double[] pooled = new double[2 * channels];
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      double max = Double.NEGATIVE_INFINITY;
      for (int cell : cells) {
        sum += rows[c][cell];
        max = Math.max(max, rows[c][cell]);
      }
      pooled[c] = sum / cells.length;
      pooled[channels + c] = max;
    }
    return pooled;
  }

  /** Cells of the largest component in ascending order; all of them if there is none. */
  private static int[] selected(double[] sums, int width) {
    double mean = Arrays.stream(sums).reduce(0, Double::sum) / sums.length;
    boolean[] open = new boolean[sums.length];
    for (int i = 0; i < open.length; i++) {
      open[i] = sums[i] > mean;
    }
    int[] largest = {};
    for (int i = 0; i < open.length; i++) {
      if (open[i]) {
        int[] component = component(open, i, width);
        largest = component.length > largest.length ? component : largest;
      }
    }
    if (largest.length == 0) {
      largest = new int[sums.length];
      Arrays.setAll(largest, i -> i);
    }
    Arrays.sort(largest);
    return largest;
  }

  /** Takes all that is connected with {@code first} out of the open cells. */
  private static int[] component(boolean[] open, int first, int width) {
    int[] found = new int[open.length];
    int size = 0;
    found[size++] = first;
    open[first] = false;
    for (int done = 0; done < size; done++) {
      int cell = found[done];
      int x = cell % width;
      int[] neighbours = {
        cell - width, x > 0 ? cell - 1 : -1, x < width - 1 ? cell + 1 : -1, cell + width
      };
      for (int next : neighbours) {
        if (next >= 0 && next < open.length && open[next]) {
          open[next] = false;
          found[size++] = next;
        }
      }
    }
    return Arrays.copyOf(found, size);
  }
}
