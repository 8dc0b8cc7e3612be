package dev.remap.core.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackboneCardTest {
  private static final String SHA256 = "0123456789abcdef".repeat(4);
  private static final String JSON =
      """
      {
        "schema-version" : 1,
        "name" : "net",
        "taps" : [ {
          "name" : "last",
          "channels" : 2048,
          "stride" : 32
        } ],
        "scale" : [ 0.017124753, 0.017507004, 0.017429193 ],
        "shift" : [ -2.117904, -2.0357144, -1.8044444 ],
        "precision" : "bf16",
        "licence" : "MIT",
        "source" : "made up",
        "sha256" : "%s"
      }
      """
          .formatted(SHA256);

  @Test
  void cardReadsAndWritesItsJson() {
    BackboneCard card = BackboneCard.parse(JSON);
    assertThat(card)
        .isEqualTo(
            new BackboneCard(
                1,
                "net",
                List.of(new Tap("last", 2048, 32)),
                List.of(0.017124753f, 0.017507004f, 0.017429193f),
                List.of(-2.117904f, -2.0357144f, -1.8044444f),
                "bf16",
                "MIT",
                "made up",
                SHA256));
    assertThat(card.toJson()).isEqualTo(JSON);
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"schema-version\" : 1 | \"schema-version\" : 2 | schema-version is 2, must be 1",
        "\"schema-version\" : 1 | \"schema-version\" : \"1\" | schema-version is \"1\"",
        "\"name\" : \"net\" | \"name\" : \" \" | name is  , must not be blank",
        "\"licence\" | \"license\" | licence is missing, must be a string",
        "2048 | 0 | 0 channels",
        "2048 | 65537 | 1 to 65536 channels",
        "2048 | 2147483647 | 1 to 65536 channels",
        "2048 | 2147483648 | channels is 2147483648, must be a whole number",
        "32 | 1025 | a stride of 1 to 1024",
        "32 | 2147483647 | a stride of 1 to 1024",
        "32 | -1 | a stride of 1 to 1024",
        "32 | 1.5 | stride is 1.5, must be a whole number",
        "-2.117904 | \"a\" | shift is \"a\", must hold numbers",
        "-2.117904, | `` | shift is [-2.0357144, -1.8044444], must be three",
        "0.017507004 | 1e99 | must be three finite numbers",
        "0123456789abcdef0 | 0123456789ABCDEF0 | must be 64 lower-case hex digits",
        "\"bf16\" | 16 | precision is 16, must be a string",
      })
  void wrongFieldIsRefusedByNameAndValue(String part, String wrong, String message) {
    assertThat(JSON).contains(part);
    assertThatThrownBy(() -> BackboneCard.parse(JSON.replaceFirst(part, wrong)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  /** A card that somebody made: whatever numbers it has, the answer comes at once. */
  @Test
  void cardsThatAreTooLargeAreRefusedWithTheirSize() {
    String tap = "{ \"name\" : \"t\", \"channels\" : 2000, \"stride\" : 1 }";
    assertThatThrownBy(() -> BackboneCard.parse(withTaps(tap, 65)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Backbone card: size of taps is 65, must be at most 64");
    assertThatThrownBy(() -> BackboneCard.parse(withTaps(tap, 200_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("size of the document is ");
    assertThatThrownBy(() -> BackboneCard.parse(withTaps(tap, 64)))
        .hasMessageContaining("number of channels of all taps is 128000, must be at most 65536");
    assertThatThrownBy(
            () -> BackboneCard.parse(JSON.replace("\"MIT\"", "\"" + "x".repeat(10_001) + "\"")))
        .hasMessageContaining("size of a text is 10001");
  }

  private static String withTaps(String tap, int count) {
    return JSON.replaceFirst(
        "(?s)\\[ \\{.*?\\} \\]", "[ " + String.join(", ", Collections.nCopies(count, tap)) + " ]");
  }

  @Test
  void textThatIsNoCardIsRefused() {
    assertThatThrownBy(() -> BackboneCard.parse("{\"name\": "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not JSON");
    assertThatThrownBy(() -> BackboneCard.parse("[1]")).hasMessageContaining("must be an object");
    assertThatThrownBy(() -> BackboneCard.parse("")).hasMessageContaining("must be an object");
    assertThatThrownBy(() -> BackboneCard.parse(JSON.replaceFirst("(?s)\\[ \\{.*?\\} \\]", "[ ]")))
        .hasMessageContaining("taps is [], must not be empty");
  }
}
