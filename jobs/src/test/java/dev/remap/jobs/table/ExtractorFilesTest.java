package dev.remap.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.extraction.ScaleCombination;
import dev.remap.core.pooling.AggregationKind;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * From settings to the extractor, with the demonstration's backbone, whose last layer is the first
 * tap.
 */
class ExtractorFilesTest {
  private static final String SCALES =
      "[{long-side=512,short-side=384,weight=W},{long-side=256,short-side=192,weight=1}]";

  @TempDir private Path folder;

  private ExtractorSpec spec(String... pairs) {
    Map<String, String> set = new LinkedHashMap<>();
    set.put("extractor.backbone", "../conf/backbones/mobilenet_v2_140_nsfwjs");
    for (int i = 0; i < pairs.length; i += 2) {
      set.put("extractor." + pairs[i], pairs[i + 1]);
    }
    return ExtractorFiles.spec(
        Settings.load(null, set),
        Store.openOrCreate(folder.resolve("store").toUri().toString(), new Configuration()));
  }

  private String file(String field, int values) throws IOException {
    String numbers = String.join(",", Collections.nCopies(values, "2.5"));
    Path file = folder.resolve(field + values + ".json");
    return Files.writeString(file, "{\"" + field + "\": [" + numbers + "]}").toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mac", "spoc", "crow", "scda", "gem", "gem-plus", "hew"})
  void aPoolingOfTheWholeMapIsMadeOfItsDefaults(String name) {
    ExtractorSpec spec = spec("aggregator", name);

    assertThat(spec.aggregation().kind()).isSameAs(AggregationKind.of(name));
    assertThat(spec.dimension())
        .isEqualTo((name.equals("scda") ? 2 : 1) * spec.backbone().taps().get(0).channels());
    assertThat(ExtractorSpec.parse(spec.toJson())).isEqualTo(spec);
  }

  @ParameterizedTest
  @CsvSource({
    "512, 384, 1, 2",
    "224, 168, 2, 8",
    "320, 240, 1, 4",
    "1024, 768, 1, 1",
    "128, 96, 8, 8",
  })
  void aBatchOfANetworkInBf16HasMoreImages(int longSide, int shortSide, int f32, int bf16)
      throws IOException {
    String scales = "[{long-side=%d,short-side=%d,weight=1}]".formatted(longSide, shortSide);
    Path given = Path.of("../conf/backbones/mobilenet_v2_140_nsfwjs");
    Path other = Files.createDirectories(folder.resolve("bf16"));
    Files.copy(given.resolve("backbone.pt"), other.resolve("backbone.pt"));
    Files.writeString(
        other.resolve("card.json"),
        Files.readString(given.resolve("card.json"))
            .replaceFirst("(\"precision\"\\s*:\\s*)\"float32\"", "$1\"bf16\""));

    assertThat(spec("scales", scales).batchSize()).isEqualTo(f32);
    assertThat(spec("scales", scales, "backbone", other.toString()).batchSize()).isEqualTo(bf16);
    assertThat(spec("scales", scales, "backbone", other.toString(), "batch-size", "3").batchSize())
        .isEqualTo(3);
  }

  @Test
  void everySettingOfADescriptorIsInItsFingerprint() throws IOException {
    int channels = spec().backbone().taps().get(0).channels();
    Set<String> fingerprints = new HashSet<>();
    for (ExtractorSpec spec :
        new ExtractorSpec[] {
          spec(),
          spec("scale-combination", "max"),
          spec("scale-combination", "gem"),
          spec("scale-combination", "gem", "scale-gem-p", "4"),
          spec("aggregator", "spoc"),
          spec("aggregator", "spoc", "spoc-prior", "center"),
          spec("aggregator", "gem"),
          spec("aggregator", "gem", "gem-p-file", file("p", channels)),
          spec("aggregator", "hew"),
          spec("aggregator", "hew", "hew-mean-file", file("mean", channels)),
        }) {
      assertThat(fingerprints.add(spec.fingerprint()))
          .as(spec.aggregation().kind().name())
          .isTrue();
      assertThat(ExtractorSpec.parse(spec.toJson()).fingerprint()).isEqualTo(spec.fingerprint());
    }
  }

  @Test
  void scalesAreSummedUnlessTheSettingsSayOtherwise() {
    assertThat(spec().scaleCombination()).isEqualTo(new ScaleCombination.Sum());
    assertThat(spec().toJson()).doesNotContain("scale-combination");
    assertThat(spec("scale-combination", "gem", "scale-gem-p", "4").scaleCombination())
        .isEqualTo(new ScaleCombination.Gem(4));
  }

  @Test
  void aWhiteningOfScalesIsNeededAndMustFit() {
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> spec("scale-combination", "whitened-sum"))
        .withMessageContaining("extractor.scale-whitening names no file: give one, or take sum");
    String other = "../core/src/test/resources/dev/remap/core/whitening/lw.npz";
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> spec("scale-combination", "whitened-sum", "scale-whitening", other))
        .withMessageContaining("extractor.scale-whitening is for descriptors of ")
        .withMessageContaining("and those of a scale have 3136");
  }

  /** In a file they may stand: then they must not make another extractor. */
  @Test
  void weightsThatDoNotCountMakeNoOtherExtractor() {
    String one = SCALES.replace("W", "1");
    String two = SCALES.replace("W", "2");

    assertThat(spec("scale-combination", "max", "scales", one))
        .isEqualTo(spec("scale-combination", "max", "scales", two));
    assertThat(spec("scales", one)).isNotEqualTo(spec("scales", two));
  }

  @ParameterizedTest
  @CsvSource({
    "gem, gem-p-file, p, 'Exponents of gem: there are 3 of them, but tap'",
    "hew, hew-mean-file, mean, 'Mean of hew: it has 3 values, but tap'",
  })
  void aFileForAnotherLayerIsRefused(String aggregator, String key, String field, String part)
      throws IOException {
    String file = file(field, 3);
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> spec("aggregator", aggregator, key, file))
        .withMessageContaining(part)
        .withMessageContaining("has 1792 channels");
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> spec("aggregator", aggregator, key, folder + "/none.json"))
        .withMessageContaining("none.json cannot be read: check")
        .withMessageContaining(key);
  }
}
