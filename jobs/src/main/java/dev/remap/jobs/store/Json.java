package dev.remap.jobs.store;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;

/** The JSON files of a store: the same bytes for the same content, and strict reading. */
public final class Json {
  /** The field that every file has. */
  public static final String SCHEMA_VERSION = "schema-version";

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** For values inside a file, which others follow. */
  private static final ObjectReader PARTS =
      MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final DefaultIndenter INDENTER = new DefaultIndenter("  ", "\n");
  private static final ObjectWriter PRETTY =
      MAPPER.writer(
          new DefaultPrettyPrinter().withObjectIndenter(INDENTER).withArrayIndenter(INDENTER));

  private Json() {}

  /** An empty object of the current schema version. */
  public static ObjectNode versioned() {
    return object().put(SCHEMA_VERSION, Store.SCHEMA_VERSION);
  }

  /** An empty object. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Adds texts as fields. */
  public static void putAll(ObjectNode node, Map<String, String> texts) {
    texts.forEach(node::put);
  }

  /** Adds counts as fields. */
  public static void putCounts(ObjectNode node, Map<String, Long> counts) {
    counts.forEach(node::put);
  }

  /** Indented UTF-8 with a checksum as its last field and a final line feed. */
  public static byte[] bytes(ObjectNode node) {
    ObjectNode open = object();
    open.setAll(node);
    open.put(JsonChecksum.FIELD, JsonChecksum.BLANK);
    try {
      return JsonChecksum.close(
          (PRETTY.writeValueAsString(open) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree can always be written", e);
    }
  }

  /**
   * The header's fields, then a long array, one line an element, never all of it as a tree, and a
   * checksum.
   */
  public static byte[] bytes(ObjectNode header, String array, Iterator<ObjectNode> elements) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = MAPPER.createGenerator(bytes)) {
      out.setPrettyPrinter(new LinePrinter());
      out.writeStartObject();
      for (var field : header.properties()) {
        out.writeFieldName(field.getKey());
        out.writeTree(field.getValue());
      }
      out.writeArrayFieldStart(array);
      while (elements.hasNext()) {
        out.writeTree(elements.next());
      }
      out.writeEndArray();
      out.writeStringField(JsonChecksum.FIELD, JsonChecksum.BLANK);
      out.writeEndObject();
      out.writeRaw("\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return JsonChecksum.close(bytes.toByteArray());
  }

  /**
   * Reads one object, and checks its checksum; files of earlier builds have none.
   *
   * @param where the file it is from, for messages
   */
  public static JsonFields parse(String where, byte[] bytes) {
    try {
      JsonNode node = MAPPER.readTree(bytes);
      if (node instanceof ObjectNode object) {
        return unsealed(where, bytes, object);
      }
      throw StoreException.damaged(where, "it is not a JSON object");
    } catch (IOException e) {
      throw notJson(where, e);
    }
  }

  /** Reads what {@link #bytes(ObjectNode, String, Iterator)} wrote; returns the other fields. */
  public static JsonFields parse(
      String where, byte[] bytes, String array, Consumer<JsonFields> elements) {
    ObjectNode header = object();
    boolean found = false;
    try (JsonParser in = MAPPER.createParser(bytes)) {
      expect(in.nextToken() == JsonToken.START_OBJECT, where, "it is not a JSON object");
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        JsonToken value = in.nextToken();
        if (name.equals(array) && value == JsonToken.START_ARRAY) {
          parseElements(where, in, array, elements);
          found = true;
        } else {
          header.set(name, PARTS.readTree(in));
        }
      }
      expect(in.nextToken() == null, where, "something follows its end");
      expect(found, where, "its field " + array + " is missing");
    } catch (IOException e) {
      throw notJson(where, e);
    }
    return unsealed(where, bytes, header);
  }

  private static JsonFields unsealed(String where, byte[] bytes, ObjectNode object) {
    if (object.remove(JsonChecksum.FIELD) != null) {
      JsonChecksum.check(where, bytes);
    }
    return new JsonFields(where, "", object);
  }

  private static void parseElements(
      String where, JsonParser in, String array, Consumer<JsonFields> elements) throws IOException {
    for (int i = 0; in.nextToken() != JsonToken.END_ARRAY; i++) {
      JsonNode node = PARTS.readTree(in);
      String name = array + "[" + i + "]";
      expect(node instanceof ObjectNode, where, name + " is not an object");
      elements.accept(new JsonFields(where, name + ".", (ObjectNode) node));
    }
  }

  private static void expect(boolean holds, String where, String otherwise) {
    if (!holds) {
      throw StoreException.damaged(where, otherwise);
    }
  }

  private static StoreException notJson(String where, IOException cause) {
    String problem =
        cause instanceof JsonProcessingException json ? json.getOriginalMessage() : "unreadable";
    return StoreException.damaged(where, "it is not JSON: " + problem, cause);
  }

  /** One array element a line, everything else as it comes. */
  private static final class LinePrinter extends MinimalPrettyPrinter {
    private static final long serialVersionUID = 1L;

    @Override
    public void beforeArrayValues(JsonGenerator out) throws IOException {
      out.writeRaw('\n');
    }

    @Override
    public void writeArrayValueSeparator(JsonGenerator out) throws IOException {
      out.writeRaw(",\n");
    }
  }
}
