package dev.remap.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.whitening.Moments;
import dev.remap.core.whitening.TorchEigenSolver;
import dev.remap.core.whitening.Whitening;
import dev.remap.core.whitening.WhiteningOptions;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The extractor that settings describe, with a network whose last layer has five channels. */
class RegionExtractorFilesTest {
  @TempDir private Path folder;

  private final Map<String, String> set = new HashMap<>();

  @BeforeEach
  void backbone() throws IOException {
    Files.copy(
        Path.of("../core/src/test/resources/dev/remap/core/backbone/tiny-card.json"),
        folder.resolve("card.json"));
    set.put("extractor.backbone", folder.toString());
    set.put("extractor.aggregator", "concat");
    set.put(
        "extractor.concat",
        "[{aggregator=dir,levels=2,region-whitening=\""
            + folder.resolve("w.bin")
            + "\",weight=2},"
            + "{aggregator=gem}]");
  }

  private static byte[] whitening(long seed, int channels) {
    SplittableRandom random = new SplittableRandom(seed);
    Moments moments = Moments.full(channels);
    for (int i = 0; i < 50; i++) {
      float[] region = new float[channels];
      for (int c = 0; c < channels; c++) {
        region[c] = (float) random.nextDouble();
      }
      moments.add(region);
    }
    try (TorchEigenSolver solver = new TorchEigenSolver()) {
      return Whitening.fit(moments, new WhiteningOptions(4, 0.5, 1e-10, 0), solver).toBytes();
    }
  }

  private ExtractorSpec spec() {
    return ExtractorFiles.spec(
        Settings.load(null, set),
        Store.openOrCreate(folder.resolve("store").toUri().toString(), new Configuration()));
  }

  @Test
  void anExtractorCarriesTheFilesOfItsPartsAndIsNamedByTheirContent() throws IOException {
    Files.write(folder.resolve("w.bin"), whitening(1, 5));
    ExtractorSpec spec = spec();
    assertThat(spec.dimension()).isEqualTo(4 + 5);
    assertThat(spec().fingerprint()).isEqualTo(spec.fingerprint());

    Files.write(folder.resolve("w.bin"), whitening(2, 5));
    assertThat(spec().fingerprint()).isNotEqualTo(spec.fingerprint());

    Files.delete(folder.resolve("w.bin"));
    assertThat(ExtractorSpec.parse(spec.toJson())).isEqualTo(spec);
    refused("w.bin cannot be read: check extractor.region-whitening");
  }

  @Test
  void aFileForAnotherBackboneOrOfAnotherKindIsRefused() throws IOException {
    Files.write(folder.resolve("w.bin"), whitening(1, 7));
    refused(
        "The settings extractor.* do not fit: extractor.region-whitening is for regions of 7"
            + " channels, and the tap 'last' has 5");

    Files.writeString(folder.resolve("w.bin"), "{}");
    refused("extractor.region-whitening: this is no intact whitening file");
  }

  @Test
  void partsTakeTheSettingsOutsideForWhatTheyDoNotSay() throws IOException {
    Files.write(folder.resolve("w.bin"), whitening(1, 5));
    String three = spec().fingerprint();
    set.put("extractor.levels", "3");
    assertThat(spec().fingerprint()).isEqualTo(three);
    set.put("extractor.gem-p", "4");
    assertThat(spec().fingerprint()).isNotEqualTo(three);
  }

  private void refused(String part) {
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(this::spec)
        .withMessageContaining(part);
  }
}
