package dev.remap.core.extraction;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.pooling.RegionWeights;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;

/** The JSON of an extractor. */
final class ExtractorJson {
  /** Names how pixels are made from a file; another way of making them needs another name. */
  private static final String RESAMPLING = "on-white,upright,reduced-decode,area,linear";

  private static final int LONGEST = 1 << 25;

  // Jackson's own writer gives the shortest digits on every Java version, the JDK's since 19 only.
  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build())
          .build();

  private ExtractorJson() {}

  static ObjectNode tree(ExtractorSpec spec) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("schema-version", spec.schemaVersion());
    root.set("backbone", backbone(spec.backbone()));
    root.set("aggregator", aggregator(spec.aggregation()));
    ArrayNode scales = root.putArray("scales");
    for (Scale scale : spec.scales()) {
      scales
          .addObject()
          .put("long-side", scale.longSide())
          .put("short-side", scale.shortSide())
          .put("weight", scale.weight());
    }
    root.put("batch-size", spec.batchSize());
    root.putObject("image-limits")
        .put("max-bytes", spec.limits().maxBytes())
        .put("max-pixels", spec.limits().maxPixels());
    return root.put("resampling", RESAMPLING);
  }

  private static ObjectNode backbone(BackboneCard card) {
    ObjectNode node = (ObjectNode) read(card.toJson());
    // Floats again, not the doubles that were read: their shortest digits are then canonical.
    card.scale().forEach(node.putArray("scale")::add);
    card.shift().forEach(node.putArray("shift")::add);
    return node;
  }

  private static ObjectNode aggregator(Aggregation aggregation) {
    ObjectNode node = MAPPER.createObjectNode();
    if (aggregation instanceof Aggregation.Gem gem) {
      return node.put("name", "gem").put("p", gem.p());
    }
    RegionWeights weights = ((Aggregation.Remap) aggregation).weights();
    ObjectNode region = node.put("name", "remap").putObject("region-weights");
    region.put("schema-version", weights.schemaVersion()).put("levels", weights.levels());
    ArrayNode rows = region.putArray("per-tap");
    for (float[] tap : weights.perTap()) {
      ArrayNode row = rows.addArray();
      for (float weight : tap) {
        row.add(weight);
      }
    }
    return node;
  }

  static String write(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree is always writable", e);
    }
  }

  static String fingerprint(ExtractorSpec spec) {
    ObjectNode tree = tree(spec);
    ((ObjectNode) tree.get("backbone")).remove(List.of("name", "licence", "source"));
    try {
      byte[] text = write(tree).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static ExtractorSpec parse(String json) {
    JsonNode root = read(json);
    JsonNode version = field(root, "schema-version", JsonNode::isInt, "a whole number");
    String resampling = text(root, "resampling");
    if (!resampling.equals(RESAMPLING)) {
      throw problem("resampling", resampling, RESAMPLING + ", the only one known here");
    }
    JsonNode limits = field(root, "image-limits", JsonNode::isObject, "an object");
    List<Scale> scales = new ArrayList<>();
    for (JsonNode scale : field(root, "scales", JsonNode::isArray, "an array")) {
      scales.add(
          new Scale(
              integer(scale, "long-side"),
              integer(scale, "short-side"),
              field(scale, "weight", JsonNode::isNumber, "a number").floatValue()));
    }
    return new ExtractorSpec(
        version.intValue(),
        BackboneCard.parse(write(field(root, "backbone", JsonNode::isObject, "an object"))),
        aggregation(field(root, "aggregator", JsonNode::isObject, "an object")),
        scales,
        integer(root, "batch-size"),
        new ImageLimits(whole(limits, "max-bytes"), whole(limits, "max-pixels")));
  }

  private static Aggregation aggregation(JsonNode node) {
    String name = text(node, "name");
    return switch (name) {
      case "gem" ->
          new Aggregation.Gem(field(node, "p", JsonNode::isNumber, "a number").floatValue());
      case "remap" ->
          new Aggregation.Remap(
              RegionWeights.parse(
                  write(field(node, "region-weights", JsonNode::isObject, "an object"))));
      default -> throw problem("name of the aggregator", name, "remap or gem");
    };
  }

  private static JsonNode read(String json) {
    if (json.length() > LONGEST) {
      throw problem("length of the document", String.valueOf(json.length()), "at most " + LONGEST);
    }
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "the extractor is not JSON: " + e.getOriginalMessage() + " at " + e.getLocation(), e);
    }
  }

  private static JsonNode field(JsonNode parent, String name, Predicate<JsonNode> is, String type) {
    JsonNode field = parent.path(name);
    if (!is.test(field)) {
      throw problem(name, field.isMissingNode() ? "missing" : field.toString(), type);
    }
    return field;
  }

  private static String text(JsonNode parent, String name) {
    return field(parent, name, JsonNode::isTextual, "a string").textValue();
  }

  private static int integer(JsonNode parent, String name) {
    return field(parent, name, JsonNode::isInt, "a whole number").intValue();
  }

  private static long whole(JsonNode parent, String name) {
    return field(parent, name, JsonNode::canConvertToLong, "a whole number").longValue();
  }

  private static IllegalArgumentException problem(String field, String value, String rule) {
    return new IllegalArgumentException(
        "extractor: " + field + " is " + value + ", must be " + rule);
  }
}
