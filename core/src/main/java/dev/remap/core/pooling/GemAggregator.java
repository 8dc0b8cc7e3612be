package dev.remap.core.pooling;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.json.StrictJson;
import java.util.Arrays;
import java.util.List;

/**
 * Generalised-mean pooling of the last layer: f_c = (mean over cells of max(x, 1e-6)^p)^(1/p), then
 * divided by its L2 norm + 1e-6 (Radenović, Tolias, Chum, TPAMI 2018, eq. 3). One p serves all
 * channels, or each has its own: {@code {"p": [3.1, 2.9, …]}} in a file, as trained.
 *
 * <p>C×H×W in, C out. A map of zeros gives equal components, those of the floor 1e-6; of one cell,
 * or of a constant map, that cell's activations.
 */
public final class GemAggregator implements Aggregator {
  static final AggregationKind KIND =
      new AggregationKind(
          "gem",
          "generalised mean of the last layer (Radenović, Tolias, Chum 2018)",
          List.of("gem-p", "gem-p-file"),
          GemAggregator::of,
          GemAggregator::read);

  private static final String PER_CHANNEL = "p-per-channel";
  private static final String DOCUMENT = "Exponents of gem";
  private static final int LONGEST = 1 << 24;

  /** The largest exponent; the least one is 1. */
  public static final double MOST_P = 100;

  /** What a cell counts at the least. */
  public static final double FLOOR = 1e-6;

  private final double[] exponents;

  private static Aggregation of(AggregationKind.Parameters settings, int taps) {
    float shared = (float) settings.number("gem-p", 1, MOST_P);
    String file = settings.file("gem-p-file");
    return file.isEmpty() ? new Gem(shared) : GemPerChannel.parse(file);
  }

  private static Aggregation read(StrictJson node) {
    return node.has(PER_CHANNEL)
        ? new GemPerChannel(node.numbers(PER_CHANNEL))
        : new Gem(node.number("p"));
  }

  /** GeM with exponent {@code p}. */
  public record Gem(float p) implements Aggregation {
    @Override
    public AggregationKind kind() {
      return KIND;
    }

    @Override
    public void write(ObjectNode node) {
      node.put("p", p);
    }

    @Override
    public Aggregator on(List<Tap> taps) {
      return new GemAggregator(taps.get(0).channels(), p);
    }

    @Override
    public boolean takesOneCell() {
      return true;
    }

    @Override
    public int taps(int given) {
      return 1;
    }
  }

  /** GeM with an exponent for each channel of the last layer, from 1 to 100. */
  public record GemPerChannel(List<Float> p) implements Aggregation {
    /**
     * @throws IllegalArgumentException naming the exponent that is out of range
     */
    public GemPerChannel {
      p = List.copyOf(p);
      for (int c = 0; c < p.size(); c++) {
        if (!(p.get(c) >= 1 && p.get(c) <= MOST_P)) {
          throw new IllegalArgumentException(
              "%s: that of channel %d is %s, must be from 1 to %s"
                  .formatted(DOCUMENT, c, p.get(c), MOST_P));
        }
      }
    }

    /**
     * Those of a file.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static GemPerChannel parse(String json) {
      return new GemPerChannel(StrictJson.read(DOCUMENT, json, LONGEST).numbers("p"));
    }

    /** As a file has them. */
    public String toJson() {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      p.forEach(node.putArray("p")::add);
      return node + "\n";
    }

    @Override
    public AggregationKind kind() {
      return KIND;
    }

    @Override
    public void write(ObjectNode node) {
      p.forEach(node.putArray(PER_CHANNEL)::add);
    }

    @Override
    public Aggregator on(List<Tap> taps) {
      Tap last = taps.get(0);
      if (p.size() != last.channels()) {
        throw new IllegalArgumentException(
            "%s: there are %d of them, but tap '%s' has %d channels"
                .formatted(DOCUMENT, p.size(), last.name(), last.channels()));
      }
      return new GemAggregator(p.stream().mapToDouble(Float::doubleValue).toArray());
    }

    @Override
    public boolean takesOneCell() {
      return true;
    }

    @Override
    public int taps(int given) {
      return 1;
    }
  }

  /**
   * @param channels of the last layer
   * @param p the exponent, 1 (mean) or more; towards infinity it becomes max-pooling; 3 in the
   *     paper
   */
  public GemAggregator(int channels, double p) {
    if (channels < 1 || !(p >= 1) || Double.isInfinite(p)) {
      throw new IllegalArgumentException(
          "GeM with %d channels and p = %s: needs a channel, and a finite p of at least 1"
              .formatted(channels, p));
    }
    this.exponents = new double[channels];
    Arrays.fill(exponents, p);
  }

  private GemAggregator(double[] exponents) {
    this.exponents = exponents;
  }

  @Override
  public int dimension() {
    return exponents.length;
  }

  @Override
  public void aggregate(List<FeatureMap> maps, int image, float[] out) {
    int channels = exponents.length;
    FeatureMap map = LastLayer.of(maps, channels);
    Sizes.check("length of the output", channels, out.length);
    float[] cells = new float[map.area()];
    double[] pooled = new double[channels];
    double squares = 0;
    for (int c = 0; c < channels; c++) {
      LastLayer.read(map, image, c, cells);
      pooled[c] = mean(cells, exponents[c]);
      squares += pooled[c] * pooled[c];
    }
    double norm = Math.sqrt(squares) + FLOOR;
    for (int c = 0; c < channels; c++) {
      out[c] = (float) (pooled[c] / norm);
    }
  }

  private static double mean(float[] cells, double p) {
    return p == 3 ? StrictMath.cbrt(meanCube(cells)) : StrictMath.pow(meanPower(cells, p), 1 / p);
  }

  private static double meanCube(float[] cells) {
    double sum = 0;
    for (float cell : cells) {
      double x = Math.max(cell, FLOOR);
      sum += x * x * x;
    }
    return sum / cells.length;
  }

  private static double meanPower(float[] cells, double p) {
    double sum = 0;
    for (float cell : cells) {
      sum += StrictMath.pow(Math.max(cell, FLOOR), p);
    }
    return sum / cells.length;
  }
}
