package dev.remap.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LayoutTest {
  @Test
  void putsEverythingWhereTheDesignHasIt() {
    assertThat(Layout.snapshot("s")).isEqualTo("snapshots/s");
    assertThat(Layout.extractor("x")).isEqualTo("extractors/x");
    assertThat(Layout.descriptors("x", "s")).isEqualTo("descriptors/x/s");
    assertThat(Layout.moments("x", "s")).isEqualTo("moments/x/s");
    assertThat(Layout.rejects("x", "s")).isEqualTo("rejects/x/s");
    assertThat(Layout.whitening("w")).isEqualTo("whitenings/w");
    assertThat(Layout.vectors("w", "s")).isEqualTo("vectors/w/s");
    assertThat(Layout.quantizer("q")).isEqualTo("quantizers/q");
    assertThat(Layout.generation("i", "g")).isEqualTo("indexes/i/g");
    assertThat(Layout.published("i")).isEqualTo("indexes/i/published");
    assertThat(Layout.run("r")).isEqualTo("runs/r");
  }

  @Test
  void refusesNamesThatAreNoNames() {
    assertThatThrownBy(() -> Layout.snapshot("../x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'../x' cannot be a name in a store");
    assertThatThrownBy(() -> Layout.descriptors("x", ""))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
