package dev.remap.core.extraction;

import dev.remap.core.backbone.DeviceOutOfMemoryException;
import dev.remap.core.backbone.FeatureMap;
import dev.remap.core.extraction.Extraction.Pending;
import dev.remap.core.extraction.Rejected.Kind;
import dev.remap.core.extraction.ScaleCombination.Combined;
import dev.remap.core.image.ImageShape;
import dev.remap.core.pooling.Aggregator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batches of pixels to descriptors: forward pass, aggregation, combination of the scales. For one
 * extraction.
 *
 * <p>Where that is allowed, batches of a shape that does not fit into the device's memory are
 * halved from then on, and an image that does not even fit alone is rejected; those of other shapes
 * stay as they are. Otherwise every pass has the same number of images.
 */
final class BatchDescriber {
  /** What to do when the device's memory does not take a batch. */
  enum OutOfMemory {
    HALVE,
    FAIL
  }

  private static final Logger LOG = LoggerFactory.getLogger(BatchDescriber.class);

  private final List<Scale> scales;
  private final ScaleCombination combination;
  private final Network network;
  private final Aggregator aggregator;
  private final boolean byBoxes;
  private final OutOfMemory policy;
  private final ByteBuffer buffer;
  private final ParallelFor pooling;
  private final TimeSheet times;
  private final int batchSize;
  // Of the shapes whose full batches did not fit.
  private final Map<ImageShape, Integer> smaller = new HashMap<>();

  /**
   * @param buffer direct, large enough for a batch of the largest scale
   * @param pooling where the images of a batch are aggregated
   */
  BatchDescriber(
      ExtractorSpec spec,
      Network network,
      Aggregator aggregator,
      OutOfMemory policy,
      ByteBuffer buffer,
      ParallelFor pooling,
      TimeSheet times) {
    this.scales = spec.scales();
    this.byBoxes = spec.boxes().isPresent();
    this.combination = spec.scaleCombination();
    this.batchSize = spec.batchSize();
    this.network = network;
    this.aggregator = aggregator;
    this.policy = policy;
    this.buffer = buffer;
    this.pooling = pooling;
    this.times = times;
  }

  /** Describes images of one layout, at most a batch of them. */
  List<Outcome> describe(Aspect layout, List<Pending> images) {
    List<Combined> combined =
        images.stream().map(image -> combination.start(aggregator.dimension())).toList();
    Map<Integer, Outcome> tooLarge = new HashMap<>();
    for (int scale = 0; scale < scales.size(); scale++) {
      addScale(scale, layout.shape(scales.get(scale)), images, combined, tooLarge);
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < combined.size(); i++) {
      Outcome rejected = tooLarge.get(i);
      outcomes.add(
          rejected != null ? rejected : outcome(images.get(i), combined.get(i).descriptor()));
    }
    return outcomes;
  }

  private void addScale(
      int scale,
      ImageShape shape,
      List<Pending> images,
      List<Combined> combined,
      Map<Integer, Outcome> tooLarge) {
    int from = 0;
    while (from < images.size()) {
      int first = from;
      int size = smaller.getOrDefault(shape, batchSize);
      int end = Math.min(images.size(), first + size);
      Scale at = scales.get(scale);
      long forward = TimeSheet.now();
      try {
        fill(scale, images.subList(first, end), size);
        network.forward(
            buffer,
            size,
            shape,
            maps -> add(maps, first, images.subList(first, end), at, combined));
        times.forwardSince(forward);
        if (size < batchSize) {
          times.smallPass();
        }
        from = end;
      } catch (DeviceOutOfMemoryException e) {
        if (policy == OutOfMemory.FAIL) {
          throw e;
        } else if (size > 1) {
          smaller.put(shape, size / 2);
          LOG.warn(
              "batches of {} at {} from now on in this task: {}", size / 2, shape, e.toString());
        } else {
          tooLarge.put(first, tooLarge(images.get(first), shape, e));
          from = end;
        }
      }
    }
  }

  /** A device with more memory, or one that others leave more of it, may take it tomorrow. */
  private static Rejected tooLarge(Pending image, ImageShape shape, DeviceOutOfMemoryException e) {
    String reason =
        "the device's memory does not take one image of %dx%d: %s"
            .formatted(shape.width(), shape.height(), e.getMessage());
    return new Rejected(image.index(), Rejected.FORWARD, Kind.ACCESS, reason);
  }

  /** A short batch is filled up with its last image, so that every pass has the same shape. */
  private void fill(int scale, List<Pending> images, int size) {
    buffer.clear();
    for (int i = 0; i < size; i++) {
      Pending image = images.get(Math.min(i, images.size() - 1));
      buffer.put(image.image().pixels().get(scale).pixels());
    }
    buffer.flip();
  }

  /** Adds what the maps say of some images, the first of which is {@code first} of all. */
  private void add(
      List<FeatureMap> maps,
      int first,
      List<Pending> images,
      Scale scale,
      List<Combined> combined) {
    long pooled = TimeSheet.now();
    pooling.run(0, images.size(), i -> add(maps, i, images.get(i), scale, combined.get(first + i)));
    times.pooledSince(pooled);
  }

  private void add(
      List<FeatureMap> maps, int image, Pending pending, Scale scale, Combined combined) {
    float[] raw = new float[aggregator.dimension()];
    if (byBoxes) {
      aggregator.aggregate(maps, image, pending.boxes(), raw);
    } else {
      aggregator.aggregate(maps, image, raw);
    }
    combined.add(scale, raw);
  }

  private static Outcome outcome(Pending image, float[] descriptor) {
    for (int i = 0; i < descriptor.length; i++) {
      if (!Float.isFinite(descriptor[i])) {
        String reason = "component " + i + " of the descriptor is " + descriptor[i];
        return new Rejected(image.index(), Rejected.FORWARD, Kind.CONTENT, reason);
      }
    }
    return new Described(image.index(), image.image().width(), image.image().height(), descriptor);
  }
}
