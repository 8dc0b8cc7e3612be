package dev.remap.jobs.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A strict view of one JSON object of a store's file. Each method throws {@link StoreException}
 * naming the file and the field when the field is missing or not what it should be.
 */
public final class JsonFields {
  private final String where;
  private final String prefix;
  private final ObjectNode node;
  private final Set<String> seen = new HashSet<>();

  JsonFields(String where, String prefix, ObjectNode node) {
    this.where = where;
    this.prefix = prefix;
    this.node = node;
  }

  /** The file this is from. */
  public String where() {
    return where;
  }

  /** Refuses a file of another version, naming both; call it before anything else. */
  public void schemaVersion(int expected) {
    long found = integer(Json.SCHEMA_VERSION, 0, Integer.MAX_VALUE);
    if (found != expected) {
      throw new StoreException(
          where
              + " has schema version "
              + found
              + ", and this program reads and writes version "
              + expected
              + ": use the program that made it, or another store");
    }
  }

  /** A whole number within limits. */
  public long integer(String name, long min, long max) {
    JsonNode value = field(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw bad(name, "a whole number");
    }
    if (value.longValue() < min || value.longValue() > max) {
      throw bad(name, "between " + min + " and " + max);
    }
    return value.longValue();
  }

  /** A string that the check accepts. */
  public String text(String name, Predicate<String> check) {
    JsonNode value = field(name);
    if (!value.isTextual() || !check.test(value.textValue())) {
      throw bad(name, "a fitting text");
    }
    return value.textValue();
  }

  /** Any string. */
  public String text(String name) {
    return text(name, text -> true);
  }

  /** A string, if the field is there. */
  public Optional<String> optionalText(String name) {
    return node.has(name) ? Optional.of(text(name)) : Optional.empty();
  }

  /** A finite number. */
  public double number(String name) {
    JsonNode value = field(name);
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw bad(name, "a number");
    }
    return value.doubleValue();
  }

  /** A finite number, if the field is there. */
  public OptionalDouble optionalNumber(String name) {
    return node.has(name) ? OptionalDouble.of(number(name)) : OptionalDouble.empty();
  }

  /** A time, as {@link Instant#toString} writes it. */
  public Instant instant(String name) {
    try {
      return Instant.parse(text(name));
    } catch (DateTimeParseException e) {
      throw StoreException.damaged(where, "its field " + prefix + name + " is not a time", e);
    }
  }

  /** An object. */
  public JsonFields object(String name) {
    if (field(name) instanceof ObjectNode object) {
      return new JsonFields(where, prefix + name + ".", object);
    }
    throw bad(name, "an object");
  }

  /** An object, if the field is there. */
  public Optional<JsonFields> optionalObject(String name) {
    return node.has(name) ? Optional.of(object(name)) : Optional.empty();
  }

  /** An array of objects. */
  public <T> List<T> list(String name, Function<JsonFields, T> element) {
    if (!(field(name) instanceof ArrayNode array)) {
      throw bad(name, "an array");
    }
    List<T> elements = new ArrayList<>();
    for (JsonNode value : array) {
      String place = prefix + name + "[" + elements.size() + "]";
      if (!(value instanceof ObjectNode object)) {
        throw StoreException.damaged(where, "its field " + place + " is not an object");
      }
      elements.add(element.apply(new JsonFields(where, place + ".", object)));
    }
    return elements;
  }

  /** An object whose fields are all read the same way. */
  public <T> SortedMap<String, T> map(String name, BiFunction<JsonFields, String, T> value) {
    JsonFields fields = object(name);
    SortedMap<String, T> map = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : fields.node.properties()) {
      map.put(entry.getKey(), value.apply(fields, entry.getKey()));
    }
    return Collections.unmodifiableSortedMap(map);
  }

  /** An object of strings. */
  public SortedMap<String, String> texts(String name) {
    return map(name, JsonFields::text);
  }

  /** An object of counts, none negative. */
  public SortedMap<String, Long> counts(String name) {
    return map(name, (fields, field) -> fields.integer(field, 0, Long.MAX_VALUE));
  }

  /** Refuses fields that nobody asked for: they are damage, or of a version not known here. */
  public void end() {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!seen.contains(entry.getKey())) {
        throw StoreException.damaged(
            where, "its field " + prefix + entry.getKey() + " is not known");
      }
    }
  }

  /** Builds a value from checked fields; what the value itself refuses becomes damage. */
  public <T> T build(Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw StoreException.damaged(where, e.getMessage(), e);
    }
  }

  private JsonNode field(String name) {
    seen.add(name);
    JsonNode value = node.get(name);
    if (value == null) {
      throw StoreException.damaged(where, "its field " + prefix + name + " is missing");
    }
    return value;
  }

  private StoreException bad(String name, String expected) {
    return StoreException.damaged(
        where,
        "its field " + prefix + name + " is " + shorten(node.get(name)) + ", not " + expected);
  }

  private static String shorten(JsonNode value) {
    String text = value.toString();
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
