package dev.remap.core.extraction;

import static dev.remap.core.extraction.Fakes.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.backbone.ComputeDevice;
import dev.remap.core.backbone.TapRange;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.pooling.Aggregation;
import dev.remap.core.pooling.ConcatAggregator.Concat;
import dev.remap.core.pooling.ConcatAggregator.Part;
import dev.remap.core.pooling.GemAggregator;
import dev.remap.core.pooling.Mac;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.pooling.RemapAggregator;
import dev.remap.core.region.RegionGrid;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * A concatenation over two real networks: one of two taps (5 and 4 channels, stride 4), and the
 * demonstration's (1792 and 1344 channels, stride 32), which scale pixels in ways of their own.
 */
class SeveralNetworksTest {
  private static final Path TINY = Path.of("src/test/resources/dev/remap/core/backbone/tiny.pt");
  private static final Path DEMO = Path.of("../conf/backbones/mobilenet_v2_140_nsfwjs");
  private static final List<String> FILES = List.of("baseline.jpg", "rgb.png", "oriented.jpg");
  private static final Aggregation REMAP = new RemapAggregator.Remap(RegionWeights.ones(2, 2));
  private static final Aggregation GEM = new GemAggregator.Gem(3);
  private static final Aggregation MAC = new Mac();

  private final BackboneCard tiny = card(TINY.resolveSibling("tiny-card.json"));
  private final BackboneCard demo = card(DEMO.resolve("card.json"));

  @Test
  void eachPartIsTheDescriptorOfItsOwnNetworkAtLengthOneTimesItsWeight() throws Exception {
    Concat concat =
        new Concat(
            List.of(
                new Part(2f, REMAP, Optional.of(new TapRange(0, 2))),
                new Part(0.5f, GEM, Optional.of(new TapRange(2, 2))),
                new Part(1f, MAC, Optional.of(new TapRange(0, 2)))));
    List<float[]> joined = extract(spec(tiny, concat, List.of(demo)), List.of(TINY, demoFile()));
    List<float[]> remap = extract(spec(tiny, REMAP, List.of()), List.of(TINY));
    List<float[]> gem = extract(spec(demo, GEM, List.of()), List.of(demoFile()));
    List<float[]> mac = extract(spec(tiny, MAC, List.of()), List.of(TINY));

    for (int i = 0; i < FILES.size(); i++) {
      List<Float> expected = new ArrayList<>();
      weigh(remap.get(i), 2, expected);
      weigh(gem.get(i), 0.5, expected);
      weigh(mac.get(i), 1, expected);
      assertThat(joined.get(i)).as(FILES.get(i)).hasSize(9 + 1792 + 5);
      for (int k = 0; k < expected.size(); k++) {
        assertThat(joined.get(i)[k])
            .as("%s, component %d", FILES.get(i), k)
            .isCloseTo(expected.get(k), offset(1e-6f));
      }
    }
  }

  @Test
  void allNetworksAreOfTheJsonAndOfTheFingerprintTheirNamesAreNot() {
    Concat concat = new Concat(List.of(part(0), part(2)));
    ExtractorSpec spec = spec(tiny, concat, List.of(demo));

    assertThat(ExtractorSpec.parse(spec.toJson())).isEqualTo(spec);
    assertThat(ExtractorSpec.parse(spec.toJson()).toJson()).isEqualTo(spec.toJson());
    assertThat(spec.backbones()).containsExactly(tiny, demo);
    assertThat(spec(tiny, concat, List.of(named(demo, demo.sha256()))).fingerprint())
        .isEqualTo(spec.fingerprint());
    assertThat(spec(tiny, concat, List.of(named(demo, "ab".repeat(32)))).fingerprint())
        .isNotEqualTo(spec.fingerprint());
    assertThat(spec(demo, concat, List.of(tiny)).fingerprint()).isNotEqualTo(spec.fingerprint());
    assertThat(spec(tiny, new Concat(List.of(new Part(1, GEM))), List.of()).toJson())
        .doesNotContain("other-backbones", "taps\":{");
  }

  /** At 96×64 the tiny network's maps are of 24×16 cells, the demonstration's of 3×2. */
  @Test
  void aPartIsHeldAgainstTheMapsOfItsOwnNetworkOnly() {
    List<Scale> scales = List.of(new Scale(96, 64, 1));
    int regions = RegionGrid.of(24, 16, 4).size();
    Aggregation forTiny = new RemapAggregator.Remap(RegionWeights.ones(2, 4, regions));

    assertThatThrownBy(() -> spec(demo, forTiny, scales, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    Part first = new Part(1, forTiny, Optional.of(new TapRange(0, 2)));
    spec(tiny, new Concat(List.of(first, part(2))), scales, List.of(demo));
    assertThatThrownBy(() -> spec(demo, new Concat(List.of(first, part(2))), scales, List.of(tiny)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3x2");
  }

  @Test
  void aPartOfTapsThatAreNotThereAndAFileTooFewAreRefused() {
    assertThatThrownBy(() -> spec(tiny, new Concat(List.of(part(2))), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 taps from number 2 on, and there are 2");
    ExtractorSpec spec = spec(tiny, new Concat(List.of(part(0), part(2))), List.of(demo));
    assertThatThrownBy(() -> open(spec, List.of(TINY)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 backbone files for 2 cards");
    assertThatThrownBy(() -> open(spec, List.of(TINY, TINY)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SHA-256");
  }

  private static Part part(int firstTap) {
    return new Part(1, GEM, Optional.of(new TapRange(firstTap, 2)));
  }

  private static void weigh(float[] descriptor, double weight, List<Float> into) {
    double squares = 0;
    for (float x : descriptor) {
      squares += (double) x * x;
    }
    for (float x : descriptor) {
      into.add((float) (weight * x / Math.sqrt(squares)));
    }
  }

  private static ExtractorSpec spec(
      BackboneCard first, Aggregation aggregation, List<BackboneCard> others) {
    return spec(first, aggregation, List.of(new Scale(128, 96, 1)), others);
  }

  private static ExtractorSpec spec(
      BackboneCard first, Aggregation aggregation, List<Scale> scales, List<BackboneCard> others) {
    return new ExtractorSpec(
        1,
        first,
        aggregation,
        scales,
        2,
        new ImageLimits(1 << 20, 10_000),
        new ScaleCombination.Sum(),
        Optional.empty(),
        others);
  }

  private static BackboneCard named(BackboneCard card, String sha256) {
    return new BackboneCard(
        1,
        "another name",
        card.taps(),
        card.scale(),
        card.shift(),
        card.precision(),
        "another licence",
        "elsewhere",
        sha256);
  }

  private static Path demoFile() {
    return DEMO.resolve("backbone.pt");
  }

  private static Extractor open(ExtractorSpec spec, List<Path> files) {
    return Extractor.open(spec, files, ComputeDevice.cpu(), ExtractorSettings.defaults(1));
  }

  private static List<float[]> extract(ExtractorSpec spec, List<Path> files) throws Exception {
    List<ImageSource> sources = new ArrayList<>();
    for (String file : FILES) {
      sources.add(source(file, () -> resource("/images/" + file)));
    }
    List<float[]> descriptors = new ArrayList<>();
    try (Extractor extractor = open(spec, files)) {
      extractor.extract(
          sources.iterator(), outcome -> descriptors.add(((Described) outcome).descriptor()));
    }
    return descriptors;
  }

  private static BackboneCard card(Path file) {
    try {
      return BackboneCard.parse(Files.readString(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = SeveralNetworksTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }
}
