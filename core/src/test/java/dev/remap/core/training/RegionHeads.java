package dev.remap.core.training;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.pooling.Aggregation;
import dev.remap.core.pooling.AttentionWeights;
import dev.remap.core.pooling.AttentionWeights.Activation;
import dev.remap.core.pooling.DirAggregator.Dir;
import dev.remap.core.pooling.RegionWhitening;
import dev.remap.core.pooling.RegionalAttentionAggregator.RegionalAttention;
import dev.remap.core.training.head.Head;
import dev.remap.core.training.head.HeadShape;
import dev.remap.core.training.head.Learnable;
import dev.remap.core.whitening.Whitening;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Heads of regions, and maps that they learn from. */
final class RegionHeads {
  static final int GROUPS = 12;
  static final int EACH = 6;
  static final int LEVELS = 2;
  static final int REGIONS = 8;
  static final int CHANNELS = 6;
  static final int CELLS = 12;

  private RegionHeads() {}

  /** Heads of regions: with the parts that they learn. */
  enum Kind {
    DIR,
    ATTENTION,
    WHITENED_ATTENTION,
    FIXED_WHITENING;

    List<Learnable> learnables() {
      return switch (this) {
        case DIR -> List.of(Learnable.REGION_PROJECTION);
        case ATTENTION, FIXED_WHITENING -> List.of(Learnable.ATTENTION);
        case WHITENED_ATTENTION -> List.of(Learnable.ATTENTION, Learnable.REGION_PROJECTION);
      };
    }

    HeadShape shape() {
      return this == DIR
          ? HeadShape.ofVectors(LEVELS, REGIONS, List.of(CHANNELS))
          : HeadShape.ofStatistics(LEVELS, REGIONS, CHANNELS);
    }

    Head head() {
      return head(shape());
    }

    Head head(HeadShape shape) {
      AttentionWeights layers = layers(shape, 3, Activation.TANH);
      Whitening whitening = Heads.whitening(shape.dimension(), shape.dimension() - 1, 3);
      return switch (this) {
        case DIR -> Head.whitened(shape, whitening, true);
        case ATTENTION -> Head.attended(shape, layers, Optional.empty(), false);
        case WHITENED_ATTENTION -> Head.attended(shape, layers, Optional.of(whitening), true);
        case FIXED_WHITENING -> Head.attended(shape, layers, Optional.of(whitening), false);
      };
    }

    /** What an extractor has of a head. */
    Aggregation exported(Head head) {
      Optional<RegionWhitening> whitening = head.regionWhitening().map(RegionWhitening::of);
      return this == DIR
          ? new Dir(LEVELS, whitening.orElseThrow())
          : new RegionalAttention(
              AttentionWeights.parse(head.attention().toJson()),
              whitening.map(it -> RegionWhitening.parse(it.whitening().toBytes())));
    }
  }

  /** Layers whose weights differ widely from region to region. */
  static AttentionWeights layers(HeadShape shape, int units, Activation activation) {
    Random random = new Random(units);
    float[][] hidden = new float[units][2 * shape.dimension()];
    float[] output = new float[units];
    for (int unit = 0; unit < units; unit++) {
      for (int i = 0; i < hidden[unit].length; i++) {
        hidden[unit][i] = (float) random.nextGaussian();
      }
      output[unit] = (float) random.nextGaussian();
    }
    return new AttentionWeights(
        1, shape.levels(), activation, hidden, new float[units], output, 0.1f);
  }

  /**
   * Maps of groups that are told apart by the first channels: everywhere, beside channels that
   * differ much by chance; or in a square that the last channel marks, beside something else.
   */
  static FeatureMap[] maps(boolean isEverywhere) {
    Random random = new Random(5);
    FeatureMap[] maps = new FeatureMap[GROUPS * EACH];
    for (int group = 0; group < GROUPS; group++) {
      float[] prototype = drawn(random);
      for (int i = 0; i < EACH; i++) {
        float[] other = drawn(random);
        float[] values = new float[CHANNELS * CELLS];
        boolean isLeft = random.nextBoolean();
        for (int cell = 0; cell < CELLS; cell++) {
          int x = cell % 4;
          int y = cell / 4;
          boolean isThere = isLeft ? x < 2 && y < 2 : x >= 2 && y >= 1;
          float[] there = isEverywhere || isThere ? prototype : other;
          for (int c = 0; c < CHANNELS; c++) {
            float noise = random.nextFloat();
            values[c * CELLS + cell] =
                c < there.length ? there[c] + 0.2f * noise : isEverywhere ? 4 * noise : noise;
          }
          if (!isEverywhere) {
            values[(CHANNELS - 1) * CELLS + cell] = isThere ? 2 : 0.1f;
          }
        }
        maps[group * EACH + i] = map(values);
      }
    }
    return maps;
  }

  static float[] drawn(Random random) {
    float[] drawn = new float[CHANNELS - 3];
    for (int c = 0; c < drawn.length; c++) {
      drawn[c] = 2.5f * random.nextFloat();
    }
    return drawn;
  }

  static FeatureMap map(float[] values) {
    return new FeatureMap(1, values.length / CELLS, 3, 4, FloatBuffer.wrap(values));
  }

  static ArraySet set(HeadShape shape, FeatureMap... maps) {
    float[][] parts = new float[maps.length][shape.length()];
    for (int i = 0; i < maps.length; i++) {
      shape
          .parts()
          .on(List.of(new Tap("last", shape.dimension(), 32)))
          .aggregate(List.of(maps[i]), 0, parts[i]);
    }
    return new ArraySet(shape, parts);
  }

  static ArraySet set(Kind kind) {
    return set(kind.shape(), maps(kind == Kind.DIR));
  }
}
