package dev.remap.core.pooling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegionWeightsTest {
  @Test
  void jsonHasKebabCaseFieldsAndReadsBackEqual() {
    RegionWeights weights = new RegionWeights(1, 1, new float[][] {{7.68f, 6.99f}, {0, 1e-20f}});
    assertThat(weights.toJson())
        .isEqualTo(
            """
            {
              "schema-version" : 1,
              "levels" : 1,
              "per-tap" : [ [ 7.68, 6.99 ], [ 0.0, 1.0E-20 ] ]
            }
            """);
    assertThat(RegionWeights.parse(weights.toJson())).isEqualTo(weights).hasSameHashCodeAs(weights);
    assertThat(weights).isNotEqualTo(new RegionWeights(1, 2, weights.perTap()));
  }

  @ParameterizedTest(name = "{0} levels")
  @CsvSource({"1, 2", "2, 8", "4, 40", "5, 70"})
  void onesHaveOneWeightForEachRegionOfAFourToThreeMap(int levels, int regions) {
    RegionWeights ones = RegionWeights.ones(2, levels);
    assertThat(ones.taps()).isEqualTo(2);
    assertThat(ones.regions()).isEqualTo(regions);
    assertThat(ones.perTap()[1]).containsOnly(1);
  }

  @Test
  void thePublishedMapIsThatOfTheFigureForEveryTap() {
    RegionWeights published = RegionWeights.published(2);
    double sum = 0;
    for (float weight : published.perTap()[0]) {
      sum += weight;
    }
    assertThat(sum).isCloseTo(179.0, within(0.05));
    assertThat(published.levels()).isEqualTo(4);
    assertThat(published.regions()).isEqualTo(RegionWeights.ones(1, 4).regions());
    assertThat(published.perTap()[1]).containsExactly(published.perTap()[0]);
    // The middle of the third level, number 13 of the figure, which prints 7.3 and more for it.
    assertThat(published.perTap()[0][12]).isEqualTo(7.30f);
  }

  @Test
  void aPowerIsAppliedToEachWeightAndOneLeavesThemAsTheyAre() {
    RegionWeights weights = new RegionWeights(1, 1, new float[][] {{0, 0.3f, 3}});
    assertThat(weights.raised(1)).isEqualTo(weights);
    assertThat(weights.raised(2).perTap()[0]).containsExactly(0, 0.3f * 0.3f, 9);
    assertThat(weights.raised(0).perTap()[0]).containsOnly(1);
    assertThatThrownBy(() -> new RegionWeights(1, 1, new float[][] {{1e10f}}).raised(8))
        .hasMessageContaining("tap 0 has the weight Infinity");
  }

  @Test
  void weightsCannotBeChangedFromOutside() {
    float[][] mine = {{1, 2}};
    RegionWeights weights = new RegionWeights(1, 1, mine);
    mine[0][0] = 5;
    weights.perTap()[0][1] = 5;
    assertThat(weights.perTap()[0]).containsExactly(1, 2);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{ | not JSON",
        "[] | must be an object",
        "{'levels':1,'per-tap':[[1]]} | schema-version",
        "{'schema-version':2,'levels':1,'per-tap':[[1]]} | schema-version is 2",
        "{'schema-version':1,'levels':0,'per-tap':[[1]]} | levels is 0",
        "{'schema-version':1,'levels':33,'per-tap':[[1]]} | levels is 33, must be 1 to 32",
        "{'schema-version':1,'levels':2147483647,'per-tap':[[1]]} | levels is 2147483647",
        "{'schema-version':1,'levels':1} | per-tap is missing, must be an array",
        "{'schema-version':1,'levels':1,'per-tap':[1]} | per-tap is 1, must be an array of arrays",
        "{'schema-version':1,'levels':1,'per-tap':[]} | no weight",
        "{'schema-version':1,'levels':1,'per-tap':[['1']]} | must hold numbers",
        "{'schema-version':1,'levels':1,'per-tap':[[1,2],[3]]} | tap 1 has 1 weights",
        "{'schema-version':1,'levels':1,'per-tap':[[1,-1]]} | tap 0 has the weight -1.0",
        "{'schema-version':1,'levels':1,'per-tap':[[1e60]]} | tap 0 has the weight Infinity",
      },
      quoteCharacter = '`')
  void badJsonIsRefusedWithTheReason(String json, String reason) {
    assertThatThrownBy(() -> RegionWeights.parse(json.replace('\'', '"')))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }
}
