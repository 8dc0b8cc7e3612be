package dev.remap.core.pooling;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.backbone.Tap;
import dev.remap.core.json.StrictJson;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Heat-weighted sum of the last layer (Pang et al., TMM 2018): a cell weighs the less, the more
 * heat that it gives reaches the others, which keeps repeated texture from deciding.
 *
 * <p>The N = H·W cells, less a mean, each divided by its L2 norm, are the columns of X; A = XᵀX
 * without its diagonal and without what is negative (below 1e-6). A node of temperature 0 is joined
 * to each cell by Z, a tenth of the mean of A's positive entries. With L = I − A row-normalised (Z
 * included) and G = L⁻¹, r_j = Σ_{i≠j} G_ij / G_jj / (N + 1), the weight of cell j is 1 / r_j. The
 * weighted sum of the cells as they came is square-rooted by sign and L2-normalised.
 *
 * <p>The mean is that of a training set where a file has one; else that of the map's own cells,
 * which needs no training but is not the paper's.
 *
 * <p>C×H×W in, C out; work grows by N²·(N + C), so maps may have up to {@value #MOST_CELLS} cells.
 * A cell like no other would weigh infinitely: it gets the largest of the other weights, and all
 * weigh the same where no two cells are alike (one cell, a constant map). Zeros give zeros.
 *
 * @param mean of the last layer's channels; empty for each map's own
 */
record Hew(Optional<List<Float>> mean) implements WholeMap {
  static final AggregationKind KIND =
      new AggregationKind(
          "hew",
          "heat-weighted sum of the last layer (Pang et al. 2018)",
          List.of("hew-mean-file"),
          (settings, taps) -> new Hew(mean(settings.file("hew-mean-file"))),
          node -> new Hew(node.has("mean") ? Optional.of(node.numbers("mean")) : Optional.empty()));

  static final int MOST_CELLS = 4096;

  private static final String DOCUMENT = "Mean of hew";
  private static final int LONGEST = 1 << 24;
  private static final double TO_GROUND = 0.1;

  /** Below it, similarities of maps in float32 are noise, and a weight by them would be. */
  private static final double LEAST = 1e-6;

  private static Optional<List<Float>> mean(String file) {
    return file.isEmpty()
        ? Optional.empty()
        : Optional.of(StrictJson.read(DOCUMENT, file, LONGEST).numbers("mean"));
  }

  /**
   * @throws IllegalArgumentException naming the value that is not finite
   */
  public Hew {
    mean = mean.map(List::copyOf);
    List<Float> values = mean.orElse(List.of());
    for (int c = 0; c < values.size(); c++) {
      if (!Float.isFinite(values.get(c))) {
        throw new IllegalArgumentException(
            "%s: that of channel %d is %s".formatted(DOCUMENT, c, values.get(c)));
      }
    }
  }

  @Override
  public AggregationKind kind() {
    return KIND;
  }

  @Override
  public void write(ObjectNode node) {
    mean.ifPresent(values -> values.forEach(node.putArray("mean")::add));
  }

  @Override
  public Aggregator on(List<Tap> taps) {
    Tap last = taps.get(0);
    mean.ifPresent(
        values -> {
          if (values.size() != last.channels()) {
            throw new IllegalArgumentException(
                "%s: it has %d values, but tap '%s' has %d channels"
                    .formatted(DOCUMENT, values.size(), last.name(), last.channels()));
          }
        });
    return WholeMap.super.on(taps);
  }

  @Override
  public void requireFits(int width, int height) {
    if ((long) width * height > MOST_CELLS) {
      throw new IllegalArgumentException(
          "a map of %dx%d has %d cells, but hew takes at most %d: take smaller scales"
              .formatted(width, height, (long) width * height, MOST_CELLS));
    }
  }

  @Override
  public double[] pool(float[][] rows, int width) {
    requireFits(width, rows[0].length / width);
    double[] pooled = LastLayer.weighted(rows, weights(alike(centred(rows))));
    for (int c = 0; c < pooled.length; c++) {
      pooled[c] = Math.signum(pooled[c]) * Math.sqrt(Math.abs(pooled[c]));
    }
    return pooled;
  }

  /** The cells less the mean, at L2 norm 1; per channel a row of cells. */
  private double[][] centred(float[][] rows) {
    int cells = rows[0].length;
    double[][] centred = new double[rows.length][cells];
    double[] norms = new double[cells];
    for (int c = 0; c < rows.length; c++) {
      double middle = mean.isPresent() ? mean.get().get(c) : own(rows[c]);
      for (int i = 0; i < cells; i++) {
        centred[c][i] = rows[c][i] - middle;
        norms[i] += centred[c][i] * centred[c][i];
      }
    }
    for (double[] row : centred) {
      for (int i = 0; i < cells; i++) {
        row[i] = norms[i] == 0 ? 0 : row[i] / Math.sqrt(norms[i]);
      }
    }
    return centred;
  }

  private static double own(float[] cells) {
    double sum = 0;
    for (float cell : cells) {
      sum += cell;
    }
    return sum / cells.length;
  }

  /** Below the diagonal, row by row: what is positive of the cells' products. */
  private static double[][] alike(double[][] centred) {
    int cells = centred[0].length;
    double[][] alike = new double[cells][];
    for (int i = 0; i < cells; i++) {
      alike[i] = new double[i];
      for (double[] row : centred) {
        add(alike[i], row[i], row, i);
      }
      for (int j = 0; j < i; j++) {
        // NaN goes, too: it stays in the cell that it came from.
        alike[i][j] = alike[i][j] >= LEAST ? alike[i][j] : 0;
      }
    }
    return alike;
  }

  private static double[] weights(double[][] alike) {
    int cells = alike.length;
    double[] degrees = new double[cells];
    double sum = 0;
    long positive = 0;
    for (int i = 0; i < cells; i++) {
      for (int j = 0; j < i; j++) {
        degrees[i] += alike[i][j];
        degrees[j] += alike[i][j];
        sum += alike[i][j];
        positive += alike[i][j] > 0 ? 1 : 0;
      }
    }
    double[] weights = new double[cells];
    Arrays.fill(weights, 1);
    return positive == 0 ? weights : new Heat(alike, degrees, TO_GROUND * sum / positive).weights();
  }

  /** row ← row + factor · other, over the first cells. */
  private static void add(double[] row, double factor, double[] other, int length) {
    for (int j = 0; j < length; j++) {
      row[j] += factor * other[j];
    }
  }

  /**
   * G by the Cholesky factor of a symmetric matrix: with R the diagonal of the row sums (degrees
   * and Z), L = R⁻¹(R − A), so G = M⁻¹R for M = R − A. R cancels in r, and as the rows of M sum to
   * Z, the columns of M⁻¹ sum to 1/Z: r_j = (1 / (Z · M⁻¹_jj) − 1) / (N + 1).
   */
  private static final class Heat {
    private final double[][] lower;
    private final double[] degrees;
    private final double ground;

    Heat(double[][] alike, double[] degrees, double ground) {
      this.degrees = degrees;
      this.ground = ground;
      this.lower = new double[alike.length][];
      for (int i = 0; i < alike.length; i++) {
        lower[i] = new double[i + 1];
        for (int j = 0; j < i; j++) {
          lower[i][j] = -alike[i][j];
        }
        lower[i][i] = degrees[i] + ground;
      }
    }

    double[] weights() {
      factorise();
      double[] diagonal = diagonalOfInverse();
      int cells = diagonal.length;
      double[] weights = new double[cells];
      double largest = 0;
      for (int j = 0; j < cells; j++) {
        if (degrees[j] > 0) {
          weights[j] = (cells + 1) / (1 / (ground * diagonal[j]) - 1);
          largest = Math.max(largest, weights[j]);
        }
      }
      for (int j = 0; j < cells; j++) {
        weights[j] = degrees[j] > 0 ? weights[j] : largest;
      }
      return weights;
    }

    /** M is diagonally dominant by Z, so that no pivot comes near 0. */
    private void factorise() {
      int cells = lower.length;
      double[] column = new double[cells];
      for (int k = 0; k < cells; k++) {
        double pivot = Math.sqrt(lower[k][k]);
        for (int i = k; i < cells; i++) {
          lower[i][k] /= pivot;
          column[i] = lower[i][k];
        }
        for (int i = k + 1; i < cells; i++) {
          double factor = column[i];
          for (int j = k + 1; j <= i; j++) {
            lower[i][j] -= factor * column[j];
          }
        }
        lower[k][k] = pivot;
      }
    }

    /** Inverts the factor F in place; M⁻¹ = F⁻ᵀF⁻¹. */
    private double[] diagonalOfInverse() {
      int cells = lower.length;
      double[] diagonal = new double[cells];
      for (int i = 0; i < cells; i++) {
        double[] row = new double[i + 1];
        for (int k = 0; k < i; k++) {
          add(row, -lower[i][k], lower[k], k + 1);
        }
        row[i] = 1;
        for (int j = 0; j <= i; j++) {
          row[j] /= lower[i][i];
          diagonal[j] += row[j] * row[j];
        }
        lower[i] = row;
      }
      return diagonal;
    }
  }
}
