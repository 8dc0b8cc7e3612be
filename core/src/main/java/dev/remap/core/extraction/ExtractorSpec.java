package dev.remap.core.extraction;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.backbone.Tap;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.pooling.Aggregation;
import java.util.List;
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
 * @param others networks beside the first, whose taps follow its: at most {@value #MOST_OTHERS};
 *     all see the same pixels
 */
public record ExtractorSpec(
    int schemaVersion,
    BackboneCard backbone,
    Aggregation aggregation,
    List<Scale> scales,
    int batchSize,
    ImageLimits limits,
    ScaleCombination scaleCombination,
    List<BackboneCard> others) {
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
    List<Tap> taps = taps(backbone, others);
    aggregation.on(taps);
    for (Scale scale : scales) {
      for (int tap = 0; tap < taps.size(); tap++) {
        requireFits(aggregation, scale, taps, tap);
      }
    }
  }

  /** With one network. */
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

  /** Where a tap's stride does not divide a scale's sides, only the network knows its map. */
  private static void requireFits(
      Aggregation aggregation, Scale scale, List<Tap> taps, int number) {
    Tap tap = taps.get(number);
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
        schemaVersion, backbone, other, scales, batchSize, limits, scaleCombination, others);
  }

  /** All networks, the first one first. */
  public List<BackboneCard> backbones() {
    return Stream.concat(Stream.of(backbone), others.stream()).toList();
  }

  /** The taps of all networks, network by network. */
  public List<Tap> taps() {
    return taps(backbone, others);
  }

  private static List<Tap> taps(BackboneCard backbone, List<BackboneCard> others) {
    return Stream.concat(Stream.of(backbone), others.stream())
        .flatMap(card -> card.taps().stream())
        .toList();
  }

  /** Length of a descriptor. */
  public int dimension() {
    return aggregation.on(taps()).dimension();
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
}
