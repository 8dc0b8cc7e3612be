package dev.remap.core.backbone;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a backbone file expects and gives; the JSON beside it, written by {@code
 * bin/export-backbone}.
 *
 * @param schemaVersion {@link #SCHEMA_VERSION}
 * @param name of the network
 * @param taps its outputs in their order: the last layer first; at most {@value #MOST_TAPS}, with
 *     {@value Tap#MOST_CHANNELS} channels together
 * @param scale per channel R, G, B: the input is x · scale + shift with x in 0..255
 * @param shift per channel R, G, B
 * @param precision of the arithmetic inside; maps are float32 always
 * @param licence of the weights
 * @param source where the weights come from
 * @param sha256 of the TorchScript file, 64 lower-case hexadecimal digits
 */
public record BackboneCard(
    int schemaVersion,
    String name,
    List<Tap> taps,
    List<Float> scale,
    List<Float> shift,
    String precision,
    String licence,
    String source,
    String sha256) {
  public static final int SCHEMA_VERSION = 1;

  /** Networks have tens of layers; every one is looked at for every image and every setting. */
  static final int MOST_TAPS = 64;

  private static final int LONGEST_TEXT = 10_000;
  private static final int LONGEST_CARD = 1 << 20;

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /**
   * @throws IllegalArgumentException naming the field and its value if one is out of range
   */
  public BackboneCard {
    check(schemaVersion == SCHEMA_VERSION, "schema-version", schemaVersion, "must be 1");
    checkSize("taps", taps.size(), MOST_TAPS);
    checkSize("scale", scale.size(), MOST_TAPS);
    checkSize("shift", shift.size(), MOST_TAPS);
    taps = List.copyOf(taps);
    scale = List.copyOf(scale);
    shift = List.copyOf(shift);
    check(!name.isBlank(), "name", name, "must not be blank");
    check(!taps.isEmpty(), "taps", taps, "must not be empty");
    int channels = taps.stream().mapToInt(Tap::channels).sum();
    check(
        channels <= Tap.MOST_CHANNELS,
        "number of channels of all taps",
        channels,
        "must be at most " + Tap.MOST_CHANNELS);
    for (String text : List.of(name, precision, licence, source)) {
      checkSize("a text", text.length(), LONGEST_TEXT);
    }
    check(isRgb(scale), "scale", scale, "must be three finite numbers");
    check(isRgb(shift), "shift", shift, "must be three finite numbers");
    check(!precision.isBlank(), "precision", precision, "must not be blank");
    check(SHA256.matcher(sha256).matches(), "sha256", sha256, "must be 64 lower-case hex digits");
  }

  /**
   * Reads a card.
   *
   * @throws IllegalArgumentException if the text is not JSON, or naming the field that is missing,
   *     of the wrong type or out of range
   */
  public static BackboneCard parse(String json) {
    JsonNode card = tree(json);
    List<Tap> taps = new ArrayList<>();
    for (JsonNode tap : field(card, "taps", JsonNode::isArray, "an array")) {
      taps.add(new Tap(text(tap, "name"), integer(tap, "channels"), integer(tap, "stride")));
    }
    return new BackboneCard(
        integer(card, "schema-version"),
        text(card, "name"),
        taps,
        numbers(card, "scale"),
        numbers(card, "shift"),
        text(card, "precision"),
        text(card, "licence"),
        text(card, "source"),
        text(card, "sha256"));
  }

  /** The card as JSON; {@link #parse} gives an equal card back. */
  public String toJson() {
    ObjectNode card = JsonNodeFactory.instance.objectNode();
    card.put("schema-version", schemaVersion).put("name", name);
    ArrayNode array = card.putArray("taps");
    for (Tap tap : taps) {
      array
          .addObject()
          .put("name", tap.name())
          .put("channels", tap.channels())
          .put("stride", tap.stride());
    }
    ArrayNode scales = card.putArray("scale");
    scale.forEach(scales::add);
    ArrayNode shifts = card.putArray("shift");
    shift.forEach(shifts::add);
    card.put("precision", precision).put("licence", licence).put("source", source);
    return card.put("sha256", sha256).toPrettyString() + "\n";
  }

  private static void checkSize(String what, int size, int most) {
    check(size <= most, "size of " + what, size, "must be at most " + most);
  }

  private static JsonNode tree(String json) {
    checkSize("the document", json.length(), LONGEST_CARD);
    try {
      JsonNode card = new ObjectMapper().readTree(json);
      check(card.isObject(), "the document", card.getNodeType(), "must be an object");
      return card;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "Backbone card is not JSON: " + e.getOriginalMessage() + " at " + e.getLocation(), e);
    }
  }

  private static JsonNode field(JsonNode parent, String name, Predicate<JsonNode> is, String type) {
    JsonNode field = parent.path(name);
    check(is.test(field), name, field.isMissingNode() ? "missing" : field, "must be " + type);
    return field;
  }

  private static String text(JsonNode parent, String name) {
    return field(parent, name, JsonNode::isTextual, "a string").textValue();
  }

  private static int integer(JsonNode parent, String name) {
    return field(parent, name, JsonNode::isInt, "a whole number").intValue();
  }

  private static List<Float> numbers(JsonNode parent, String name) {
    List<Float> numbers = new ArrayList<>();
    for (JsonNode number : field(parent, name, JsonNode::isArray, "an array")) {
      check(number.isNumber(), name, number, "must hold numbers");
      numbers.add(number.floatValue());
    }
    return numbers;
  }

  private static boolean isRgb(List<Float> values) {
    return values.size() == 3 && values.stream().allMatch(Float::isFinite);
  }

  private static void check(boolean holds, String field, Object value, String rule) {
    if (!holds) {
      throw new IllegalArgumentException("Backbone card: " + field + " is " + value + ", " + rule);
    }
  }
}
