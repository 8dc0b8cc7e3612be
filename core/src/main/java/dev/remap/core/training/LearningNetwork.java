package dev.remap.core.training;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Region vectors of images by a network that learns. What {@link #read} gives is of the network as
 * it was when they were described; all else is of the network as it is. Called by one thread.
 */
public interface LearningNetwork extends RegionSet {
  /** How many numbers each tensor has that learns. */
  int[] lengths();

  /** What learns, tensor by tensor. */
  double[] values();

  /** Replaces it, rounded to floats. */
  void put(double[] values);

  /** As the network was at first; what {@link #read} gives is of that, too. */
  void reset();

  /** From now on, images are changed by chance as an epoch learns from them. */
  void begin(int epoch);

  /** Describes images anew, as they are. */
  void describe(int[] images);

  /** Receives the region vectors of an image. */
  interface Receiver {
    /**
     * Takes those of one.
     *
     * @param position of the image among those that were asked for
     * @param regions not used again by whoever made them
     */
    void accept(int position, float[] regions);
  }

  /**
   * Describes images, as they are learnt from, by the network as it is.
   *
   * @param each may be called by several threads at once, and in any order
   */
  void forward(int[] images, Receiver each);

  /** What is gathered of the gradient by some of the images; used by one thread at a time. */
  interface Share {
    /**
     * The gradient by the region vectors of an image; it is called once for each.
     *
     * @param position of the image among those that are learnt from
     */
    float[] byRegions(int position, float[] regions);

    /** Where the gradient by what of the network learns is added. */
    double[] network();
  }

  /**
   * Computes the gradient of images by what learns, some of them at a time.
   *
   * @param shares gives an empty one for each of these times
   * @param each is given it back, in an order that the images decide, by the calling thread
   */
  <S extends Share> void learn(int[] images, Supplier<S> shares, Consumer<S> each);
}
