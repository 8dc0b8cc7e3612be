package dev.remap.core.training;

import dev.remap.core.image.ImageShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Images that go through a network together. What they are depends on the images and their order
 * alone, and so do the bits that come of them: those of a convolution differ with the batch's size.
 */
final class ShapeBatches {
  /** Of a batch, unless one image has more: what is kept for the way back grows with them. */
  private static final int PIXELS = 1 << 18;

  /** More of small images are no faster. */
  private static final int MOST = 16;

  private ShapeBatches() {}

  /**
   * The positions of each batch's images, which have one shape.
   *
   * @param count of images
   * @param shapes of the image at each position
   */
  static List<int[]> of(int count, IntFunction<ImageShape> shapes) {
    List<List<Integer>> batches = new ArrayList<>();
    Map<ImageShape, List<Integer>> open = new HashMap<>();
    for (int i = 0; i < count; i++) {
      ImageShape shape = shapes.apply(i);
      List<Integer> batch = open.get(shape);
      if (batch == null || batch.size() == most(shape)) {
        batch = new ArrayList<>();
        batches.add(batch);
        open.put(shape, batch);
      }
      batch.add(i);
    }
    return batches.stream()
        .map(batch -> batch.stream().mapToInt(Integer::intValue).toArray())
        .toList();
  }

  private static int most(ImageShape shape) {
    return Math.max(1, Math.min(MOST, PIXELS / (shape.width() * shape.height())));
  }
}
