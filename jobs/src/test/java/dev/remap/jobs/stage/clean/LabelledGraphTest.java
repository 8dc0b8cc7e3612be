package dev.remap.jobs.stage.clean;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.remap.jobs.config.InputException;
import org.junit.jupiter.api.Test;

class LabelledGraphTest {
  @Test
  void moreNeighboursThanTheDriverTakesInAreRefused() {
    LabelledGraph.requireFewer(50_000_000);
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> LabelledGraph.requireFewer(50_000_001))
        .withMessageContaining("more than 50,000,000 neighbours in their own groups");
  }
}
