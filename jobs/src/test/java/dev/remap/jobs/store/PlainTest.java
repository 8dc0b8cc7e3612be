package dev.remap.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainTest {
  @ParameterizedTest
  @CsvSource({
    "1b, \\u001b",
    "0, \\u0000",
    "7, \\u0007",
    "8, \\b",
    "9, \\t",
    "a, \\n",
    "b, \\u000b",
    "d, \\r",
    "7f, \\u007f",
    "85, \\u0085",
    "9b, \\u009b",
    "9f, \\u009f",
    "202a, \\u202a",
    "202e, \\u202e",
    "2066, \\u2066",
    "2069, \\u2069",
    "2028, \\u2028",
    "2029, \\u2029",
    "d800, \\ud800",
    "dfff, \\udfff",
  })
  void whatSteersATerminalIsShownAsJsonWritesIt(String code, String shown) {
    String text = "a" + (char) Integer.parseInt(code, 16) + "b";

    assertThat(Plain.line(text)).isEqualTo("a" + shown + "b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Müller", "日本", "🦊 👩‍👩‍👧", "عربي עברית", "a\\b 'c' \"d\"", "é", ""})
  void allOtherTextIsLeftAsItIs(String text) {
    assertThat(Plain.line(text)).isEqualTo(text);
    assertThat(Plain.lines(text)).isEqualTo(text);
  }

  @Test
  void onlyValuesAreEscaped() {
    assertThat(Plain.format("\n%s of %,d%n%s", "x\ny", 1234, Path.of("a\u001b")))
        .isEqualTo("\nx\\ny of 1,234" + System.lineSeparator() + "a\\u001b");
  }

  @Test
  void aValueOfSeveralLinesKeepsThoseBetweenThem() {
    assertThat(Plain.format("see:\n  %s", new Plain.Lines(List.of("a\nb", "c"))))
        .isEqualTo("see:\n  a\\nb\n  c");
  }

  @Test
  void whatThereIsOneOfIsNotSaidAsSeveral() {
    assertThat(Plain.format("%d %% of %,d images in %d units", 1, 1, 1))
        .isEqualTo("1 % of 1 image in 1 unit");
    assertThat(Plain.format("%s: %,d entries are in %d shards, %.1f s", "1 units", 1, 2, 1.0))
        .isEqualTo("1 units: 1 entry is in 2 shards, 1.0 s");
    assertThat(Plain.format("%d unitsize, %,d queries", 1, 1L)).isEqualTo("1 unitsize, 1 query");
    assertThat(Plain.format("%,d images were left, %d files have gone", 11, 1))
        .isEqualTo("11 images were left, 1 file has gone");
    assertThat(Plain.format("%,d pairs of %d regions, in %,d tasks", 1, 8, 1))
        .isEqualTo("1 pair of 8 regions, in 1 task");
  }
}
