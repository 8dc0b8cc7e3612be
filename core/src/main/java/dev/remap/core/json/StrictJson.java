package dev.remap.core.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * An object of a JSON document, read field by field. Whatever is missing, of another type or out of
 * range is an {@link IllegalArgumentException} that names the document, the field, its value and
 * what it must be.
 */
public final class StrictJson {
  // Whoever reads says how long a document may be: one text of it may be as long.
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
              .build());

  private final String document;
  private final JsonNode node;

  private StrictJson(String document, JsonNode node) {
    this.document = document;
    this.node = node;
  }

  /**
   * Reads a document, which must be an object.
   *
   * @param document what to call it
   * @param longest characters that it may have
   */
  public static StrictJson read(String document, String text, int longest) {
    if (text.length() > longest) {
      throw problem(document, "size of the document", text.length(), "must be at most " + longest);
    }
    try {
      JsonNode node = MAPPER.readTree(text);
      if (!node.isObject()) {
        throw problem(document, "the document", node.getNodeType(), "must be an object");
      }
      return new StrictJson(document, node);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s is not JSON: %s at %s".formatted(document, e.getOriginalMessage(), e.getLocation()),
          e);
    }
  }

  /** Whether there is such a field, of whatever type. */
  public boolean has(String name) {
    return node.has(name);
  }

  /** A field that is an object. */
  public StrictJson object(String name) {
    return new StrictJson(document, field(name, JsonNode::isObject, "an object"));
  }

  /** A field that is an array of objects. */
  public List<StrictJson> objects(String name) {
    List<StrictJson> objects = new ArrayList<>();
    for (JsonNode element : array(name)) {
      if (!element.isObject()) {
        throw problem(name, element, "must hold objects");
      }
      objects.add(new StrictJson(document, element));
    }
    return objects;
  }

  public String text(String name) {
    return field(name, JsonNode::isTextual, "a string").textValue();
  }

  public int integer(String name) {
    return field(name, JsonNode::isInt, "a whole number").intValue();
  }

  /** A whole number of 64 bits. */
  public long whole(String name) {
    return field(name, n -> n.isIntegralNumber() && n.canConvertToLong(), "a whole number")
        .longValue();
  }

  public float number(String name) {
    return field(name, JsonNode::isNumber, "a number").floatValue();
  }

  /** A field that is an array of numbers. */
  public List<Float> numbers(String name) {
    return numbers(name, array(name));
  }

  /** A field that is an array of arrays of numbers. */
  public List<List<Float>> rows(String name) {
    List<List<Float>> rows = new ArrayList<>();
    for (JsonNode row : array(name)) {
      if (!row.isArray()) {
        throw problem(name, row, "must be an array of arrays");
      }
      rows.add(numbers(name, row));
    }
    return rows;
  }

  /** To be thrown for a field whose value is none that it may have. */
  public IllegalArgumentException problem(String field, Object value, String rule) {
    return problem(document, field, value, rule);
  }

  /** The object as it was read. */
  @Override
  public String toString() {
    return node.toString();
  }

  private List<Float> numbers(String name, JsonNode row) {
    List<Float> numbers = new ArrayList<>();
    for (JsonNode number : row) {
      if (!number.isNumber()) {
        throw problem(name, number, "must hold numbers");
      }
      numbers.add(number.floatValue());
    }
    return numbers;
  }

  private JsonNode array(String name) {
    return field(name, JsonNode::isArray, "an array");
  }

  private JsonNode field(String name, Predicate<JsonNode> is, String type) {
    JsonNode field = node.path(name);
    if (!is.test(field)) {
      throw problem(name, field.isMissingNode() ? "missing" : field, "must be " + type);
    }
    return field;
  }

  private static IllegalArgumentException problem(
      String document, String field, Object value, String rule) {
    return new IllegalArgumentException("%s: %s is %s, %s".formatted(document, field, value, rule));
  }
}
