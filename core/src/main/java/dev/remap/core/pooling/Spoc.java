package dev.remap.core.pooling;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Sum pooling of the last layer: f_c = Σ α(y, x) · x_c(y, x), then L2-normalised (Babenko and
 * Lempitsky, ICCV 2015). Without a prior α = 1. The centring prior is α(y, x) = exp(−(dy² + dx²) /
 * (2σ²)), dy and dx the distances in cells from the middle of the map (between cells where a side
 * is even), and σ a third of the distance from the middle to the nearest border: min(H, W) / 6.
 *
 * <p>The paper puts the prior on buildings (Oxford) and leaves it out elsewhere. Its formula
 * measures from H/2 and W/2; counted from the first cell as 0 that is half a cell beside the
 * middle, so here, as in PyRetri, it is (H − 1)/2 and (W − 1)/2, and mirrored maps give equal
 * descriptors.
 *
 * <p>C×H×W in, C out. A map of zeros gives zeros; of a constant map, or of one cell, that cell's
 * activations at length one.
 */
record Spoc(Prior prior) implements WholeMap {
  static final AggregationKind KIND =
      new AggregationKind(
          "spoc",
          "sum of the last layer, on request with a centring prior (Babenko and Lempitsky 2015)",
          List.of("spoc-prior"),
          (settings, taps) -> new Spoc(Prior.of(settings.choice("spoc-prior", Prior.WORDS))),
          node -> new Spoc(Prior.of(node.text("prior"))));

  /** The weight of a place in the map. */
  public enum Prior {
    NONE,
    CENTER;

    static final List<String> WORDS = Arrays.stream(values()).map(Prior::word).toList();

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Prior of(String word) {
      int index = WORDS.indexOf(word);
      if (index < 0) {
        throw new IllegalArgumentException(
            "the prior of spoc is '%s': it must be %s".formatted(word, String.join(" or ", WORDS)));
      }
      return values()[index];
    }
  }

  @Override
  public AggregationKind kind() {
    return KIND;
  }

  @Override
  public boolean takesOneCell() {
    return true;
  }

  @Override
  public void write(ObjectNode node) {
    node.put("prior", prior.word());
  }

  @Override
  public double[] pool(float[][] rows, int width) {
    return LastLayer.weighted(rows, weights(rows[0].length / width, width));
  }

  private double[] weights(int height, int width) {
    double[] weights = new double[height * width];
    Arrays.fill(weights, 1);
    if (prior == Prior.CENTER) {
      double sigma = Math.min(height, width) / 6.0;
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double dy = y - (height - 1) / 2.0;
          double dx = x - (width - 1) / 2.0;
          weights[y * width + x] = StrictMath.exp(-(dy * dy + dx * dx) / (2 * sigma * sigma));
        }
      }
    }
    return weights;
  }
}
