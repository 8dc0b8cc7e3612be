package dev.remap.jobs.catalogue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One object of JSON: its values by name, those of objects inside it behind a dot. */
final class JsonRow {
  private static final JsonFactory JSON =
      new JsonFactoryBuilder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Map<String, Value> values = new LinkedHashMap<>();

  private record Value(JsonToken kind, String text) {}

  private JsonRow() {}

  /**
   * Reads it.
   *
   * @throws IOException if the text is anything else
   */
  static JsonRow of(String text) throws IOException {
    if (text.strip().startsWith("[")) {
      throw new IOException(
          "it begins a list, where each line must be one object (jq -c '.[]' writes such lines)");
    }
    JsonRow row = new JsonRow();
    try (JsonParser parser = JSON.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("it is no JSON object");
      }
      row.object(parser, "");
      if (parser.nextToken() != null) {
        throw new IOException("it has more than one object");
      }
      return row;
    } catch (JsonProcessingException e) {
      throw new IOException(
          e.getLocation().getCharOffset() >= text.stripTrailing().length()
              ? "its object does not end there, where each line must be a whole one (jq -c . writes"
                  + " such lines)"
              : "it is no JSON object: " + e.getOriginalMessage(),
          e);
    }
  }

  private void object(JsonParser parser, String above) throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = above + parser.currentName();
      JsonToken kind = parser.nextToken();
      if (kind == JsonToken.START_OBJECT) {
        object(parser, name + ".");
        continue;
      }
      String text = kind.isScalarValue() ? parser.getText() : "";
      parser.skipChildren();
      if (values.put(name, new Value(kind, text)) != null) {
        throw new IOException("it has two values called " + name);
      }
    }
  }

  List<String> names() {
    return List.copyOf(values.keySet());
  }

  /** A text, or a whole number as it is written; null where there is none. */
  String id(String name) throws IOException {
    return of(name, "a text or a whole number", JsonToken.VALUE_STRING, JsonToken.VALUE_NUMBER_INT);
  }

  /** A text; null where there is none. */
  String text(String name) throws IOException {
    return of(name, "a text", JsonToken.VALUE_STRING);
  }

  /** A text, or a number as it is written; null where there is none. */
  String version(String name) throws IOException {
    return of(
        name,
        "a text or a number",
        JsonToken.VALUE_STRING,
        JsonToken.VALUE_NUMBER_INT,
        JsonToken.VALUE_NUMBER_FLOAT);
  }

  private String of(String name, String wanted, JsonToken... kinds) throws IOException {
    Value value = values.get(name);
    if (value.kind == JsonToken.VALUE_NULL) {
      return null;
    }
    if (!List.of(kinds).contains(value.kind)) {
      throw new IOException("its " + name + " must be " + wanted + shown(value));
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(value.text)) {
      throw new IOException("its " + name + " has half a character (an unpaired surrogate)");
    }
    return value.text;
  }

  private static String shown(Value value) {
    return value.kind.isScalarValue() && !value.text.isEmpty() ? ", and is " + value.text : "";
  }
}
