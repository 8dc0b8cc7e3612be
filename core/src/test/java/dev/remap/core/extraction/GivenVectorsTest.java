package dev.remap.core.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.remap.core.backbone.ComputeDevice;
import dev.remap.core.image.ImageException;
import dev.remap.core.whitening.Metric;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GivenVectorsTest {
  private static final ExtractorSpec SPEC = ExtractorSpec.given("clip", 3, Metric.COSINE);

  private static final ExtractorSpec BY_L2 = ExtractorSpec.given("clip", 3, Metric.L2);

  /** What a source gives, or throws. */
  private interface Bytes {
    byte[] read() throws IOException, ImageException;
  }

  private record Source(String imageId, Bytes bytes) implements ImageSource {
    @Override
    public byte[] read() throws IOException, ImageException {
      return bytes.read();
    }
  }

  private static Source of(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return new Source("v", bytes::array);
  }

  private static List<Outcome> extract(Source... sources) throws InterruptedException {
    return extract(SPEC, sources);
  }

  private static List<Outcome> extract(ExtractorSpec spec, Source... sources)
      throws InterruptedException {
    List<Outcome> outcomes = new ArrayList<>();
    try (Extractor extractor =
        Extractor.open(spec, List.of(), ComputeDevice.cpu(), ExtractorSettings.defaults(1))) {
      extractor.extract(List.of(sources).iterator(), outcomes::add);
    }
    return outcomes;
  }

  private static String reason(Source source) throws InterruptedException {
    Rejected rejected = (Rejected) extract(source).get(0);
    assertThat(rejected.kind()).isEqualTo(Rejected.Kind.CONTENT);
    return rejected.reason();
  }

  @Test
  void vectorsAreBroughtToLengthOneInTheirOrder() throws Exception {
    List<Outcome> outcomes = extract(of(3, 0, -4), of(0, 1e-30f, 0), of(1e30f, 1e30f, 0));

    assertThat(((Described) outcomes.get(0)).descriptor()).containsExactly(0.6f, 0, -0.8f);
    assertThat(((Described) outcomes.get(1)).descriptor()).containsExactly(0, 1, 0);
    assertThat(((Described) outcomes.get(2)).descriptor()[1]).isCloseTo(0.70710677f, within(1e-7f));
    assertThat(outcomes).extracting(Outcome::index).containsExactly(0, 1, 2);
  }

  @Test
  void whatIsNoVectorOfTheDimensionIsRejectedForGood() throws Exception {
    assertThat(reason(of(1, 2))).contains("2 components").contains("embeddings.dimension is 3");
    assertThat(reason(of())).contains("0 components");
    assertThat(reason(of(1, Float.NaN, 2))).contains("NaN or infinite");
    assertThat(reason(of(1, Float.NEGATIVE_INFINITY, 2))).contains("NaN or infinite");
    assertThat(reason(of(0, -0f, 0))).contains("zeros only");
  }

  @Test
  void vectorsThatAreComparedByL2StayAsTheyAre() throws Exception {
    List<Outcome> outcomes =
        extract(
            BY_L2,
            of(3, 0, -4),
            of(0, 0, 0),
            of(1e9f, 1e-30f, 0),
            of(2e9f, 0, 0),
            of(1, Float.NaN, 0));

    assertThat(((Described) outcomes.get(0)).descriptor()).containsExactly(3, 0, -4);
    assertThat(((Described) outcomes.get(1)).descriptor()).containsExactly(0, 0, 0);
    assertThat(((Described) outcomes.get(2)).descriptor()).containsExactly(1e9f, 1e-30f, 0);
    assertThat(((Rejected) outcomes.get(3)).reason()).contains("a component of 2.0E9: at most 10⁹");
    assertThat(((Rejected) outcomes.get(4)).reason()).contains("NaN or infinite");
  }

  @Test
  void whatCannotBeReadNowIsTriedAgainLater() throws Exception {
    Source gone =
        new Source(
            "v",
            () -> {
              throw new IOException("away");
            });

    assertThat(extract(gone, of(1, 0, 0)))
        .satisfiesExactly(
            first -> assertThat(((Rejected) first).kind()).isEqualTo(Rejected.Kind.ACCESS),
            second -> assertThat(second).isInstanceOf(Described.class));
  }

  @Test
  void anotherModelOrDimensionIsAnotherExtractor() {
    assertThat(SPEC.fingerprint())
        .isNotEqualTo(ExtractorSpec.given("dino", 3, Metric.COSINE).fingerprint())
        .isNotEqualTo(ExtractorSpec.given("clip", 4, Metric.COSINE).fingerprint())
        .isNotEqualTo(BY_L2.fingerprint());
    assertThat(ExtractorSpec.parse(BY_L2.toJson())).isEqualTo(BY_L2);
    assertThat(ExtractorSpec.parse(SPEC.toJson())).isEqualTo(SPEC);
    assertThat(SPEC.isGiven()).isTrue();
    assertThat(SPEC.dimension()).isEqualTo(3);
  }
}
