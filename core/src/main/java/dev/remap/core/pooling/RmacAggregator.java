package dev.remap.core.pooling;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.json.StrictJson;
import dev.remap.core.region.Boxes;
import java.util.List;

/**
 * R-MAC of the last layer (Tolias, Sicre, Jégou, ICLR 2016): every region is max-pooled and
 * L2-normalised, the regions are summed, and the sum is L2-normalised. The paper takes three
 * levels, and whitens the regions, which {@link DirAggregator} does.
 *
 * <p>The authors' code has the regions of the grid and nothing else; cirtorch adds the maxima of
 * the whole map as one region more ({@link WholeImage#ADDED}).
 */
public final class RmacAggregator implements Aggregator {
  static final AggregationKind KIND =
      new AggregationKind(
          "rmac",
          "sum of region maxima of the last layer (Tolias, Sicre, Jégou 2016)",
          List.of("levels", "rmac-whole-image", AggregationKind.BOXES),
          (settings, taps) ->
              new Rmac(
                  settings.integer("levels", 1, RegionPoolings.MOST_LEVELS_SET),
                  WholeImage.of(settings.choice("rmac-whole-image", WholeImage.NAMES))),
          RmacAggregator::read);

  private final Tap tap;
  private final WholeImage wholeImage;
  private final RegionPoolings poolings;

  /** Whether the whole map is one region more. */
  public enum WholeImage {
    NONE("none"),
    ADDED("added");

    static final List<String> NAMES = List.of(NONE.word, ADDED.word);

    private final String word;

    WholeImage(String word) {
      this.word = word;
    }

    static WholeImage of(String word) {
      return values()[NAMES.indexOf(word)];
    }
  }

  /** R-MAC with so many levels of regions. */
  public record Rmac(int levels, WholeImage wholeImage) implements Aggregation {
    public Rmac {
      RegionPoolings.requireLevels(KIND.name(), levels);
    }

    @Override
    public AggregationKind kind() {
      return KIND;
    }

    @Override
    public void write(ObjectNode node) {
      node.put("levels", levels).put("whole-image", wholeImage.word);
    }

    @Override
    public int taps(int given) {
      return 1;
    }

    @Override
    public Aggregator on(List<Tap> taps) {
      return new RmacAggregator(taps.get(0), this);
    }
  }

  private RmacAggregator(Tap tap, Rmac parameters) {
    this.tap = tap;
    this.wholeImage = parameters.wholeImage;
    this.poolings = new RegionPoolings(parameters.levels);
  }

  private static Rmac read(StrictJson node) {
    String word = node.text("whole-image");
    if (!WholeImage.NAMES.contains(word)) {
      throw node.problem("whole-image", word, "must be one of " + WholeImage.NAMES);
    }
    return new Rmac(node.integer("levels"), WholeImage.of(word));
  }

  @Override
  public int dimension() {
    return tap.channels();
  }

  @Override
  public void aggregate(List<FeatureMap> maps, int image, float[] out) {
    FeatureMap map = checked(maps);
    sum(map, image, poolings.of(map).vectors(map, image), out);
  }

  @Override
  public void aggregate(List<FeatureMap> maps, int image, Boxes boxes, float[] out) {
    FeatureMap map = checked(maps);
    sum(map, image, BoxPooling.vectors(map, image, boxes), out);
  }

  private FeatureMap checked(List<FeatureMap> maps) {
    Sizes.check("channels of the first map", tap.channels(), maps.get(0).channels());
    return maps.get(0);
  }

  private void sum(FeatureMap map, int image, float[][] regions, float[] out) {
    Sizes.check("length of the output", tap.channels(), out.length);
    double[] sums = new double[out.length];
    addRegions(regions, sums);
    if (wholeImage == WholeImage.ADDED) {
      addWholeImage(map, image, sums);
    }
    UnitLength.write(sums, 1, out, 0);
  }

  private static void addRegions(float[][] vectors, double[] sums) {
    for (float[] vector : vectors) {
      for (int c = 0; c < sums.length; c++) {
        sums[c] += vector[c];
      }
    }
  }

  private static void addWholeImage(FeatureMap map, int image, double[] sums) {
    float[] cells = new float[map.area()];
    double[] maxima = new double[sums.length];
    for (int c = 0; c < maxima.length; c++) {
      map.channel(image, c, cells);
      float maximum = cells[0];
      for (float cell : cells) {
        maximum = Math.max(maximum, cell);
      }
      maxima[c] = maximum;
    }
    float[] vector = new float[maxima.length];
    UnitLength.write(maxima, 1, vector, 0);
    addRegions(new float[][] {vector}, sums);
  }
}
