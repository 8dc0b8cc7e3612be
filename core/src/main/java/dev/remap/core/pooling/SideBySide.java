package dev.remap.core.pooling;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.region.Boxes;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The raw vectors of several aggregations of the same maps, one after the other: for comparing them
 * by one forward pass. No setting names it, and no extractor in a store has it.
 *
 * @param parts at least one
 */
public record SideBySide(List<Aggregation> parts) implements Aggregation {
  private static final AggregationKind KIND =
      new AggregationKind(
          "side-by-side",
          "several aggregations of the same maps",
          List.of(),
          (settings, taps) -> {
            throw new IllegalStateException("no setting names it");
          },
          node -> {
            throw new IllegalStateException("no extractor records it");
          });

  public SideBySide {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("there is no aggregation to compare");
    }
  }

  @Override
  public AggregationKind kind() {
    return KIND;
  }

  @Override
  public void write(ObjectNode node) {
    ArrayNode array = node.putArray("parts");
    parts.forEach(part -> part.write(array.addObject().put("name", part.kind().name())));
  }

  @Override
  public Aggregator on(List<Tap> taps) {
    return new Joined(parts.stream().map(part -> part.on(taps)).toList());
  }

  @Override
  public boolean takesOneCell() {
    return parts.stream().allMatch(Aggregation::takesOneCell);
  }

  @Override
  public boolean takesBoxes() {
    return parts.stream().anyMatch(Aggregation::takesBoxes);
  }

  @Override
  public void requireFits(int width, int height) {
    parts.forEach(part -> part.requireFits(width, height));
  }

  private record Joined(List<Aggregator> parts) implements Aggregator {
    @Override
    public int dimension() {
      return parts.stream().mapToInt(Aggregator::dimension).sum();
    }

    @Override
    public void aggregate(List<FeatureMap> maps, int image, float[] out) {
      join(out, (part, vector) -> part.aggregate(maps, image, vector));
    }

    @Override
    public void aggregate(List<FeatureMap> maps, int image, Boxes boxes, float[] out) {
      join(out, (part, vector) -> part.aggregate(maps, image, boxes, vector));
    }

    private void join(float[] out, BiConsumer<Aggregator, float[]> each) {
      Sizes.check("length of the output", dimension(), out.length);
      int offset = 0;
      for (Aggregator part : parts) {
        float[] vector = new float[part.dimension()];
        each.accept(part, vector);
        System.arraycopy(vector, 0, out, offset, vector.length);
        offset += vector.length;
      }
    }
  }
}
