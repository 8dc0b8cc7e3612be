package dev.remap.jobs.upkeep.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.backbone.Tap;
import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.core.extraction.Scale;
import dev.remap.core.extraction.ScaleCombination;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.pooling.GemAggregator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EstimatesTest {
  private static final int BATCH = 8;

  @Test
  void ofAnotherNetworkTheMapsThatWaitAreCounted() {
    // 512 × 384 pixels are 16 × 12 cells of 100 channels, for each image of a batch.
    long waiting = 16L * 12 * 100 * Float.BYTES * BATCH;

    assertThat(Estimates.maps(spec(List.of(card()))))
        .isEqualTo(Estimates.maps(spec(List.of())) + waiting);
  }

  private static BackboneCard card() {
    List<Float> three = List.of(1f, 1f, 1f);
    return new BackboneCard(
        1,
        "network",
        List.of(new Tap("last", 100, 32)),
        three,
        three,
        "float32",
        "none",
        "here",
        "ab".repeat(32));
  }

  private static ExtractorSpec spec(List<BackboneCard> others) {
    return new ExtractorSpec(
        1,
        card(),
        new GemAggregator.Gem(3),
        List.of(new Scale(512, 384, 1)),
        BATCH,
        new ImageLimits(1 << 20, 1 << 20),
        new ScaleCombination.Sum(),
        Optional.empty(),
        others);
  }
}
