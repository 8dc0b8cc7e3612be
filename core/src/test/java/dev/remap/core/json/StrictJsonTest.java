package dev.remap.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StrictJsonTest {
  /** The library's own bound for one text is 20,000,000 characters. */
  @Test
  void oneTextMayBeAsLongAsTheDocument() {
    String text = "A".repeat(20_000_001);
    String json = "{\"file\":\"" + text + "\"}";
    assertThat(StrictJson.read("extractor", json, json.length()).text("file")).hasSameSizeAs(text);
    assertThatThrownBy(() -> StrictJson.read("extractor", json, json.length() - 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("extractor: size of the document is 20000012, must be at most 20000011");
  }
}
