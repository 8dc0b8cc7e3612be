package dev.remap.core.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.pooling.RegionPoolingFixture.Case;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The poolings of regions beside what PyTorch makes of the same maps by the papers' formulas. */
class RegionPoolingFixtureTest {
  private static final RegionPoolingFixture FIXTURE = RegionPoolingFixture.read();

  static List<Case> cases() {
    return FIXTURE.cases();
  }

  private static float[] aggregate(Case one, List<FeatureMap> maps) {
    Aggregator aggregator = one.aggregation().on(FIXTURE.taps());
    float[] out = new float[aggregator.dimension()];
    aggregator.aggregate(maps, 0, out);
    return out;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void descriptorsAreThoseOfAnIndependentComputation(Case one) {
    float[] ours = aggregate(one, FIXTURE.maps(one.maps()));
    double[] theirs = one.expected();
    assertThat(ours).hasSize(theirs.length);
    double dot = 0;
    double mine = 0;
    double other = 0;
    for (int i = 0; i < theirs.length; i++) {
      assertThat((double) ours[i])
          .as("component %d", i)
          .isCloseTo(theirs[i], within(1e-5 * Math.max(1, Math.abs(theirs[i]))));
      dot += ours[i] * theirs[i];
      mine += (double) ours[i] * ours[i];
      other += theirs[i] * theirs[i];
    }
    assertThat(dot / Math.sqrt(mine * other)).isGreaterThan(0.9999999);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void emptyMapsGiveZerosAndNotANumberIsNotHidden(Case one) {
    List<FeatureMap> maps = FIXTURE.maps(one.maps());
    List<FeatureMap> empty =
        maps.stream()
            .map(
                m ->
                    new FeatureMap(
                        1,
                        m.channels(),
                        m.height(),
                        m.width(),
                        FloatBuffer.allocate(m.values().limit())))
            .toList();
    if (!one.aggregation().kind().equals(ConcatAggregator.KIND)) { // Its gem has a floor.
      assertThat(aggregate(one, empty)).containsOnly(0);
    }
    for (FeatureMap map : maps) {
      map.values().put(map.area() + 20, Float.NaN);
    }
    assertThat(aggregate(one, maps)).containsOnly(Float.NaN);
  }

  @Test
  void everyPoolingOfRegionsIsAmongTheCases() {
    Set<String> names =
        cases().stream().map(one -> one.aggregation().kind().name()).collect(Collectors.toSet());
    assertThat(names).containsOnly("remap", "rmac", "dir", "regional-attention", "concat");
  }
}
