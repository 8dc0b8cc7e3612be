package dev.remap.core.training;

import java.util.function.UnaryOperator;

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

  /** Describes images anew. */
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
   * Describes images by the network as it is.
   *
   * @param each may be called by several threads at once, and in any order
   */
  void forward(int[] images, Receiver each);

  /**
   * Adds to the gradient by what learns.
   *
   * @param byRegions given the region vectors of the image, the gradient by them; called once
   */
  void learn(int image, UnaryOperator<float[]> byRegions);

  /** Adds the gradient, and forgets it. */
  void takeGradient(double[] to);
}
