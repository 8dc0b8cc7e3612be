package dev.remap.core.pooling;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.backbone.Tap;
import dev.remap.core.json.StrictJson;
import dev.remap.core.region.RegionGrid;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The two layers that weigh a region by what is in it and around it: a = softplus(w₂ · h(W₁ · [mean
 * of the region; mean of the map] + b₁) + b₂) (Kim and Yoon, BMVC 2018).
 *
 * @param schemaVersion {@link #SCHEMA_VERSION}
 * @param levels of the region grid that they were trained with; 5 in the paper
 * @param activation h: tanh in the authors' test, softplus in their training
 * @param hidden W₁, a row of twice as many weights as channels for each hidden unit, those of the
 *     region's mean first; 64 rows in the paper
 * @param hiddenBias b₁
 * @param output w₂
 * @param outputBias b₂
 */
@SuppressWarnings("ArrayRecordComponent") // Not given away, and compared deeply.
public record AttentionWeights(
    int schemaVersion,
    int levels,
    Activation activation,
    float[][] hidden,
    float[] hiddenBias,
    float[] output,
    float outputBias) {
  static final int SCHEMA_VERSION = 1;

  private static final String DOCUMENT = "Attention weights";
  private static final int LONGEST = 1 << 28;

  /** Weights of hidden units: each is at most 16 characters of the JSON. */
  private static final int MOST = LONGEST / 16 - (1 << 16);

  /** With an output of this, regions weigh 1: ln(e − 1). */
  private static final float OF_ONE = 0.54132485f;

  /** What comes between the layers. */
  public enum Activation {
    TANH("tanh") {
      @Override
      public double of(double x) {
        return StrictMath.tanh(x);
      }

      @Override
      public double slope(double x) {
        double y = StrictMath.tanh(x);
        return 1 - y * y;
      }
    },
    SOFTPLUS("softplus") {
      @Override
      public double of(double x) {
        return softplus(x);
      }

      @Override
      public double slope(double x) {
        return 1 / (1 + StrictMath.exp(-x));
      }
    };

    private static final List<String> NAMES = List.of(TANH.word, SOFTPLUS.word);

    private final String word;

    Activation(String word) {
      this.word = word;
    }

    public abstract double of(double x);

    /** Its derivative. */
    public abstract double slope(double x);
  }

  public AttentionWeights {
    check(schemaVersion == SCHEMA_VERSION, "schema-version is " + schemaVersion + ", must be 1");
    check(
        levels >= 1 && levels <= RegionGrid.MOST_LEVELS,
        "levels is " + levels + ", must be 1 to " + RegionGrid.MOST_LEVELS);
    check(hidden.length > 0, "there is no hidden unit");
    int inputs = hidden[0].length;
    check(
        (long) inputs * hidden.length <= MOST,
        "%,d hidden units of %,d weights are too many: at most %,d weights"
            .formatted(hidden.length, inputs, MOST));
    check(
        inputs >= 2 && inputs % 2 == 0,
        "a hidden unit has " + inputs + " weights, must be two for each channel");
    for (float[] row : hidden) {
      check(row.length == inputs, "one hidden unit has " + inputs + ", another " + row.length);
      requireFinite("hidden.weights", row);
    }
    check(
        hiddenBias.length == hidden.length && output.length == hidden.length,
        "there are %d hidden units, but %d of their biases and %d weights of the output"
            .formatted(hidden.length, hiddenBias.length, output.length));
    requireFinite("hidden.bias", hiddenBias);
    requireFinite("output.weights", output);
    requireFinite("output.bias", new float[] {outputBias});
  }

  /** Layers that weigh all regions alike. */
  public static AttentionWeights even(int levels, int channels) {
    return new AttentionWeights(
        SCHEMA_VERSION,
        levels,
        Activation.TANH,
        new float[1][2 * channels],
        new float[1],
        new float[1],
        OF_ONE);
  }

  /**
   * Layers to begin a training with: weights of regions are near 1. The first layer is drawn as
   * PyTorch draws one, evenly within ±1/√inputs, and the second within a tenth of its own.
   *
   * @param units that are hidden; 64 in the paper
   */
  public static AttentionWeights seeded(int levels, int channels, int units, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double bound = 1 / Math.sqrt(2.0 * channels);
    float[][] hidden = new float[units][];
    for (int unit = 0; unit < units; unit++) {
      hidden[unit] = drawn(random, 2 * channels, bound);
    }
    return new AttentionWeights(
        SCHEMA_VERSION,
        levels,
        Activation.TANH,
        hidden,
        drawn(random, units, bound),
        drawn(random, units, 0.1 / Math.sqrt(units)),
        OF_ONE);
  }

  private static float[] drawn(SplittableRandom random, int count, double bound) {
    float[] drawn = new float[count];
    for (int i = 0; i < count; i++) {
      drawn[i] = (float) (bound * (2 * random.nextDouble() - 1));
    }
    return drawn;
  }

  /** The same layers with other numbers. */
  public AttentionWeights with(
      float[][] hiddenNow, float[] hiddenBiasNow, float[] outputNow, float outputBiasNow) {
    return new AttentionWeights(
        schemaVersion, levels, activation, hiddenNow, hiddenBiasNow, outputNow, outputBiasNow);
  }

  /** Channels of a region. */
  public int channels() {
    return hidden[0].length / 2;
  }

  /**
   * Reads weights.
   *
   * @throws IllegalArgumentException if the text is not JSON or lacks or mistypes a field
   */
  public static AttentionWeights parse(String json) {
    return read(StrictJson.read(DOCUMENT, json, LONGEST));
  }

  static AttentionWeights read(StrictJson node) {
    StrictJson hidden = node.object("hidden");
    StrictJson output = node.object("output");
    String activation = node.text("activation");
    if (!Activation.NAMES.contains(activation)) {
      throw node.problem("activation", activation, "must be one of " + Activation.NAMES);
    }
    return new AttentionWeights(
        node.integer("schema-version"),
        node.integer("levels"),
        Activation.values()[Activation.NAMES.indexOf(activation)],
        hidden.rows("weights").stream().map(AttentionWeights::array).toArray(float[][]::new),
        array(hidden.numbers("bias")),
        array(output.numbers("weights")),
        output.number("bias"));
  }

  /** As a file has them. */
  public String toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    write(node);
    return node + "\n";
  }

  void write(ObjectNode node) {
    node.put("schema-version", schemaVersion).put("levels", levels);
    node.put("activation", activation.word);
    ObjectNode first = node.putObject("hidden");
    ArrayNode rows = first.putArray("weights");
    for (float[] row : hidden) {
      rows.add(array(row));
    }
    first.set("bias", array(hiddenBias));
    ObjectNode second = node.putObject("output");
    second.set("weights", array(output));
    second.put("bias", outputBias);
  }

  /** Finds out before the first forward pass. */
  public void requireFits(Tap tap) {
    if (channels() != tap.channels()) {
      throw new IllegalArgumentException(
          "extractor.attention-weights is for regions of %d channels, and the tap '%s' has %d: train them on this backbone"
              .formatted(channels(), tap.name(), tap.channels()));
    }
  }

  /** What the hidden units get of the whole map, with their biases: the same for all regions. */
  double[] context(double[] mapMeans) {
    double[] sums = new double[hidden.length];
    for (int unit = 0; unit < sums.length; unit++) {
      sums[unit] = hiddenBias[unit] + dot(hidden[unit], mapMeans.length, mapMeans);
    }
    return sums;
  }

  /** The weight of a region, above 0. */
  double weight(double[] regionMeans, double[] context) {
    double sum = outputBias;
    for (int unit = 0; unit < hidden.length; unit++) {
      sum += output[unit] * activation.of(context[unit] + dot(hidden[unit], 0, regionMeans));
    }
    return softplus(sum);
  }

  private static double dot(float[] weights, int from, double[] values) {
    double sum = 0;
    for (int c = 0; c < values.length; c++) {
      sum += weights[from + c] * values[c];
    }
    return sum;
  }

  /** ln(1 + eˣ), also where eˣ overflows. */
  private static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AttentionWeights that
        && levels == that.levels
        && activation == that.activation
        && Arrays.deepEquals(hidden, that.hidden)
        && Arrays.equals(hiddenBias, that.hiddenBias)
        && Arrays.equals(output, that.output)
        && Float.compare(outputBias, that.outputBias) == 0;
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(hidden);
  }

  @Override
  public String toString() {
    return "AttentionWeights[%d levels, %d channels, %d hidden units with %s]"
        .formatted(levels, channels(), hidden.length, activation.word);
  }

  private static float[] array(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  private static ArrayNode array(float[] values) {
    ArrayNode node = JsonNodeFactory.instance.arrayNode();
    for (float value : values) {
      node.add(value);
    }
    return node;
  }

  private static void requireFinite(String field, float[] values) {
    IntStream.range(0, values.length)
        .filter(i -> !Float.isFinite(values[i]))
        .findFirst()
        .ifPresent(i -> check(false, field + " has the value " + values[i]));
  }

  private static void check(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(DOCUMENT + ": " + problem);
    }
  }
}
