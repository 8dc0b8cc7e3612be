package dev.remap.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsoleTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Console console =
      new Console(new PrintStream(bytes, false, StandardCharsets.UTF_8));

  private String said() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void numbersAreWrittenTheSameInEveryCountry() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      console.say("%,d images, %.1f %%", 1_234_567, 99.5);
    } finally {
      Locale.setDefault(before);
    }

    assertThat(said()).isEqualTo("1,234,567 images, 99.5 %" + System.lineSeparator());
  }

  @Test
  void aTableAlignsTextLeftAndNumbersRight() {
    console.table(
        List.of(
            List.of("name", "rows", "bytes", "score"),
            List.of("a longer name", "7", "12.3 MB", "–"),
            List.of("b", "1,024", "9 B", "0.917")));

    assertThat(said().lines())
        .containsExactly(
            "  name            rows    bytes  score",
            "  ─────────────  ─────  ───────  ─────",
            "  a longer name      7  12.3 MB      –",
            "  b              1,024      9 B  0.917");
  }

  @Test
  void aColumnWithAnEmptyCellMayBeOneOfNumbers() {
    console.table(List.of(List.of("x", "rows"), List.of("a", ""), List.of("b", "10")));

    assertThat(said().lines()).endsWith("  a", "  b    10");
  }

  @Test
  void aTableWithoutRowsIsItsHeader() {
    console.table(List.of(List.of("only", "header")));

    assertThat(said().lines()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "1000, 1.0 kB",
    "1499, 1.5 kB",
    "999949, 999.9 kB",
    "12345678, 12.3 MB",
    "8000000000, 8.0 GB",
    "9223372036854775807, 9223.4 PB"
  })
  void bytesAreInWords(long bytes, String words) {
    assertThat(Console.bytes(bytes)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.0 s",
    "0.04, 0.0 s",
    "9.94, 9.9 s",
    "9.96, 10 s",
    "59.4, 59 s",
    "59.6, 1 min 0 s",
    "200, 3 min 20 s",
    "3599.6, 1 h 0 min",
    "18720, 5 h 12 min"
  })
  void secondsAreInWords(double seconds, String words) {
    assertThat(Console.seconds(seconds)).isEqualTo(words);
  }
}
