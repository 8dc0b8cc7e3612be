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
import dev.remap.core.json.StrictJson;
import dev.remap.core.pooling.AggregationKind;
import dev.remap.core.whitening.Metric;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The JSON of an extractor. */
final class ExtractorJson {
  /** Names how pixels are made from a file; another way of making them needs another name. */
  private static final String RESAMPLING = "on-white,upright,reduced-decode,area,linear";

  /** Left out where scales are summed, as it is older than the choice. */
  private static final String COMBINATION = "scale-combination";

  /** Left out where there are none, for the same reason. */
  private static final String BOXES = "regions-table";

  /** Left out where there is but one network, as it is younger than that. */
  private static final String OTHERS = "other-backbones";

  /** Left out where it is cosine, as it is younger than that. */
  private static final String METRIC = "metric";

  /** What is said of a network and decides nothing. */
  private static final List<String> WORDS = List.of("name", "licence", "source");

  /** Room for the whitening of 4,000 channels to as many. */
  private static final int LONGEST = 1 << 27;

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
    ObjectNode aggregator = root.putObject("aggregator");
    spec.aggregation().write(aggregator.put("name", spec.aggregation().kind().name()));
    ArrayNode scales = root.putArray("scales");
    for (Scale scale : spec.scales()) {
      scales
          .addObject()
          .put("long-side", scale.longSide())
          .put("short-side", scale.shortSide())
          .put("weight", scale.weight());
    }
    if (!spec.scaleCombination().equals(new ScaleCombination.Sum())) {
      spec.scaleCombination().write(root.putObject(COMBINATION));
    }
    spec.boxes()
        .ifPresent(
            table -> root.putObject(BOXES).put("sha256", table.sha256()).put("rows", table.rows()));
    if (!spec.others().isEmpty()) {
      ArrayNode others = root.putArray(OTHERS);
      spec.others().forEach(card -> others.add(backbone(card)));
    }
    if (spec.metric() != Metric.COSINE) {
      root.put(METRIC, spec.metric().word());
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

  /**
   * @throws IllegalArgumentException if it would be too long to be read again
   */
  static String write(JsonNode node) {
    try {
      String json = MAPPER.writeValueAsString(node);
      if (json.length() > LONGEST) {
        throw new IllegalArgumentException(
            "extractor: its JSON has %d characters, must be at most %d: whiten regions to fewer dimensions"
                .formatted(json.length(), LONGEST));
      }
      return json;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree is always writable", e);
    }
  }

  /** Without what decides nothing. */
  private static ObjectNode deciding(ExtractorSpec spec) {
    ObjectNode tree = tree(spec);
    ((ObjectNode) tree.get("backbone")).remove(WORDS);
    tree.path(OTHERS).forEach(card -> ((ObjectNode) card).remove(WORDS));
    return tree;
  }

  /** Fields that do not say the same, in an order of their own. */
  static List<String> differing(ExtractorSpec one, ExtractorSpec other) {
    ObjectNode first = deciding(one);
    ObjectNode second = deciding(other);
    TreeSet<String> names = new TreeSet<>();
    first.fieldNames().forEachRemaining(names::add);
    second.fieldNames().forEachRemaining(names::add);
    names.removeIf(name -> first.path(name).equals(second.path(name)));
    return List.copyOf(names);
  }

  static String fingerprint(ExtractorSpec spec) {
    return sha256(write(deciding(spec)));
  }

  static String sha256(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static ExtractorSpec parse(String json) {
    StrictJson root = StrictJson.read("extractor", json, LONGEST);
    int version = root.integer("schema-version");
    String resampling = root.text("resampling");
    if (!resampling.equals(RESAMPLING)) {
      throw root.problem(
          "resampling", resampling, "must be " + RESAMPLING + ", the only one known here");
    }
    StrictJson limits = root.object("image-limits");
    List<Scale> scales = new ArrayList<>();
    for (StrictJson scale : root.objects("scales")) {
      scales.add(
          new Scale(
              scale.integer("long-side"), scale.integer("short-side"), scale.number("weight")));
    }
    return new ExtractorSpec(
        version,
        BackboneCard.parse(root.object("backbone").toString()),
        AggregationKind.read(root.object("aggregator")),
        scales,
        root.integer("batch-size"),
        new ImageLimits(limits.whole("max-bytes"), limits.whole("max-pixels")),
        root.has(COMBINATION)
            ? ScaleCombination.read(root.object(COMBINATION))
            : new ScaleCombination.Sum(),
        root.has(BOXES) ? Optional.of(boxes(root.object(BOXES))) : Optional.empty(),
        others(root),
        root.has(METRIC) ? Metric.of(root.text(METRIC)) : Metric.COSINE);
  }

  private static BoxTable boxes(StrictJson node) {
    return new BoxTable(node.text("sha256"), node.whole("rows"));
  }

  private static List<BackboneCard> others(StrictJson root) {
    return root.has(OTHERS)
        ? root.objects(OTHERS).stream().map(card -> BackboneCard.parse(card.toString())).toList()
        : List.of();
  }

  private static JsonNode read(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a card writes JSON", e);
    }
  }
}
