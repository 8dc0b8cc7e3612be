package dev.remap.core.pooling;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.Tap;
import dev.remap.core.json.StrictJson;
import dev.remap.core.region.Boxes;
import java.util.List;
import java.util.Optional;

/**
 * Regional attention on the last layer (Kim and Yoon, BMVC 2018): R-MAC whose regions are weighted
 * by a small network that sees the means of the region and of the whole map; the mean of the
 * weighted regions is L2-normalised.
 *
 * <p>A region's vector is its maxima, L2-normalised. With a region whitening it is, as in the
 * authors' code, the maxima as they are, shifted and projected, then L2-normalised: such a
 * whitening is fitted on maxima without a norm.
 */
public final class RegionalAttentionAggregator implements Aggregator {
  static final String WEIGHTS = "attention-weights";

  static final AggregationKind KIND =
      new AggregationKind(
          "regional-attention",
          "region maxima of the last layer, weighted by a small network (Kim and Yoon 2018)",
          List.of(WEIGHTS, RegionWhitening.NAME, AggregationKind.BOXES),
          (settings, taps) ->
              new RegionalAttention(
                  given(settings),
                  settings.bytes(RegionWhitening.NAME).map(RegionWhitening::parse)),
          RegionalAttentionAggregator::read);

  private final Tap tap;
  private final AttentionWeights attention;
  private final Optional<RegionWhitening> whitening;
  private final RegionPoolings poolings;

  /** Regional attention with these layers, and the projection of regions if there is one. */
  public record RegionalAttention(AttentionWeights attention, Optional<RegionWhitening> whitening)
      implements Aggregation {
    @Override
    public AggregationKind kind() {
      return KIND;
    }

    @Override
    public void write(ObjectNode node) {
      attention.write(node.putObject(WEIGHTS));
      node.put(RegionWhitening.NAME, whitening.map(RegionWhitening::text).orElse(""));
    }

    @Override
    public int taps(int given) {
      return 1;
    }

    @Override
    public Aggregator on(List<Tap> taps) {
      attention.requireFits(taps.get(0));
      whitening.ifPresent(projection -> projection.requireFits(taps.get(0)));
      return new RegionalAttentionAggregator(taps.get(0), this);
    }
  }

  private RegionalAttentionAggregator(Tap tap, RegionalAttention parameters) {
    this.tap = tap;
    this.attention = parameters.attention;
    this.whitening = parameters.whitening;
    this.poolings = new RegionPoolings(attention.levels());
  }

  static AttentionWeights given(AggregationKind.Parameters settings) {
    String file = settings.file(WEIGHTS);
    if (file.isEmpty()) {
      throw new IllegalArgumentException(
          "the aggregator regional-attention needs the weights of its layers, and extractor."
              + WEIGHTS
              + " names no file: give one, or take rmac");
    }
    return AttentionWeights.parse(file);
  }

  private static RegionalAttention read(StrictJson node) {
    return new RegionalAttention(
        AttentionWeights.read(node.object(WEIGHTS)),
        node.text(RegionWhitening.NAME).isEmpty()
            ? Optional.empty()
            : Optional.of(RegionWhitening.read(node)));
  }

  @Override
  public int dimension() {
    return whitening.map(RegionWhitening::dimension).orElse(tap.channels());
  }

  @Override
  public void aggregate(List<FeatureMap> maps, int image, float[] out) {
    FeatureMap map = checked(maps);
    RegionPooling pooling = poolings.of(map);
    sum(
        whitening.isEmpty()
            ? pooling.vectors(map, image)
            : whitening.get().project(pooling.rows(map, image)),
        RegionMeans.of(map, image, attention.levels()),
        out);
  }

  @Override
  public void aggregate(List<FeatureMap> maps, int image, Boxes boxes, float[] out) {
    FeatureMap map = checked(maps);
    sum(
        whitening.isEmpty()
            ? BoxPooling.vectors(map, image, boxes)
            : whitening.get().project(BoxPooling.rows(map, image, boxes)),
        BoxPooling.means(map, image, boxes),
        out);
  }

  private FeatureMap checked(List<FeatureMap> maps) {
    Sizes.check("channels of the first map", tap.channels(), maps.get(0).channels());
    return maps.get(0);
  }

  private void sum(float[][] vectors, RegionMeans means, float[] out) {
    Sizes.check("length of the output", dimension(), out.length);
    double[] context = attention.context(means.ofMap());
    double[] sums = new double[out.length];
    for (int r = 0; r < vectors.length; r++) {
      double weight = attention.weight(means.ofRegions()[r], context);
      for (int i = 0; i < sums.length; i++) {
        sums[i] += weight * vectors[r][i];
      }
    }
    UnitLength.write(sums, 1, out, 0);
  }
}
