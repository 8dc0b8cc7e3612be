package dev.remap.core.pooling;

import java.util.List;

/**
 * Regional-GeM and GeM+ of the last layer, as SuperGlobal has them (Shao et al., ICCV 2023). Every
 * cell becomes ½ L + ½ x, L = (mean over the 5×5 cells around of x^2.5)^(1/2.5), the map being
 * reflected at its borders; then f_c = (mean over cells of max(x, 1e-8)^4.6)^(1/4.6),
 * L2-normalised. For all of SuperGlobal's descriptor take {@code extractor.scale-combination = max}
 * too.
 *
 * <p>Negative activations, which no ReLU lets through, count as 0 in L. Sides shorter than three
 * cells, where torch's padding fails, are reflected again and again, and one cell is repeated, as
 * numpy does.
 *
 * <p>C×H×W in, C out. A map where nothing exceeds 1e-8 gives zeros; of a constant map, or of one
 * cell, that cell's activations at length one.
 */
record GemPlus() implements WholeMap {
  static final AggregationKind KIND =
      new AggregationKind(
          "gem-plus",
          "Regional-GeM and GeM+ of the last layer (SuperGlobal: Shao et al. 2023)",
          List.of(),
          (settings, taps) -> new GemPlus(),
          node -> new GemPlus());

  private static final int SIDE = 5;
  private static final int REACH = 2;
  private static final double REGIONAL_P = 2.5;
  private static final double P = 4.6;
  private static final double FLOOR = 1e-8;
  private static final double FLOORED = StrictMath.pow(FLOOR, P);

  @Override
  public AggregationKind kind() {
    return KIND;
  }

  @Override
  public double[] pool(float[][] rows, int width) {
    int[] down = reflected(rows[0].length / width);
    int[] across = reflected(width);
    double[] pooled = new double[rows.length];
    double largest = 0;
    for (int c = 0; c < pooled.length; c++) {
      double[] mixed = regional(rows[c], down, across);
      for (double cell : mixed) {
        largest = Math.max(largest, cell);
      }
      pooled[c] = gem(mixed);
    }
    return largest <= FLOOR ? new double[pooled.length] : pooled;
  }

  /** The place of each cell of a side that is longer by {@link #REACH} at both ends. */
  private static int[] reflected(int side) {
    int[] places = new int[side + 2 * REACH];
    int period = Math.max(1, 2 * (side - 1));
    for (int i = 0; i < places.length; i++) {
      int place = Math.floorMod(i - REACH, period);
      places[i] = Math.min(place, period - place);
    }
    return places;
  }

  private static double[] regional(float[] cells, int[] down, int[] across) {
    int width = across.length - 2 * REACH;
    double[] powers = new double[cells.length];
    for (int i = 0; i < cells.length; i++) {
      double x = Math.max(cells[i], 0);
      powers[i] = x * x * Math.sqrt(x);
    }
    double[] mixed = new double[cells.length];
    for (int i = 0; i < cells.length; i++) {
      double sum = 0;
      for (int y = i / width; y < i / width + SIDE; y++) {
        for (int x = i % width; x < i % width + SIDE; x++) {
          sum += powers[down[y] * width + across[x]];
        }
      }
      double local = sum == 0 ? 0 : StrictMath.pow(sum / (SIDE * SIDE), 1 / REGIONAL_P);
      mixed[i] = 0.5 * local + 0.5 * cells[i];
    }
    return mixed;
  }

  private static double gem(double[] cells) {
    double sum = 0;
    for (double cell : cells) {
      sum += cell <= FLOOR ? FLOORED : StrictMath.pow(cell, P);
    }
    return StrictMath.pow(sum / cells.length, 1 / P);
  }
}
