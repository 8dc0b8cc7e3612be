package dev.remap.core.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.json.StrictJson;
import dev.remap.core.pooling.RmacAggregator.Rmac;
import dev.remap.core.pooling.RmacAggregator.WholeImage;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the values are, {@link RegionPoolingFixtureTest} shows. */
class RmacAggregatorTest {
  private static final long SEED = 41;
  private static final List<Tap> TAPS = List.of(new Tap("last", 6, 32), new Tap("before", 4, 32));

  private static float[] aggregate(Aggregation aggregation, FeatureMap map) {
    Aggregator aggregator = aggregation.on(TAPS);
    float[] out = new float[aggregator.dimension()];
    aggregator.aggregate(List.of(map), map.batch() - 1, out);
    return out;
  }

  @Test
  void transposedMapsGiveTheSameBitsWhateverTheirAspect() {
    for (WholeImage whole : WholeImage.values()) {
      for (int width : new int[] {9, 12, 17, 40}) {
        FeatureMap map = Maps.random(SEED, 2, 6, width, 9);
        assertThat(aggregate(new Rmac(3, whole), Maps.transposed(map)))
            .as("seed %d, %dx9, %s", SEED, width, whole)
            .isEqualTo(aggregate(new Rmac(3, whole), map));
      }
    }
  }

  @Test
  void emptyMapGivesTheZeroVectorAndNotANumberIsNotHidden() {
    float[] values = new float[6 * 108];
    FeatureMap map = new FeatureMap(1, 6, 9, 12, FloatBuffer.wrap(values));
    for (WholeImage whole : WholeImage.values()) {
      values[100] = 0;
      assertThat(aggregate(new Rmac(4, whole), map)).containsOnly(0);
      values[100] = Float.NaN;
      assertThat(aggregate(new Rmac(4, whole), map)).containsOnly(Float.NaN);
    }
  }

  @Test
  void parametersAndSizesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new Rmac(0, WholeImage.NONE))
        .hasMessage("rmac has 0 levels of regions: it must have from 1 to 32");
    assertThatThrownBy(
            () ->
                AggregationKind.read(
                    StrictJson.read(
                        "extractor", "{\"name\":\"rmac\",\"levels\":3,\"whole-image\":\"x\"}", 99)))
        .hasMessage("extractor: whole-image is x, must be one of [none, added]");
    assertThatThrownBy(() -> aggregate(new Rmac(3, WholeImage.NONE), Maps.random(1, 1, 4, 8, 8)))
        .hasMessageContaining("channels of the first map is 4")
        .hasMessageContaining("made for 6");
  }
}
