package dev.remap.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void readsWhatIsThere() {
    JsonFields fields =
        parse(
            "{\"n\":9223372036854775807,\"t\":\"x\",\"o\":{\"a\":\"b\"},\"c\":{\"k\":3},"
                + "\"at\":\"2026-11-22T01:02:03Z\"}");

    assertThat(fields.integer("n", 0, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    assertThat(fields.text("t")).isEqualTo("x");
    assertThat(fields.texts("o")).isEqualTo(Map.of("a", "b"));
    assertThat(fields.counts("c")).isEqualTo(Map.of("k", 3L));
    assertThat(fields.instant("at")).hasToString("2026-11-22T01:02:03Z");
    assertThat(fields.optionalText("none")).isEmpty();
    fields.end();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "{", "[]", "3", "{\"a\":1}x", "{\"a\":1,\"a\":2}", "{\"a\":}", "\0"})
  void refusesWhatIsNotOneObject(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("file is damaged");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{};n is missing",
        "{\"n\":\"1\"};n is \"1\"",
        "{\"n\":1.0};n is 1.0",
        "{\"n\":null};n is null",
        "{\"n\":-1};n is -1",
        "{\"n\":101};n is 101",
        "{\"n\":99999999999999999999};n is 99999999999999999999",
      })
  void namesTheFieldThatIsNoFittingNumber(String text, String expected) {
    assertThatThrownBy(() -> parse(text).integer("n", 0, 100))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("its field " + expected);
  }

  @Test
  void namesNestedFieldsInFull() {
    assertThatThrownBy(() -> parse("{\"o\":{\"a\":1}}").texts("o"))
        .hasMessageContaining("its field o.a is 1");
    assertThatThrownBy(() -> parse("{\"o\":[]}").object("o"))
        .hasMessageContaining("its field o is [], not an object");
    assertThatThrownBy(() -> parse("{\"at\":\"noon\"}").instant("at"))
        .hasMessageContaining("its field at is not a time");
  }

  @Test
  void refusesFieldsThatNobodyAskedFor() {
    JsonFields fields = parse("{\"a\":\"x\",\"b\":1}");
    fields.text("a");

    assertThatThrownBy(fields::end).hasMessageContaining("its field b is not known");
  }

  @Test
  void keepsLongMessagesShort() {
    String text = "{\"n\":\"" + "x".repeat(10_000) + "\"}";

    assertThatThrownBy(() -> parse(text).integer("n", 0, 1))
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(300));
  }

  @Test
  void writesLongArraysByTheLineAndReadsThemBack() {
    byte[] bytes =
        Json.bytes(
            Json.versioned().put("of", "numbers"),
            "list",
            List.of(Json.object().put("n", 1), Json.object().put("n", 2)).iterator());

    assertThat(new String(bytes, StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"schema-version\":1,\"of\":\"numbers\",\"list\":[\n{\"n\":1},\n{\"n\":2}],"
                + "\"checksum\":\"5cefbd5bcd6a668a\"}\n");
    List<Long> numbers = new ArrayList<>();
    JsonFields header =
        Json.parse("file", bytes, "list", fields -> numbers.add(fields.integer("n", 0, 9)));
    assertThat(numbers).containsExactly(1L, 2L);
    assertThat(header.text("of")).isEqualTo("numbers");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"list\":{}}",
        "{\"list\":[{\"n\":1}",
        "{\"list\":[{\"n\":1},3]}",
        "{\"list\":[]}{}",
        "{\"list\":[],\"list\":[]}"
      })
  void refusesDamagedLongArrays(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> Json.parse("file", bytes, "list", fields -> {}))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("file is damaged");
  }

  @Test
  void noticesEveryChangedByteWhereverItStands() {
    byte[] bytes = Json.bytes(Json.versioned().put("unused", "by anybody").put("n", 10));
    for (int at = 0; at < bytes.length; at++) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 1;

      assertThatThrownBy(() -> Json.parse("file", damaged).end())
          .as("byte %d", at)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("file is damaged");
    }
    Json.parse("file", bytes).text("unused");
  }

  @Test
  void readsFilesOfBuildsThatWroteNoChecksum() {
    JsonFields fields = parse("{\"a\":\"x\"}");

    assertThat(fields.text("a")).isEqualTo("x");
    fields.end();
  }

  private static JsonFields parse(String text) {
    return Json.parse("file", text.getBytes(StandardCharsets.UTF_8));
  }
}
