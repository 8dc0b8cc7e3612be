package dev.remap.core.backbone;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.json.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
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
 * @param side of the pictures that it takes, which are square, in pixels; nothing if it takes any
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
    String sha256,
    OptionalInt side) {
  public static final int SCHEMA_VERSION = 1;

  /** The {@link #precision} of a network with weights in bfloat16. */
  public static final String BF16 = "bf16";

  /** The {@link #precision} of a network in float32 that is made for CPUs alone. */
  public static final String FOR_CPUS = "float32-cpu";

  /** The {@link #precision} of a card that stands for no network: descriptors are given. */
  private static final String GIVEN = "given";

  /** Networks have tens of layers; every one is looked at for every image and every setting. */
  static final int MOST_TAPS = 64;

  /** What the name of a network ends with that was trained by this. */
  private static final String TRAINED = "-trained";

  private static final String DOCUMENT = "Backbone card";
  private static final String SIDE = "side";
  private static final int LARGEST_SIDE = 1 << 14;
  private static final int LONGEST_TEXT = 10_000;
  private static final int LONGEST_CARD = 1 << 20;

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /** Of a network that takes pictures of any shape. */
  public BackboneCard(
      int schemaVersion,
      String name,
      List<Tap> taps,
      List<Float> scale,
      List<Float> shift,
      String precision,
      String licence,
      String source,
      String sha256) {
    this(
        schemaVersion,
        name,
        taps,
        scale,
        shift,
        precision,
        licence,
        source,
        sha256,
        OptionalInt.empty());
  }

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
    check(
        side.isEmpty() || (side.getAsInt() >= 1 && side.getAsInt() <= LARGEST_SIDE),
        "side",
        side.orElse(0),
        "must be from 1 to " + LARGEST_SIDE);
    check(SHA256.matcher(sha256).matches(), "sha256", sha256, "must be 64 lower-case hex digits");
  }

  /**
   * Stands for what made descriptors elsewhere: there is no network, and its one tap is what is
   * given.
   *
   * @param name of the model that made them
   * @param dimension components of a descriptor
   * @param sha256 of what tells this model from others
   */
  public static BackboneCard given(String name, int dimension, String sha256) {
    return new BackboneCard(
        SCHEMA_VERSION,
        name,
        List.of(new Tap("embedding", dimension, Tap.ONE_CELL)),
        List.of(1f, 1f, 1f),
        List.of(0f, 0f, 0f),
        GIVEN,
        "unknown",
        "given with the catalogue",
        sha256);
  }

  /**
   * The card of a network that was trained further from this one, whose licence it has.
   *
   * @param file SHA-256 of its TorchScript file
   * @param how it was trained, a clause without a full stop
   */
  public BackboneCard trained(String file, String how) {
    String origin = "%s, from '%s' (SHA-256 %s); that is %s".formatted(how, name, sha256, source);
    return new BackboneCard(
        schemaVersion,
        name.endsWith(TRAINED) ? name : name + TRAINED,
        taps,
        scale,
        shift,
        precision,
        licence,
        origin.substring(0, Math.min(LONGEST_TEXT, origin.length())),
        file,
        side);
  }

  /** Whether no GPU can load the network. */
  public boolean isForCpus() {
    return precision.equals(FOR_CPUS);
  }

  /** Whether descriptors are given with the catalogue, and there is no network. */
  public boolean isGiven() {
    return precision.equals(GIVEN);
  }

  /**
   * Reads a card.
   *
   * @throws IllegalArgumentException if the text is not JSON, or naming the field that is missing,
   *     of the wrong type or out of range
   */
  public static BackboneCard parse(String json) {
    StrictJson card = StrictJson.read(DOCUMENT, json, LONGEST_CARD);
    List<Tap> taps = new ArrayList<>();
    for (StrictJson tap : card.objects("taps")) {
      taps.add(new Tap(tap.text("name"), tap.integer("channels"), tap.integer("stride")));
    }
    return new BackboneCard(
        card.integer("schema-version"),
        card.text("name"),
        taps,
        card.numbers("scale"),
        card.numbers("shift"),
        card.text("precision"),
        card.text("licence"),
        card.text("source"),
        card.text("sha256"),
        card.has(SIDE) ? OptionalInt.of(card.integer(SIDE)) : OptionalInt.empty());
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
    side.ifPresent(pixels -> card.put(SIDE, pixels));
    card.put("precision", precision).put("licence", licence).put("source", source);
    return card.put("sha256", sha256).toPrettyString() + "\n";
  }

  private static void checkSize(String what, int size, int most) {
    check(size <= most, "size of " + what, size, "must be at most " + most);
  }

  private static boolean isRgb(List<Float> values) {
    return values.size() == 3 && values.stream().allMatch(Float::isFinite);
  }

  private static void check(boolean holds, String field, Object value, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(DOCUMENT + ": " + field + " is " + value + ", " + rule);
    }
  }
}
