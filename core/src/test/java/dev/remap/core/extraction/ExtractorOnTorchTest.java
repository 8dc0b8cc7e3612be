package dev.remap.core.extraction;

import static dev.remap.core.extraction.ExtractorTest.assertRejected;
import static dev.remap.core.extraction.Fakes.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.backbone.Backbone;
import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.backbone.ComputeDevice;
import dev.remap.core.backbone.DeviceOutOfMemoryException;
import dev.remap.core.backbone.FeatureMaps;
import dev.remap.core.extraction.Rejected.Kind;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.image.ImageShape;
import dev.remap.core.image.Resize;
import dev.remap.core.image.decode.ImageDecoder;
import dev.remap.core.image.decode.ImageHeader;
import dev.remap.core.pooling.Aggregator;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.pooling.RemapAggregator;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The whole way, from image files through libtorch. */
class ExtractorOnTorchTest {
  private static final List<String> FILES =
      List.of("baseline.jpg", "oriented.jpg", "rgb.png", "oriented.png", "lossy.webp", "cmyk.jpg");
  private static final ImageLimits LIMITS = new ImageLimits(1 << 20, 10_000);

  @Test
  void describesImagesAsOneAfterTheOtherWithoutTheExtractor() throws Exception {
    List<ImageSource> sources = new ArrayList<>();
    for (String file : FILES) {
      sources.add(source(file, () -> resource("/images/" + file)));
    }
    List<Outcome> outcomes = extract(spec(4), sources);
    for (int i = 0; i < FILES.size(); i++) {
      Described described = (Described) outcomes.get(i);
      assertThat(described.descriptor()).as(FILES.get(i)).isEqualTo(expected(FILES.get(i)));
      boolean turned = FILES.get(i).startsWith("oriented");
      assertThat(described.width()).as(FILES.get(i)).isEqualTo(turned ? 70 : 99);
      assertThat(described.height()).as(FILES.get(i)).isEqualTo(turned ? 99 : 70);
    }
  }

  @Test
  void neighboursPositionsAndFailuresChangeNoBit() throws Exception {
    long seed = 11;
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      names.add(i % 4 == 3 ? "no image" : FILES.get(i % FILES.size()));
    }
    Collections.shuffle(names, new Random(seed));
    List<ImageSource> sources =
        names.stream()
            .map(
                name ->
                    source(
                        name,
                        () ->
                            name.equals("no image")
                                ? name.getBytes(StandardCharsets.UTF_8)
                                : resource("/images/" + name)))
            .toList();
    List<Outcome> outcomes = extract(spec(4), sources);
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equals("no image")) {
        assertRejected(outcomes.get(i), "decode", Kind.CONTENT, "");
      } else {
        assertThat(((Described) outcomes.get(i)).descriptor())
            .as("seed %d, %s", seed, names.get(i))
            .isEqualTo(expected(names.get(i)));
      }
    }
  }

  @Test
  void imagesBeyondTheLimitsAreRejectedUnseen() throws Exception {
    ExtractorSpec strict =
        new ExtractorSpec(
            1, card(), spec(4).aggregation(), spec(4).scales(), 4, new ImageLimits(1 << 20, 6_929));
    List<ImageSource> sources = List.of(source("99x70", () -> resource("/images/baseline.jpg")));
    assertRejected(extract(strict, sources).get(0), "decode", Kind.CONTENT, "limit of 6929");
  }

  /** The network asks for more memory than there is when it sees 13 images. */
  @Test
  void onACpuABatchTooLargeFailsTheExtraction() {
    List<ImageSource> sources = List.of(source("any", () -> resource("/images/baseline.jpg")));
    assertThatThrownBy(() -> extract(spec(13), sources))
        .isInstanceOf(DeviceOutOfMemoryException.class);
  }

  @Test
  void aFileThatTheCardDoesNotNameIsRefused() throws Exception {
    Path card = path("tiny-card.json");
    assertThatThrownBy(
            () ->
                Extractor.open(
                    spec(4), List.of(card), ComputeDevice.cpu(), ExtractorSettings.defaults(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("SHA-256");
  }

  private static List<Outcome> extract(ExtractorSpec spec, List<ImageSource> sources)
      throws Exception {
    List<Outcome> outcomes = new ArrayList<>();
    try (Extractor extractor =
        Extractor.open(
            spec, List.of(path("tiny.pt")), ComputeDevice.cpu(), ExtractorSettings.defaults(2))) {
      assertThat(extractor.dimension()).isEqualTo(9);
      extractor.extract(sources.iterator(), outcomes::add);
    }
    return outcomes;
  }

  private static float[] expected(String file) throws Exception {
    byte[] bytes = resource("/images/" + file);
    ImageDecoder decoder = new ImageDecoder(LIMITS);
    ImageHeader header = decoder.header(bytes);
    ExtractorSpec spec = spec(1);
    Aggregator aggregator = spec.aggregation().on(card().taps());
    float[] sum = new float[9];
    try (Backbone backbone = Backbone.load(path("tiny.pt"), card(), ComputeDevice.cpu())) {
      for (Scale scale : spec.scales()) {
        ImageShape shape =
            header.width() >= header.height()
                ? new ImageShape(scale.longSide(), scale.shortSide())
                : new ImageShape(scale.shortSide(), scale.longSide());
        byte[] pixels = Resize.to(decoder.decode(bytes, new ImageShape(48, 36)), shape).pixels();
        float[] raw = new float[9];
        try (FeatureMaps maps = backbone.forward(ByteBuffer.wrap(pixels), 1, shape)) {
          aggregator.aggregate(maps.taps(), 0, raw);
        }
        for (int i = 0; i < 9; i++) {
          sum[i] += scale.weight() * raw[i];
        }
      }
    }
    return sum;
  }

  private static ExtractorSpec spec(int batchSize) {
    return new ExtractorSpec(
        1,
        card(),
        new RemapAggregator.Remap(RegionWeights.ones(2, 2)),
        List.of(new Scale(32, 24, 2f), new Scale(48, 36, 1.4f)),
        batchSize,
        LIMITS);
  }

  private static BackboneCard card() {
    try {
      return BackboneCard.parse(
          new String(resource("/dev/remap/core/backbone/tiny-card.json"), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Path path(String name) throws URISyntaxException {
    return Path.of(
        ExtractorOnTorchTest.class.getResource("/dev/remap/core/backbone/" + name).toURI());
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = ExtractorOnTorchTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }
}
