package dev.remap.core.training;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.FeatureMaps;
import dev.remap.core.backbone.TrainableBackbone;
import dev.remap.core.extraction.ParallelFor;
import dev.remap.core.image.RgbImage;
import dev.remap.core.pooling.Aggregator;
import dev.remap.core.pooling.RegionVectors;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/** A backbone that learns, on images whose pixels are at hand. */
public final class BackboneRegions implements LearningNetwork {
  private final TrainableBackbone backbone;
  private final IntFunction<RgbImage> pixels;
  private final RegionSet start;
  private final RegionStore now;
  private final int threads;
  private final RegionVectors pooling;
  private final Aggregator aggregator;
  private final double[] first;
  private boolean isStart = true;

  /**
   * A network before it has learnt anything.
   *
   * @param pixels of the images, as the network takes them; asked for by several threads at once
   * @param start their region vectors by the network as it is
   * @param now where those go that it makes later; by several threads at once
   * @param threads that describe images; one computes gradients
   */
  public BackboneRegions(
      TrainableBackbone backbone,
      IntFunction<RgbImage> pixels,
      RegionSet start,
      RegionStore now,
      int threads) {
    this.backbone = backbone;
    this.pixels = pixels;
    this.start = start;
    this.now = now;
    this.threads = threads;
    this.pooling = new RegionVectors(start.shape().levels(), start.shape().regions());
    this.aggregator = pooling.on(backbone.card().taps());
    this.first = backbone.values();
  }

  @Override
  public HeadShape shape() {
    return start.shape();
  }

  @Override
  public int images() {
    return start.images();
  }

  @Override
  public void read(int image, float[] out) {
    (isStart ? start : now).read(image, out);
  }

  @Override
  public int[] lengths() {
    return backbone.lengths();
  }

  @Override
  public double[] values() {
    return backbone.values();
  }

  @Override
  public void put(double[] values) {
    backbone.put(values);
  }

  @Override
  public void reset() {
    backbone.put(first);
    isStart = true;
  }

  @Override
  public void describe(int[] images) {
    forward(images, (i, regions) -> now.write(images[i], regions));
    isStart = false;
  }

  @Override
  public void forward(int[] images, Receiver each) {
    try (ParallelFor all = new ParallelFor(threads)) {
      all.run(0, images.length, i -> each.accept(i, regions(images[i])));
    }
  }

  private float[] regions(int image) {
    RgbImage picture = pixels.apply(image);
    float[] regions = new float[shape().length()];
    try (FeatureMaps maps = backbone.forward(direct(picture), 1, picture.shape())) {
      aggregator.aggregate(maps.taps(), 0, regions);
    }
    return regions;
  }

  @Override
  public void learn(int image, UnaryOperator<float[]> byRegions) {
    RgbImage picture = pixels.apply(image);
    backbone.learn(direct(picture), picture.shape(), maps -> byMaps(maps, byRegions));
  }

  private List<float[]> byMaps(List<FeatureMap> maps, UnaryOperator<float[]> byRegions) {
    float[] vectors = new float[shape().length()];
    aggregator.aggregate(maps, 0, vectors);
    return pooling.backward(maps, byRegions.apply(vectors));
  }

  @Override
  public void takeGradient(double[] to) {
    backbone.takeGradient(to);
  }

  /** Libtorch reads direct memory in place. */
  private static ByteBuffer direct(RgbImage picture) {
    return ByteBuffer.allocateDirect(picture.pixels().length).put(picture.pixels()).flip();
  }
}
