package dev.remap.core.pooling;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.backbone.TapRange;
import dev.remap.core.json.StrictJson;
import dev.remap.core.region.Boxes;
import java.util.List;
import java.util.Optional;
import java.util.function.ObjIntConsumer;

/**
 * Several aggregations, each L2-normalised, multiplied by its weight, and concatenated: how the
 * descriptors of the 2018 landmark challenge's winners were joined. Each looks at the maps of one
 * network, which may be the same; all are of the same scales.
 */
public final class ConcatAggregator implements Aggregator {
  static final AggregationKind KIND =
      new AggregationKind(
          "concat",
          "several of these, each L2-normalised and weighted, one after the other",
          List.of("concat"),
          (settings, taps) ->
              new Concat(
                  settings.parts("concat").stream().map(part -> Part.of(part, taps)).toList()),
          node -> new Concat(node.objects("parts").stream().map(Part::read).toList()));

  private static final int MOST_PARTS = 16;
  private static final double MOST_WEIGHT = 1e6;
  private static final String TAPS = "taps";

  private final List<Part> parts;
  private final List<Aggregator> aggregators;
  private final int dimension;

  /**
   * One of the aggregations.
   *
   * @param weight its length in the concatenation, above 0
   * @param taps which of the extractor's taps it is of; empty: all
   */
  public record Part(float weight, Aggregation aggregation, Optional<TapRange> taps) {
    /**
     * @throws IllegalArgumentException if the weight is out of range, or this is a concatenation
     */
    public Part {
      if (!(weight > 0 && weight <= MOST_WEIGHT)) {
        throw new IllegalArgumentException(
            "a part of the concatenation has the weight %s: it must be above 0, at most %s"
                .formatted(weight, MOST_WEIGHT));
      }
      if (aggregation instanceof Concat) {
        throw new IllegalArgumentException(
            "a part of the concatenation is a concatenation: list its parts beside the others");
      }
    }

    /** One of all taps. */
    public Part(float weight, Aggregation aggregation) {
      this(weight, aggregation, Optional.empty());
    }

    private static Part of(AggregationKind.Parameters settings, int taps) {
      List<String> names =
          AggregationKind.all().stream()
              .map(AggregationKind::name)
              .filter(name -> !name.equals(KIND.name()))
              .toList();
      AggregationKind kind = AggregationKind.of(settings.choice("aggregator", names));
      return new Part(
          (float) settings.number("weight", Float.MIN_NORMAL, MOST_WEIGHT),
          kind.fromSettings().of(settings, settings.taps().map(TapRange::count).orElse(taps)),
          settings.taps());
    }

    private static Part read(StrictJson node) {
      return new Part(
          node.number("weight"),
          AggregationKind.read(node.object("aggregator")),
          node.has(TAPS)
              ? Optional.of(
                  new TapRange(
                      node.object(TAPS).integer("first"), node.object(TAPS).integer("count")))
              : Optional.empty());
    }

    private void write(ObjectNode node) {
      node.put("weight", weight);
      // Left out where there is but one network, as it is younger than that.
      taps.ifPresent(
          some -> node.putObject(TAPS).put("first", some.first()).put("count", some.count()));
      aggregation.write(node.putObject("aggregator").put("name", aggregation.kind().name()));
    }

    private <T> List<T> of(List<T> all) {
      return taps.map(some -> some.of(all)).orElse(all);
    }

    private boolean takesOneCell(int tap, int given) {
      TapRange seen = taps.orElse(new TapRange(0, given));
      return !seen.has(tap) || aggregation.takesOneCell(tap - seen.first(), seen.count());
    }

    private void requireFits(int tap, int given, int width, int height) {
      TapRange seen = taps.orElse(new TapRange(0, given));
      if (seen.has(tap)) {
        aggregation.requireFits(tap - seen.first(), seen.count(), width, height);
      }
    }
  }

  /** The concatenation of these, in this order. */
  public record Concat(List<Part> parts) implements Aggregation {
    public Concat {
      parts = List.copyOf(parts);
      if (parts.isEmpty() || parts.size() > MOST_PARTS) {
        throw new IllegalArgumentException(
            "extractor.concat has %d parts: it must have from 1 to %d"
                .formatted(parts.size(), MOST_PARTS));
      }
    }

    @Override
    public AggregationKind kind() {
      return KIND;
    }

    @Override
    public void write(ObjectNode node) {
      ArrayNode array = node.putArray("parts");
      parts.forEach(part -> part.write(array.addObject()));
    }

    @Override
    public Aggregator on(List<Tap> taps) {
      return new ConcatAggregator(parts, taps);
    }

    @Override
    public boolean takesOneCell() {
      return parts.stream().allMatch(part -> part.aggregation.takesOneCell());
    }

    @Override
    public boolean takesOneCell(int tap, int given) {
      return parts.stream().allMatch(part -> part.takesOneCell(tap, given));
    }

    @Override
    public boolean takesBoxes() {
      return parts.stream().anyMatch(part -> part.aggregation.takesBoxes());
    }

    @Override
    public void requireFits(int width, int height) {
      parts.forEach(part -> part.aggregation.requireFits(width, height));
    }

    @Override
    public void requireFits(int tap, int given, int width, int height) {
      parts.forEach(part -> part.requireFits(tap, given, width, height));
    }
  }

  private ConcatAggregator(List<Part> parts, List<Tap> taps) {
    this.parts = parts;
    this.aggregators = parts.stream().map(part -> part.aggregation.on(part.of(taps))).toList();
    this.dimension = aggregators.stream().mapToInt(Aggregator::dimension).sum();
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public void aggregate(List<FeatureMap> maps, int image, float[] out) {
    join(out, (part, i) -> aggregators.get(i).aggregate(parts.get(i).of(maps), image, part));
  }

  @Override
  public void aggregate(List<FeatureMap> maps, int image, Boxes boxes, float[] out) {
    join(out, (part, i) -> aggregators.get(i).aggregate(parts.get(i).of(maps), image, boxes, part));
  }

  /**
   * @param each writes the part of that number
   */
  private void join(float[] out, ObjIntConsumer<float[]> each) {
    Sizes.check("length of the output", dimension, out.length);
    int offset = 0;
    for (int i = 0; i < aggregators.size(); i++) {
      float[] part = new float[aggregators.get(i).dimension()];
      each.accept(part, i);
      double[] values = new double[part.length];
      for (int k = 0; k < part.length; k++) {
        values[k] = part[k];
      }
      UnitLength.write(values, parts.get(i).weight, out, offset);
      offset += part.length;
    }
  }
}
