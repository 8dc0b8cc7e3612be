package dev.remap.core.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.json.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScaleCombinationTest {
  private static final String FIXTURE = "/dev/remap/core/pooling/poolings.json";

  static Stream<ScaleCombination> all() {
    return Stream.of("sum", "gem", "max").map(name -> ScaleCombination.of(name, 2.5f));
  }

  private static float[] combine(ScaleCombination combination, float[]... raw) {
    ScaleCombination.Combined combined = combination.start(raw[0].length);
    for (int i = 0; i < raw.length; i++) {
      combined.add(new Scale(8 << i, 6 << i, 1 + i), raw[i]);
    }
    return combined.descriptor();
  }

  private static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).floatValue();
    }
    return values;
  }

  /** What bin/make-pooling-fixture computed by numpy. */
  @ParameterizedTest
  @CsvSource({"gem", "max"})
  void combinedDescriptorsAreThoseOfAnIndependentComputation(String name) throws IOException {
    try (InputStream in = ScaleCombinationTest.class.getResourceAsStream(FIXTURE)) {
      JsonNode scales = new ObjectMapper().readTree(in).get("scales");
      float[][] raw = new float[scales.get("raw").size()][];
      for (int i = 0; i < raw.length; i++) {
        raw[i] = floats(scales.get("raw").get(i));
      }
      float[] found = combine(ScaleCombination.of(name, 2.5f), raw);
      float[] expected = floats(scales.get(name));
      assertThat(raw).hasDimensions(3, expected.length);
      for (int i = 0; i < expected.length; i++) {
        assertThat(found[i]).isCloseTo(expected[i], within(expected[i] * 1e-5f));
      }
    }
  }

  @Test
  void whitenedScalesAreThoseOfAnIndependentComputation() throws IOException {
    try (InputStream in = ScaleCombinationTest.class.getResourceAsStream(FIXTURE)) {
      JsonNode scales = new ObjectMapper().readTree(in).get("scales");
      WhitenedSum combination =
          WhitenedSum.parse(Base64.getDecoder().decode(scales.get("whitening").textValue()));
      float[] expected = floats(scales.get("whitened-sum"));
      int inputs = scales.get("raw").get(0).size();
      assertThat(combination.dimension(inputs)).isEqualTo(expected.length).isLessThan(inputs);
      float[][] raw = new float[3][];
      for (int i = 0; i < raw.length; i++) {
        raw[i] = floats(scales.get("raw").get(i));
      }
      float[] found = combine(combination, raw);
      for (int i = 0; i < expected.length; i++) {
        assertThat(found[i]).isCloseTo(expected[i], within(1e-5f));
      }
      float[] none = combine(combination, new float[inputs], new float[inputs]);
      assertThat(none).containsOnly(0f).hasSize(expected.length);
      raw[1][0] = Float.NaN;
      assertThat(combine(combination, raw)).containsOnly(Float.NaN);
      assertThatThrownBy(() -> combination.dimension(inputs + 1))
          .hasMessageContaining("is for descriptors of " + inputs + " components")
          .hasMessageContaining("those of a scale have " + (inputs + 1));
      ObjectNode node = new ObjectMapper().createObjectNode();
      combination.write(node);
      StrictJson json = StrictJson.read("extractor", node.toString(), 1 << 20);
      assertThat(ScaleCombination.read(json)).isEqualTo(combination);
      assertThat(combination.canonical(new Scale(8, 6, 2f)).weight()).isEqualTo(2f);
    }
    assertThatThrownBy(() -> WhitenedSum.parse(new byte[] {1, 2, 3}))
        .hasMessageContaining("extractor.scale-whitening: ");
  }

  @Test
  void theSumIsOfTheRawDescriptorsByWeight() {
    float[] found = combine(new ScaleCombination.Sum(), new float[] {1, -2}, new float[] {0.5f, 3});

    assertThat(found).containsExactly(2, 4);
  }

  @Test
  void theLargestComponentMayBeNegative() {
    float[] found = combine(new ScaleCombination.Max(), new float[] {-3, 4}, new float[] {-1, 0});

    double norm = Math.hypot(0.6, 0.8);
    assertThat(found[0]).isCloseTo((float) (-0.6 / norm), within(1e-6f));
    assertThat(found[1]).isCloseTo((float) (0.8 / norm), within(1e-6f));
  }

  @ParameterizedTest
  @MethodSource("all")
  void zerosStayZerosAndOneScaleOfThemDoesNoHarm(ScaleCombination combination) {
    assertThat(combine(combination, new float[3], new float[3])).containsExactly(0, 0, 0);
    float[] one = combine(combination, new float[3], new float[] {0, 3, 4});
    assertThat(one[1] / one[2]).isCloseTo(0.75f, within(1e-6f));
    assertThat(one[0]).isZero();
  }

  @ParameterizedTest
  @MethodSource("all")
  void whatIsNotFiniteAtOneScaleIsNotHidden(ScaleCombination combination) {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      for (List<float[]> raw :
          List.of(
              List.of(new float[] {1, bad, 0}, new float[] {0, 3, 4}),
              List.of(new float[] {0, 3, 4}, new float[] {1, bad, 0}))) {
        assertThat(combine(combination, raw.get(0), raw.get(1))[1])
            .as("%s with %s", combination, bad)
            .satisfiesAnyOf(x -> assertThat(x).isNaN(), x -> assertThat(x).isInfinite());
      }
    }
  }

  @Test
  void theGeneralisedMeanRefusesNegativeComponents() {
    assertThatThrownBy(
            () -> combine(new ScaleCombination.Gem(3), new float[] {1, -0.25f}, new float[2]))
        .hasMessage(
            "component 1 of a descriptor at scale 8x6 is -0.25, but extractor.scale-combination ="
                + " gem takes none that is negative: choose sum or max");
    assertThat(combine(new ScaleCombination.Gem(3), new float[] {1, -0.0f})).containsExactly(1, 0);
  }

  @Test
  void namesAndExponentsThatAreNoneAreRefused() {
    assertThatThrownBy(() -> ScaleCombination.of("mean", 3))
        .hasMessage("scale-combination is 'mean': it must be sum, gem, max or whitened-sum");
    for (float p : new float[] {0.5f, 101, Float.NaN}) {
      assertThatThrownBy(() -> ScaleCombination.of("gem", p)).hasMessageContaining("is " + p);
    }
  }
}
