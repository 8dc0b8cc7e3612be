package dev.remap.core.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.region.Boxes;
import dev.remap.core.region.Region;
import dev.remap.core.region.RegionGrid;
import dev.remap.core.whitening.Moments;
import dev.remap.core.whitening.TorchEigenSolver;
import dev.remap.core.whitening.Whitening;
import dev.remap.core.whitening.WhiteningOptions;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Boxes instead of the grid, beside loops over the cells that they touch. */
class BoxPoolingTest {
  private static final List<Tap> TAPS = List.of(new Tap("last", 6, 32), new Tap("before", 4, 16));
  private static final List<FeatureMap> MAPS = List.of(map(6, 8, 6, 71), map(4, 16, 12, 72));
  private static final double[][] BOXES = {
    {0.1, 0.2, 0.4, 0.5, 0.7}, {-0.2, 0.6, 0.5, 0.9, 1.5}, {0.51, 0.01, 0.001, 0.001, 0.25}
  };

  private static FeatureMap map(int channels, int width, int height, long seed) {
    Random random = new Random(seed);
    float[] values = new float[2 * channels * width * height];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0, (float) random.nextGaussian());
    }
    return new FeatureMap(2, channels, height, width, FloatBuffer.wrap(values));
  }

  private static Boxes boxes() {
    Boxes.Builder builder = new Boxes.Builder();
    for (double[] box : BOXES) {
      assertThat(builder.add(box[0], box[1], box[2], box[3], box[4])).isTrue();
    }
    return builder.build();
  }

  /** Whether a cell has a point in common with the inside of a box. */
  private static boolean touches(double from, double size, int cell, int cells) {
    return (cell + 1.0) / cells > from && (double) cell / cells < from + size;
  }

  /** Maxima and means over the cells of a box of the second image, channel by channel. */
  private static double[][] naive(FeatureMap map, double[] box) {
    double[][] found = new double[2][map.channels()];
    for (int c = 0; c < map.channels(); c++) {
      double most = 0;
      double sum = 0;
      int count = 0;
      for (int y = 0; y < map.height(); y++) {
        for (int x = 0; x < map.width(); x++) {
          if (touches(box[0], box[2], x, map.width()) && touches(box[1], box[3], y, map.height())) {
            double value =
                map.values().get(((map.channels() + c) * map.height() + y) * map.width() + x);
            most = Math.max(most, value);
            sum += value;
            count++;
          }
        }
      }
      found[0][c] = most;
      found[1][c] = sum / count;
    }
    return found;
  }

  private static double[] unit(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    double[] unit = new double[values.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = values[i] / Math.sqrt(squares);
    }
    return unit;
  }

  private static void add(double[] sums, double[] values, double weight) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weight * values[i];
    }
  }

  private static float[] aggregate(Aggregation aggregation, Boxes boxes) {
    Aggregator aggregator = aggregation.on(TAPS);
    float[] out = new float[aggregator.dimension()];
    aggregator.aggregate(MAPS, 1, boxes, out);
    return out;
  }

  private static void assertClose(float[] found, double[] expected) {
    assertThat(found).hasSize(expected.length);
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i]).isCloseTo(expected[i], within(1e-5));
    }
  }

  @Test
  void rmacSumsTheMaximaOfBoxes() {
    double[] sums = new double[6];
    for (double[] box : BOXES) {
      add(sums, unit(naive(MAPS.get(0), box)[0]), 1);
    }
    assertClose(
        aggregate(new RmacAggregator.Rmac(3, RmacAggregator.WholeImage.NONE), boxes()), unit(sums));
  }

  @Test
  void remapWeighsBoxesByTheirScoresOnEveryTap() {
    double[] expected = new double[10];
    for (double[] box : BOXES) {
      double[] last = unit(naive(MAPS.get(0), box)[0]);
      double[] before = unit(naive(MAPS.get(1), box)[0]);
      for (int i = 0; i < 10; i++) {
        expected[i] += box[4] * (i < 6 ? last[i] : before[i - 6]);
      }
    }
    assertClose(aggregate(new RemapAggregator.Remap(RegionWeights.ones(2, 4)), boxes()), expected);
  }

  private static RegionWhitening whitening() {
    Random random = new Random(73);
    Moments moments = Moments.full(6);
    for (int n = 0; n < 50; n++) {
      float[] row = new float[6];
      for (int i = 0; i < 6; i++) {
        row[i] = (float) random.nextGaussian();
      }
      moments.add(row);
    }
    try (TorchEigenSolver solver = new TorchEigenSolver()) {
      return RegionWhitening.of(
          Whitening.fit(moments, new WhiteningOptions(4, 0.5, 1e-10, 0), solver));
    }
  }

  private static double[] projected(RegionWhitening whitening, double[] row) {
    float[] values = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      values[i] = (float) row[i];
    }
    float[] projected = whitening.project(new float[][] {values})[0];
    double[] found = new double[projected.length];
    for (int i = 0; i < found.length; i++) {
      found[i] = projected[i];
    }
    return found;
  }

  @Test
  void dirProjectsTheMaximaOfBoxes() {
    RegionWhitening whitening = whitening();
    double[] sums = new double[4];
    for (double[] box : BOXES) {
      add(sums, projected(whitening, unit(naive(MAPS.get(0), box)[0])), 1);
    }
    assertClose(aggregate(new DirAggregator.Dir(3, whitening), boxes()), unit(sums));
  }

  @Test
  void attentionLooksAtTheMeansOfBoxes() {
    AttentionWeights attention =
        AttentionWeights.parse(
            """
            { "schema-version": 1, "levels": 2, "activation": "tanh",
              "hidden": { "weights": [[0.1, -0.2, 0.3, 0.4, 0.5, -0.6, 0.2, 0.1, -0.1, 0.3, 0.2, 0.1]],
                          "bias": [0.1] },
              "output": { "weights": [1.5], "bias": 0.2 } }
            """);
    double[] context = attention.context(naive(MAPS.get(0), new double[] {0, 0, 1, 1})[1]);
    for (Optional<RegionWhitening> whitening :
        List.of(Optional.<RegionWhitening>empty(), Optional.of(whitening()))) {
      double[] sums = new double[whitening.isPresent() ? 4 : 6];
      for (double[] box : BOXES) {
        double[][] found = naive(MAPS.get(0), box);
        add(
            sums,
            whitening.map(w -> projected(w, found[0])).orElseGet(() -> unit(found[0])),
            attention.weight(found[1], context));
      }
      assertClose(
          aggregate(
              new RegionalAttentionAggregator.RegionalAttention(attention, whitening), boxes()),
          unit(sums));
    }
  }

  @Test
  void boxesOfTheGridGiveWhatTheGridGives() {
    RegionGrid grid = RegionGrid.of(8, 6, 3);
    List<Region> inOrder = new ArrayList<>(grid.regions());
    for (int i = 0; i < grid.size(); i++) {
      inOrder.set(grid.canonical(i), grid.regions().get(i));
    }
    Boxes.Builder builder = new Boxes.Builder();
    for (Region region : inOrder) {
      builder.add(region.x() / 8.0, region.y() / 6.0, region.size() / 8.0, region.size() / 6.0, 1);
    }
    Aggregation rmac = new RmacAggregator.Rmac(3, RmacAggregator.WholeImage.ADDED);
    float[] byGrid = new float[6];
    rmac.on(TAPS).aggregate(MAPS, 1, byGrid);
    assertThat(aggregate(rmac, builder.build())).containsExactly(byGrid);
  }

  @Test
  void partsOfAConcatenationTakeBoxesOrLeaveThem() {
    Aggregation rmac = new RmacAggregator.Rmac(3, RmacAggregator.WholeImage.NONE);
    Aggregation both =
        new ConcatAggregator.Concat(
            List.of(new ConcatAggregator.Part(1, rmac), new ConcatAggregator.Part(1, new Mac())));
    float[] joined = aggregate(both, boxes());
    float[] alone = aggregate(rmac, boxes());
    float[] mac = aggregate(new Mac(), Boxes.WHOLE);
    assertThat(both.takesBoxes()).isTrue();
    assertThat(new SideBySide(List.of(rmac)).takesBoxes()).isTrue();
    assertThat(new Mac().takesBoxes()).isFalse();
    for (int i = 0; i < 6; i++) {
      assertThat(joined[i]).isCloseTo(alone[i], within(1e-6f));
      assertThat(joined[6 + i]).isCloseTo(mac[i], within(1e-6f));
    }
    assertThat(aggregate(new SideBySide(List.of(rmac)), boxes())).containsExactly(alone);
  }

  @Test
  void aNanInABoxIsInTheDescriptor() {
    FeatureMap map = map(6, 8, 6, 74);
    map.values().put(0, Float.NaN);
    float[] out = new float[6];
    new RmacAggregator.Rmac(3, RmacAggregator.WholeImage.NONE)
        .on(TAPS)
        .aggregate(List.of(map), 0, Boxes.WHOLE, out);
    assertThat(out).contains(Float.NaN);
    assertThatThrownBy(() -> BoxPooling.rows(map, 2, Boxes.WHOLE))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
