package dev.remap.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LayoutTest {
  @Test
  void putsEverythingWhereTheDesignHasIt() {
    assertThat(Layout.extractor("x")).isEqualTo("extractors/x");
    assertThat(Layout.whitening("w")).isEqualTo("whitenings/w");
    assertThat(Layout.quantizer("q")).isEqualTo("quantizers/q");
    assertThat(Layout.training("t-001")).isEqualTo("trainings/t-001");
    assertThat(Layout.published("i")).isEqualTo("indexes/i/published");
    assertThat(Layout.run("r")).isEqualTo("runs/r");
  }

  @Test
  void refusesNamesThatAreNoNames() {
    assertThatThrownBy(() -> Layout.extractor("../x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'../x' cannot be a name in a store");
    assertThatThrownBy(() -> Layout.whitening("")).isInstanceOf(IllegalArgumentException.class);
  }
}
