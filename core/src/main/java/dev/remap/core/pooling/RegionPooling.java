package dev.remap.core.pooling;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.region.RegionGrid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Max-pooling over every region of a grid at once. Immutable. Regions come in canonical order
 * ({@link RegionGrid#canonical}), so those of landscape and portrait maps are comparable.
 *
 * <p>A maximum over s cells is that of two overlapping windows of p = 2^⌊log₂ s⌋ cells, and a
 * window of 2p cells is the maximum of two of p cells. So each channel is swept a few times for the
 * vertical windows, then the few rows that the grid needs for the horizontal ones.
 *
 * <p>{@code region_maxima.c} does the same with many channels at once, several times as fast, to
 * the same bits.
 */
public final class RegionPooling {
  private final RegionGrid grid;
  private final List<Band> bands;
  private final int[] plan;

  /** Prepares the pooling of maps of the grid's size. */
  public RegionPooling(RegionGrid grid) {
    this.grid = grid;
    TreeMap<Integer, List<Integer>> byWindow = new TreeMap<>();
    for (int i = 0; i < grid.size(); i++) {
      int window = Integer.highestOneBit(grid.regions().get(i).size());
      byWindow.computeIfAbsent(window, w -> new ArrayList<>()).add(i);
    }
    this.bands = byWindow.values().stream().map(indices -> Band.of(grid, indices)).toList();
    this.plan = plan();
  }

  /** Number of regions. */
  public int regions() {
    return grid.size();
  }

  /**
   * The region vectors of one image.
   *
   * @param map of the grid's size
   * @param image its index in the batch
   * @return per canonical region its maxima over the channels divided by their L2 norm; a region
   *     without activation stays zero
   */
  public float[][] vectors(FeatureMap map, int image) {
    float[][] vectors = rows(map, image);
    for (float[] vector : vectors) {
      double norm = norm(vector, 0, vector.length);
      for (int c = 0; c < vector.length; c++) {
        vector[c] = norm == 0 ? 0 : (float) (vector[c] / norm);
      }
    }
    return vectors;
  }

  /**
   * Sums the region vectors, each multiplied by its weight, to the map's channels of the output.
   *
   * @param weights of the canonical regions
   * @param offset where the first channel's sum goes
   */
  void weightedSum(FeatureMap map, int image, float[] weights, float[] out, int offset) {
    Sizes.check("number of weights", regions(), weights.length);
    check(map);
    if (!RegionMaxima.sum(map, image, plan, weights, out, offset)) {
      sum(maxima(map, image), weights, map.channels(), out, offset);
    }
  }

  private static void sum(float[] maxima, float[] weights, int channels, float[] out, int offset) {
    double[] sums = new double[channels];
    for (int r = 0; r < weights.length; r++) {
      double norm = norm(maxima, r * channels, (r + 1) * channels);
      double factor = norm == 0 ? 0 : weights[r] / norm;
      for (int c = 0; c < channels; c++) {
        sums[c] += factor * maxima[r * channels + c];
      }
    }
    for (int c = 0; c < channels; c++) {
      out[offset + c] = (float) sums[c];
    }
  }

  /** Per canonical region its maxima over the channels, without a norm. */
  public float[][] rows(FeatureMap map, int image) {
    float[] maxima = maxima(map, image);
    float[][] rows = new float[regions()][];
    for (int r = 0; r < rows.length; r++) {
      rows[r] = Arrays.copyOfRange(maxima, r * map.channels(), (r + 1) * map.channels());
    }
    return rows;
  }

  /** The maximum of canonical region r in channel c is at r · channels + c. */
  public float[] maxima(FeatureMap map, int image) {
    check(map);
    float[] maxima = new float[regions() * map.channels()];
    if (!RegionMaxima.find(map, image, plan, maxima)) {
      sweep(map, image, maxima);
    }
    return maxima;
  }

  private void check(FeatureMap map) {
    Sizes.check("width of the map", grid.mapWidth(), map.width());
    Sizes.check("height of the map", grid.mapHeight(), map.height());
  }

  /** L2 norm of a part of the values. */
  static double norm(float[] values, int from, int to) {
    double squares = 0;
    for (int i = from; i < to; i++) {
      double value = values[i];
      squares += value * value;
    }
    return Math.sqrt(squares);
  }

  /** As {@code region_maxima.c} reads it. */
  private int[] plan() {
    IntStream.Builder numbers = IntStream.builder();
    numbers.add(grid.mapWidth()).add(grid.mapHeight()).add(bands.size());
    for (Band band : bands) {
      numbers.add(band.window()).add(band.rows()).add(band.regions().length);
      Stream.of(band.upper(), band.lower(), band.left(), band.right(), band.regions())
          .flatMapToInt(Arrays::stream)
          .forEach(numbers);
    }
    return numbers.build().toArray();
  }

  /** One channel after the other. */
  private void sweep(FeatureMap map, int image, float[] maxima) {
    Windows cells = new Windows(map.area());
    Windows strip =
        new Windows(bands.stream().mapToInt(b -> b.rows() * map.width()).max().orElse(0));
    for (int c = 0; c < map.channels(); c++) {
      map.channel(image, c, cells.values);
      pool(cells, strip, maxima, c, map.channels());
    }
  }

  private void pool(Windows cells, Windows strip, float[] maxima, int channel, int channels) {
    int width = grid.mapWidth();
    int length = width * grid.mapHeight();
    int window = 1;
    for (Band band : bands) {
      for (; window < band.window(); window *= 2) {
        length = cells.fold(window * width, length);
      }
      for (int row = 0; row < band.rows(); row++) {
        System.arraycopy(cells.values, band.upper()[row], strip.values, row * width, width);
        System.arraycopy(cells.values, band.lower()[row], strip.shifted, row * width, width);
      }
      poolStrip(band, strip, maxima, channel, channels);
    }
  }

  private void poolStrip(Band band, Windows strip, float[] maxima, int channel, int channels) {
    int length = band.rows() * grid.mapWidth();
    strip.takeLarger(length);
    for (int window = 1; window < band.window(); window *= 2) {
      length = strip.fold(window, length);
    }
    for (int i = 0; i < band.regions().length; i++) {
      maxima[band.regions()[i] * channels + channel] =
          Math.max(strip.values[band.left()[i]], strip.values[band.right()[i]]);
    }
  }

  /**
   * Values and room for a shifted copy of them. The copy is there for speed: the JIT compiler makes
   * vector instructions of a loop over two arrays only where all indices are the same.
   */
  private static final class Windows {
    final float[] values;
    final float[] shifted;

    Windows(int length) {
      values = new float[length];
      shifted = new float[length];
    }

    /** values[i] ← max(values[i], values[i + shift]); returns how many remain valid. */
    int fold(int shift, int length) {
      int left = length - shift;
      System.arraycopy(values, shift, shifted, 0, left);
      takeLarger(left);
      return left;
    }

    void takeLarger(int length) {
      for (int i = 0; i < length; i++) {
        values[i] = Math.max(values[i], shifted[i]);
      }
    }
  }
}
