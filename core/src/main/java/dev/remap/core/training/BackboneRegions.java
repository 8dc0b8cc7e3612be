package dev.remap.core.training;

import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.backbone.FeatureMaps;
import dev.remap.core.backbone.TrainableBackbone;
import dev.remap.core.extraction.ParallelFor;
import dev.remap.core.image.ImageShape;
import dev.remap.core.image.RgbImage;
import dev.remap.core.pooling.Aggregator;
import dev.remap.core.pooling.parts.ImageParts;
import dev.remap.core.training.head.HeadShape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** A backbone that learns, on images whose pixels are at hand. */
public final class BackboneRegions implements LearningNetwork, AutoCloseable {
  /** Describes images by a network as it is. */
  public interface Describing {
    /**
     * Describes some.
     *
     * @param to where their region vectors go
     */
    void describe(TrainableBackbone network, int[] images, RegionStore to);
  }

  private final List<TrainableBackbone> copies;
  private final IntFunction<RgbImage> pixels;
  private final RegionSet start;
  private final RegionStore now;
  private final Describing describing;
  private final Augmentation augmentation;
  private final ImageShape[] shapes;
  private final ImageParts parts;
  private final Aggregator aggregator;
  private final double[] first;

  /** Threads that stay: what libtorch frees in one, the allocator keeps for that one. */
  private final ParallelFor all;

  private boolean isStart = true;
  private int epoch;

  /**
   * A network before it has learnt anything.
   *
   * @param copies of one network, each for a thread of its own; what comes of them does not depend
   *     on how many there are
   * @param pixels of the images, as the network takes them; asked for by several threads at once
   * @param start their region vectors by the network as it is
   * @param now where those go that it makes later; by several threads at once
   * @param describing makes these
   * @param augmentation of what is learnt from
   */
  public BackboneRegions(
      List<TrainableBackbone> copies,
      IntFunction<RgbImage> pixels,
      RegionSet start,
      RegionStore now,
      Describing describing,
      Augmentation augmentation) {
    this.copies = List.copyOf(copies);
    this.pixels = pixels;
    this.start = start;
    this.now = now;
    this.describing = describing;
    this.augmentation = augmentation;
    this.shapes = new ImageShape[start.images()];
    this.parts = start.shape().parts();
    this.aggregator = parts.on(network().card().taps());
    this.first = network().values();
    this.all = new ParallelFor(copies.size());
  }

  private TrainableBackbone network() {
    return copies.get(0);
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
    return network().lengths();
  }

  @Override
  public double[] values() {
    return network().values();
  }

  @Override
  public void put(double[] values) {
    copies.forEach(copy -> copy.put(values));
  }

  @Override
  public void reset() {
    put(first);
    isStart = true;
  }

  @Override
  public void begin(int number) {
    epoch = number;
  }

  @Override
  public void describe(int[] images) {
    describing.describe(network(), images, now);
    isStart = false;
  }

  @Override
  public void forward(int[] images, Receiver each) {
    List<int[]> batches = batches(images);
    all.run(0, batches.size(), b -> forward(images, batches.get(b), each));
  }

  private RgbImage augmented(int image) {
    return augmentation.of(pixels.apply(image), epoch, image);
  }

  /** Which way an image lies is looked up once. */
  private List<int[]> batches(int[] images) {
    return ShapeBatches.of(
        images.length,
        i -> {
          int image = images[i];
          if (shapes[image] == null) {
            shapes[image] = pixels.apply(image).shape();
          }
          return shapes[image];
        });
  }

  private void forward(int[] images, int[] batch, Receiver each) {
    ImageShape shape = shapes[images[batch[0]]];
    ByteBuffer values = augmented(images, batch);
    try (FeatureMaps maps = network().forward(values, batch.length, shape)) {
      for (int b = 0; b < batch.length; b++) {
        each.accept(batch[b], regions(maps.taps(), b));
      }
    }
  }

  private float[] regions(List<FeatureMap> maps, int image) {
    float[] regions = new float[shape().length()];
    aggregator.aggregate(maps, image, regions);
    return regions;
  }

  @Override
  public <S extends Share> void learn(int[] images, Supplier<S> shares, Consumer<S> each) {
    List<int[]> batches = batches(images);
    for (int done = 0; done < batches.size(); done += copies.size()) {
      List<int[]> some = batches.subList(done, Math.min(batches.size(), done + copies.size()));
      List<S> theirs = some.stream().map(batch -> shares.get()).toList();
      all.run(0, some.size(), i -> learn(copies.get(i), images, some.get(i), theirs.get(i)));
      theirs.forEach(each);
    }
  }

  private void learn(TrainableBackbone copy, int[] images, int[] batch, Share share) {
    ImageShape shape = shapes[images[batch[0]]];
    ByteBuffer values = augmented(images, batch);
    copy.learn(values, batch.length, shape, maps -> byMaps(maps, batch, share));
    copy.takeGradient(share.network());
  }

  private List<float[]> byMaps(List<FeatureMap> maps, int[] batch, Share share) {
    List<float[]> byMaps = new ArrayList<>();
    maps.forEach(map -> byMaps.add(new float[map.values().limit()]));
    for (int b = 0; b < batch.length; b++) {
      float[] byRegions = share.byRegions(batch[b], regions(maps, b));
      List<float[]> byOne = parts.backward(maps, b, byRegions);
      for (int tap = 0; tap < byOne.size(); tap++) {
        float[] one = byOne.get(tap);
        System.arraycopy(one, 0, byMaps.get(tap), b * one.length, one.length);
      }
    }
    return byMaps;
  }

  /** Libtorch reads direct memory in place. */
  private ByteBuffer augmented(int[] images, int[] batch) {
    ImageShape shape = shapes[images[batch[0]]];
    ByteBuffer all = ByteBuffer.allocateDirect(3 * batch.length * shape.width() * shape.height());
    for (int position : batch) {
      all.put(augmented(images[position]).pixels());
    }
    return all.flip();
  }

  /** Ends its threads; the copies are the caller's. */
  @Override
  public void close() {
    all.close();
  }
}
