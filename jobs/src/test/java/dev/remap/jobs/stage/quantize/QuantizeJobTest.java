package dev.remap.jobs.stage.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.table.Quantizers.Place;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuantizeJobTest {
  private static Settings settings(String key, String value) {
    return Settings.load(null, Map.of(key, value));
  }

  @Test
  void theDriverTrainsOnWhatItMayHoldAndTasksOnMore() {
    Settings settings = settings("quantizer.driver-sample", "1M");

    IndexSpec spec = IndexSpec.parse("IVF64,PQ16np");
    assertThat(Quantizers.place(settings, spec, 2048, 128)).isEqualTo(Place.DRIVER);
    assertThat(Quantizers.place(settings, spec, 2049, 128)).isEqualTo(Place.TASKS);
    Settings all = settings("quantizer.driver-sample", "64G");
    assertThat(Quantizers.place(all, spec, 1 << 24, 128))
        .as("more than an array holds")
        .isEqualTo(Place.TASKS);
    IndexSpec most = IndexSpec.parse("IVF16383,PQ16np");
    IndexSpec many = IndexSpec.parse("IVF16384,PQ16np");
    assertThat(Quantizers.place(all, most, 1 << 20, 128)).isEqualTo(Place.DRIVER);
    assertThat(Quantizers.place(all, many, 1 << 20, 128))
        .as("the driver would make no pass over all")
        .isEqualTo(Place.TASKS);
  }

  @Test
  void aListHasThirtyTwoTrainingVectorsWhateverTheirMostWhereThereAreAsMany() {
    Settings settings = settings("quantizer.max-points", "1000000");
    IndexSpec many = IndexSpec.parse("IVF1048576,PQ16np");

    assertThat(Quantizers.trainingVectors(settings, many, 1L << 40)).isEqualTo(32 << 20);
    assertThat(Quantizers.trainingVectors(settings, many, 2_000_000)).isEqualTo(2_000_000);
    assertThat(Quantizers.trainingVectors(settings, IndexSpec.parse("IVF16384,PQ16np"), 1L << 40))
        .isEqualTo(1_000_000);
    assertThat(Quantizers.trainingVectors(settings, IndexSpec.parse("IVF16,PQ16np"), 1L << 40))
        .isEqualTo(65_536);
  }

  @Test
  void moreCentroidsThanOneArrayHoldsAreRefused() {
    IndexSpec most = IndexSpec.parse("IVF16777216,PQ8np");

    assertThatCode(() -> QuantizeJob.requireArray(most, 127)).doesNotThrowAnyException();
    assertThatThrownBy(() -> QuantizeJob.requireArray(most, 128))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("has centroids of 2,147,483,648 numbers over 128 dimensions")
        .hasMessageContaining("use fewer lists");
    assertThatCode(
            () -> QuantizeJob.requireArray(IndexSpec.parse("OPQ8_64,IVF16777216,PQ8np"), 128))
        .doesNotThrowAnyException();
  }
}
