package dev.remap.core.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.backbone.Tap;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.json.StrictJson;
import dev.remap.core.pooling.Aggregation;
import dev.remap.core.pooling.AggregationKind;
import dev.remap.core.pooling.GemAggregator;
import dev.remap.core.pooling.Mac;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.pooling.RemapAggregator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExtractorSpecTest {
  private static final RegionWeights WEIGHTS =
      new RegionWeights(1, 2, new float[][] {{1, 0.1f, 7.68f, 0, 3.5e-5f, 1, 1, 2}});
  private static final List<Scale> SCALES = List.of(new Scale(64, 48, 2f), new Scale(96, 72, 1.4f));
  private static final ImageLimits LIMITS = new ImageLimits(100_000_000, 200_000_000);
  private static final ExtractorSpec SPEC =
      new ExtractorSpec(
          1, card("BSD", 0.1f), new RemapAggregator.Remap(WEIGHTS), SCALES, 8, LIMITS);

  /** Written by hand; the fingerprint is hashlib's of the same text without the three fields. */
  private static final String GOLDEN =
      """
      {"schema-version":1,"backbone":{"schema-version":1,"name":"resnet","taps":[{"name":"last",\
      "channels":4,"stride":8}],"scale":[0.017124753,0.1,1.0],"shift":[-2.117904,0.0,-1.5],\
      "precision":"float32","licence":"BSD","source":"here","sha256":\
      "abababababababababababababababababababababababababababababababab"},"aggregator":\
      {"name":"remap","region-weights":{"schema-version":1,"levels":2,"per-tap":\
      [[1.0,0.1,7.68,0.0,3.5E-5,1.0,1.0,2.0]]}},"scales":[{"long-side":64,"short-side":48,\
      "weight":2.0},{"long-side":96,"short-side":72,"weight":1.4}],"batch-size":8,"image-limits":\
      {"max-bytes":100000000,"max-pixels":200000000},"resampling":\
      "on-white,upright,reduced-decode,area,linear"}\
      """;

  private static final String FINGERPRINT =
      "54e53841ac405b859c96453b87e1d270a68aa56dca35292a31a4a2fbe38f0f5e";

  @Test
  void writesAndReadsTheGoldenFileOfVersion1() {
    assertThat(SPEC.toJson()).isEqualTo(GOLDEN);
    assertThat(SPEC.fingerprint()).isEqualTo(FINGERPRINT);
    assertThat(ExtractorSpec.parse(GOLDEN)).isEqualTo(SPEC);
    assertThat(ExtractorSpec.parse(GOLDEN).toJson()).isEqualTo(GOLDEN);
  }

  @Test
  void theFingerprintIsOfTheContentNotOfTheText() {
    assertThat(ExtractorSpec.parse(GOLDEN.replace(",\"", " ,\n \"")).fingerprint())
        .isEqualTo(FINGERPRINT);
    assertThat(ExtractorSpec.parse(GOLDEN.replace("0.017124753", "1.7124753e-2")).fingerprint())
        .isEqualTo(FINGERPRINT);
  }

  @Test
  void wordsAboutTheBackboneDoNotCountAllElseDoes() {
    Aggregation remap = SPEC.aggregation();
    assertThat(spec(card("MIT", 0.1f), remap, SCALES, 8, LIMITS).fingerprint())
        .isEqualTo(FINGERPRINT);
    RegionWeights ones = RegionWeights.ones(1, 2);
    BackboneCard card = SPEC.backbone();
    List<ExtractorSpec> others =
        List.of(
            spec(card("BSD", Math.nextUp(0.1f)), remap, SCALES, 8, LIMITS),
            spec(card, new RemapAggregator.Remap(ones), SCALES, 8, LIMITS),
            spec(card, new GemAggregator.Gem(3), SCALES, 8, LIMITS),
            spec(card, new GemAggregator.Gem(Math.nextUp(3f)), SCALES, 8, LIMITS),
            spec(card, remap, SCALES.subList(0, 1), 8, LIMITS),
            spec(card, remap, List.of(SCALES.get(1), SCALES.get(0)), 8, LIMITS),
            spec(card, remap, List.of(new Scale(64, 48, 1), SCALES.get(1)), 8, LIMITS),
            spec(card, remap, SCALES, 9, LIMITS),
            spec(card, remap, SCALES, 8, new ImageLimits(100_000_001, 200_000_000)),
            spec(card, remap, SCALES, 8, new ImageLimits(100_000_000, 200_000_001)));
    Set<String> fingerprints = new HashSet<>(Set.of(FINGERPRINT));
    for (ExtractorSpec other : others) {
      assertThat(fingerprints.add(other.fingerprint())).as(other.toJson()).isTrue();
      assertThat(ExtractorSpec.parse(other.toJson())).isEqualTo(other);
    }
  }

  @Test
  void theScalesAreSummedUnlessTheFingerprintSaysOtherwise() {
    assertThat(SPEC.scaleCombination()).isEqualTo(new ScaleCombination.Sum());
    assertThat(combined(new ScaleCombination.Sum(), SCALES)).isEqualTo(SPEC);
    Set<String> fingerprints = new HashSet<>(Set.of(FINGERPRINT));
    for (ScaleCombination other :
        List.of(
            new ScaleCombination.Max(),
            new ScaleCombination.Gem(3),
            new ScaleCombination.Gem(2.5f))) {
      ExtractorSpec spec = combined(other, SCALES);
      assertThat(fingerprints.add(spec.fingerprint())).as(spec.toJson()).isTrue();
      assertThat(ExtractorSpec.parse(spec.toJson())).isEqualTo(spec);
    }
    assertThat(combined(new ScaleCombination.Gem(2.5f), SCALES).toJson())
        .contains(
            "\"weight\":1.0}],\"scale-combination\":{\"name\":\"gem\",\"p\":2.5},\"batch-size\"");
  }

  @Test
  void weightsThatDoNotCountAreNotFingerprinted() {
    List<Scale> ones = SCALES.stream().map(s -> new Scale(s.longSide(), s.shortSide(), 1)).toList();

    assertThat(combined(new ScaleCombination.Max(), SCALES))
        .isEqualTo(combined(new ScaleCombination.Max(), ones));
    assertThat(combined(new ScaleCombination.Sum(), SCALES))
        .isNotEqualTo(combined(new ScaleCombination.Sum(), ones));
  }

  private static ExtractorSpec combined(ScaleCombination combination, List<Scale> scales) {
    return new ExtractorSpec(
        1, SPEC.backbone(), SPEC.aggregation(), scales, 8, LIMITS, combination);
  }

  /** What hew cannot take of one tap is no matter where it looks at another. */
  @Test
  void onlyTheTapsThatAnAggregationLooksAtMustFitIt() {
    BackboneCard last = SPEC.backbone();
    BackboneCard both =
        new BackboneCard(
            1,
            "resnet",
            List.of(last.taps().get(0), new Tap("fine", 4, 1)),
            last.scale(),
            last.shift(),
            "float32",
            "BSD",
            "here",
            last.sha256());
    Aggregation hew = AggregationKind.of("hew").fromJson().of(StrictJson.read("hew", "{}", 9));
    List<Scale> large = List.of(new Scale(1024, 768, 1));

    assertThat(spec(both, hew, SCALES, 8, LIMITS).dimension()).isEqualTo(4);
    assertThatThrownBy(() -> spec(both, hew, large, 8, LIMITS))
        .hasMessageContaining("scale 1024x768 at tap 'last'")
        .hasMessageContaining("hew takes at most 4096");
  }

  @ParameterizedTest
  @CsvSource({
    "'\"schema-version\":1,\"backbone\"', '\"schema-version\":2,\"backbone\"', schema-version is 2",
    "'\"batch-size\":8', '\"batch-size\":0', batch-size is 0",
    "'\"batch-size\":8', '\"batch-size\":\"8\"', must be a whole number",
    "'\"batch-size\":8', '\"batch-size\":200000', limit 2 GiB",
    "'\"batch-size\":8,', '', batch-size is missing",
    "'\"weight\":1.4', '\"weight\":0', positive",
    "'\"short-side\":48', '\"short-side\":65', 65",
    "'\"long-side\":64', '\"long-side\":16385', 'long-side <= 16384, were 48 and 16385'",
    "'\"long-side\":64', '\"long-side\":2147483647', 'long-side <= 16384'",
    "'\"short-side\":48', '\"short-side\":32', 'a map of 8x4 has 11 regions'",
    "'\"remap\"', '\"sum\"', 'must be remap, '",
    "'area,linear', 'lanczos', reduced-decode",
    "'\"batch-size\"', '\"scale-combination\":{\"name\":\"mean\"},\"batch-size\"', 'sum, gem, max"
        + " or whitened-sum'",
    "'\"batch-size\"', '\"scale-combination\":{\"name\":\"gem\"},\"batch-size\"', 'p is missing'",
    "'\"batch-size\"', '\"scale-combination\":{\"name\":\"gem\",\"p\":0},\"batch-size\"', '1 to"
        + " 100'",
    "'\"batch-size\"', '\"scale-combination\":\"max\",\"batch-size\"', 'must be an object'",
    "'0.1,7.68', '-0.1,7.68', weight",
    "'\"resampling\"', 'resampling', not JSON",
  })
  void fieldsOutOfRangeAreNamed(String from, String to, String message) {
    assertThat(GOLDEN).contains(from);
    assertThatThrownBy(() -> ExtractorSpec.parse(GOLDEN.replace(from, to)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void settingsOutOfRangeAreNamed() {
    assertThatThrownBy(() -> ExtractorSettings.defaults(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("decode-threads");
    assertThatThrownBy(() -> Fakes.settings(1, 0)).hasMessageContaining("window");
    assertThatThrownBy(() -> Fakes.settings(1, 0, 1)).hasMessageContaining("pooling-threads");
  }

  private static ExtractorSpec spec(
      BackboneCard card,
      Aggregation aggregation,
      List<Scale> scales,
      int batchSize,
      ImageLimits limits) {
    return new ExtractorSpec(1, card, aggregation, scales, batchSize, limits);
  }

  private static BackboneCard card(String licence, float green) {
    return new BackboneCard(
        1,
        "resnet",
        List.of(new Tap("last", 4, 8)),
        List.of(0.017124753f, green, 1f),
        List.of(-2.117904f, 0f, -1.5f),
        "float32",
        licence,
        "here",
        "ab".repeat(32));
  }

  @Test
  void boxesArePartOfTheFingerprintAndOfTheJsonOnlyWhereThereAreSome() {
    ExtractorSpec grid = Fakes.SPEC;
    ExtractorSpec boxes = grid.with(new BoxTable("cd".repeat(32), 12));
    assertThat(grid.toJson()).doesNotContain("regions-table");
    assertThat(ExtractorSpec.parse(boxes.toJson())).isEqualTo(boxes);
    assertThat(boxes.fingerprint()).isNotEqualTo(grid.fingerprint());
    assertThat(grid.with(new BoxTable("ce".repeat(32), 12)).fingerprint())
        .isNotEqualTo(boxes.fingerprint());
    assertThatThrownBy(() -> boxes.with(new Mac()))
        .hasMessageContaining("there is a table of boxes, and the aggregator mac has no regions");
    assertThatThrownBy(() -> new BoxTable("cd", 12)).hasMessageContaining("'cd'");
  }
}
