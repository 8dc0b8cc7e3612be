package dev.remap.core.extraction;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.backbone.Tap;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.pooling.Aggregation;
import dev.remap.core.pooling.Mac;
import dev.remap.core.whitening.Metric;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Everything that decides the bits of a descriptor on one device class, and nothing else.
 *
 * <p>The descriptor of an image is, unless {@code scaleCombination} says otherwise, Σ weight · X
 * over the scales, X the raw aggregate at a scale (multi-scale REMAP: 2·X₁ + 1.4·X₂, Husain and
 * Bober, eq. 3).
 *
 * @param schemaVersion {@link #SCHEMA_VERSION}
 * @param backbone the network; its name, licence and source are kept but not fingerprinted
 * @param aggregation feature maps to vector
 * @param scales one to 16; combined in this order; of weight 1 where their weights do not count
 * @param batchSize images of every forward pass, shorter batches being padded: feature maps differ
 *     in the last bits between batch sizes
 * @param limits images beyond them are rejected
 * @param scaleCombination descriptors at the scales to one
 * @param boxes the table whose boxes stand in for the regions of the grid; of an image that it does
 *     not have, the whole is the one region
 * @param others networks beside the first, whose taps follow its: at most {@value #MOST_OTHERS};
 *     all see the same pixels
 * @param metric how what becomes of descriptors is compared: those of images by cosine
 */
public record ExtractorSpec(
    int schemaVersion,
    BackboneCard backbone,
    Aggregation aggregation,
    List<Scale> scales,
    int batchSize,
    ImageLimits limits,
    ScaleCombination scaleCombination,
    Optional<BoxTable> boxes,
    List<BackboneCard> others,
    Metric metric) {
  public static final int SCHEMA_VERSION = 1;

  static final int MOST_OTHERS = 15;

  private static final int MOST_SCALES = 16;

  /**
   * @throws IllegalArgumentException naming the field that is out of range or does not fit another
   */
  public ExtractorSpec {
    scales = scales.stream().map(scaleCombination::canonical).toList();
    check(schemaVersion == SCHEMA_VERSION, "schema-version is " + schemaVersion + ", must be 1");
    check(!scales.isEmpty(), "scales is empty, needs at least one");
    check(scales.size() <= MOST_SCALES, scales.size() + " scales, must be at most " + MOST_SCALES);
    check(batchSize >= 1, "batch-size is " + batchSize + ", must be at least 1");
    long bytes = batchSize * scales.stream().mapToLong(Scale::bytes).max().orElseThrow();
    check(bytes <= Integer.MAX_VALUE, "a batch has " + bytes + " bytes of pixels, limit 2 GiB");
    others = List.copyOf(others);
    check(
        others.size() <= MOST_OTHERS,
        1 + others.size() + " networks, must be at most " + (1 + MOST_OTHERS));
    check(
        metric == Metric.COSINE || backbone.isGiven(),
        "metric is %s, must be cosine for descriptors of images".formatted(metric.word()));
    List<Tap> taps = taps(backbone, others);
    scaleCombination.dimension(aggregation.on(taps).dimension());
    check(
        boxes.isEmpty() || aggregation.takesBoxes(),
        "there is a table of boxes, and the aggregator %s has no regions"
            .formatted(aggregation.kind().name()));
    for (BackboneCard card : backbones(backbone, others)) {
      if (card.side().isPresent()) {
        requireSide(card, scales, card.side().getAsInt());
      }
    }
    for (int number = 0; number < taps.size(); number++) {
      Tap tap = taps.get(number);
      check(
          !tap.isOneCell() || aggregation.takesOneCell(number, taps.size()),
          "the map of tap '%s' is one cell, which the aggregator %s has no use for: take mac, spoc or gem"
              .formatted(tap.name(), aggregation.kind().name()));
      // Boxes are the same on maps of any shape.
      for (Scale scale : boxes.isPresent() ? List.<Scale>of() : scales) {
        requireFits(aggregation, scale, taps, number);
      }
    }
  }

  /** Of images. */
  public ExtractorSpec(
      int schemaVersion,
      BackboneCard backbone,
      Aggregation aggregation,
      List<Scale> scales,
      int batchSize,
      ImageLimits limits,
      ScaleCombination scaleCombination,
      Optional<BoxTable> boxes,
      List<BackboneCard> others) {
    this(
        schemaVersion,
        backbone,
        aggregation,
        scales,
        batchSize,
        limits,
        scaleCombination,
        boxes,
        others,
        Metric.COSINE);
  }

  /** With the regions of the grid, and one network. */
  public ExtractorSpec(
      int schemaVersion,
      BackboneCard backbone,
      Aggregation aggregation,
      List<Scale> scales,
      int batchSize,
      ImageLimits limits,
      ScaleCombination scaleCombination) {
    this(
        schemaVersion,
        backbone,
        aggregation,
        scales,
        batchSize,
        limits,
        scaleCombination,
        Optional.empty(),
        List.of());
  }

  /** Scales are summed. */
  public ExtractorSpec(
      int schemaVersion,
      BackboneCard backbone,
      Aggregation aggregation,
      List<Scale> scales,
      int batchSize,
      ImageLimits limits) {
    this(
        schemaVersion,
        backbone,
        aggregation,
        scales,
        batchSize,
        limits,
        new ScaleCombination.Sum());
  }

  private static void requireSide(BackboneCard backbone, List<Scale> scales, int side) {
    for (Scale scale : scales) {
      check(
          scale.longSide() == side && scale.shortSide() == side,
          "scale %dx%d: the network %s takes pictures of %dx%d and no others: give extractor.scales that one alone"
              .formatted(scale.longSide(), scale.shortSide(), backbone.name(), side, side));
    }
  }

  /** Where a tap's stride does not divide a scale's sides, only the network knows its map. */
  private static void requireFits(
      Aggregation aggregation, Scale scale, List<Tap> taps, int number) {
    Tap tap = taps.get(number);
    if (tap.isOneCell()) {
      return;
    }
    if (scale.longSide() % tap.stride() != 0 || scale.shortSide() % tap.stride() != 0) {
      return;
    }
    try {
      aggregation.requireFits(
          number, taps.size(), scale.longSide() / tap.stride(), scale.shortSide() / tap.stride());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "extractor: scale %dx%d at tap '%s': %s"
              .formatted(scale.longSide(), scale.shortSide(), tap.name(), e.getMessage()),
          e);
    }
  }

  /** The same but for the aggregation. */
  public ExtractorSpec with(Aggregation other) {
    return new ExtractorSpec(
        schemaVersion,
        backbone,
        other,
        scales,
        batchSize,
        limits,
        scaleCombination,
        boxes,
        others,
        metric);
  }

  /** The same with another first network. */
  public ExtractorSpec with(BackboneCard other) {
    return new ExtractorSpec(
        schemaVersion,
        other,
        aggregation,
        scales,
        batchSize,
        limits,
        scaleCombination,
        boxes,
        others,
        metric);
  }

  /** The same with boxes for regions. */
  public ExtractorSpec with(BoxTable table) {
    return new ExtractorSpec(
        schemaVersion,
        backbone,
        aggregation,
        scales,
        batchSize,
        limits,
        scaleCombination,
        Optional.of(table),
        others,
        metric);
  }

  /**
   * The spec of descriptors that somebody else's model made: they are given with the catalogue, and
   * brought to length one if they are compared by cosine.
   *
   * @param model names it
   * @param dimension components of a descriptor
   */
  public static ExtractorSpec given(String model, int dimension, Metric metric) {
    long bytes = 4L * dimension;
    return new ExtractorSpec(
        SCHEMA_VERSION,
        BackboneCard.given(model, dimension, ExtractorJson.sha256("given:" + model)),
        new Mac(),
        List.of(new Scale(1, 1, 1)),
        1,
        new ImageLimits(bytes, 1),
        new ScaleCombination.Sum(),
        Optional.empty(),
        List.of(),
        metric);
  }

  /** Whether descriptors are given with the catalogue: no image is looked at. */
  public boolean isGiven() {
    return backbone.isGiven();
  }

  /** All networks, the first one first. */
  public List<BackboneCard> backbones() {
    return backbones(backbone, others);
  }

  private static List<BackboneCard> backbones(BackboneCard first, List<BackboneCard> others) {
    return Stream.concat(Stream.of(first), others.stream()).toList();
  }

  /** The taps of all networks, network by network. */
  public List<Tap> taps() {
    return taps(backbone, others);
  }

  private static List<Tap> taps(BackboneCard backbone, List<BackboneCard> others) {
    return backbones(backbone, others).stream().flatMap(card -> card.taps().stream()).toList();
  }

  /** Length of a descriptor. */
  public int dimension() {
    return scaleCombination.dimension(aggregation.on(taps()).dimension());
  }

  private static void check(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException("extractor: " + problem);
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException if the text is not JSON, or naming the field at fault
   */
  public static ExtractorSpec parse(String json) {
    return ExtractorJson.parse(json);
  }

  /** Canonical JSON: fixed order, one line, numbers in their shortest form; equal specs only. */
  public String toJson() {
    return ExtractorJson.write(ExtractorJson.tree(this));
  }

  /**
   * SHA-256, as 64 lower-case hexadecimal digits, of {@link #toJson} without the backbones' names,
   * licences and sources.
   */
  public String fingerprint() {
    return ExtractorJson.fingerprint(this);
  }

  /** The fields of {@link #toJson} in which two fingerprints differ, such as {@code scales}. */
  public List<String> differing(ExtractorSpec other) {
    return ExtractorJson.differing(this, other);
  }
}
