package dev.remap.jobs.upkeep.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.night.RunsOf;
import dev.remap.jobs.run.RunHistory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DecodeCoresTest {
  private static RunHistory.Run extraction(int minute, long network, long decoding) {
    return RunsOf.run(
        minute,
        "extract",
        9,
        Map.of(
            "ms network", network,
            "ms pooling", 200L,
            "ms writing", 100L,
            "ms waiting for images", 5000L,
            "ms reading images", 500L,
            "ms decoding images", decoding));
  }

  @Test
  void theNewestExtractionTellsHowMuchDecodingANetworkNeeds() {
    RunHistory history =
        new RunHistory(
            List.of(
                extraction(1, 9_700, 1),
                extraction(2, 700, 3_500),
                RunsOf.failed(3, "extract", 15),
                RunsOf.run(4, "extract", 1, Map.of("worked", 0L))));
    assertThat(DecodeCores.of(history)).contains(new DecodeCores(3.5, 4));
  }

  @Test
  void withoutARunThatMeasuredItNothingIsSaid() {
    assertThat(DecodeCores.of(new RunHistory(List.of()))).isEmpty();
    assertThat(DecodeCores.of(new RunHistory(List.of(RunsOf.failed(3, "extract", 15))))).isEmpty();
  }
}
