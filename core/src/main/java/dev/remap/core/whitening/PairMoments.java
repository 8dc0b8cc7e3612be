package dev.remap.core.whitening;

import java.io.Serializable;

/**
 * The statistics of matching pairs (q, p) of descriptors that a learned whitening is fitted from:
 * how many there are, Σq and the upper triangle of Σ(q−p)(q−p)ᵀ, in double.
 *
 * <p>As those of {@link Moments}, the bits are a pure function of the sequence of calls. Memory:
 * 4·D² bytes. Not thread-safe.
 */
public final class PairMoments {
  private final double[] queries;
  private final Moments differences;
  private long images;
  private long independent;

  /** Empty, for descriptors of so many components. */
  public PairMoments(int dimension) {
    this.queries = new double[dimension];
    this.differences = Moments.full(dimension);
  }

  /**
   * All numbers, to be sent elsewhere.
   *
   * @param images that are in pairs
   * @param independent the most of their differences that can be linearly independent
   * @param queries Σq
   * @param differences Σ(q−p)
   * @param products row i of Σ(q−p)(q−p)ᵀ, from column i on
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Sums(
      long pairs,
      long images,
      long independent,
      double[] queries,
      double[] differences,
      double[][] products)
      implements Serializable {}

  /**
   * Adds pairs of images that hang together, such as those of one group: of k images at most k − 1
   * differences are independent.
   *
   * @param images descriptors, each in a pair
   * @param pairs places of q and p among the images
   * @throws IllegalArgumentException if a descriptor has another length or a component that is NaN
   *     or infinite
   */
  public void add(float[][] images, int[][] pairs) {
    int dimension = queries.length;
    for (float[] image : images) {
      if (image.length != dimension) {
        throw new IllegalArgumentException(
            "a descriptor must have " + dimension + " components, has " + image.length);
      }
      Finite.require(image, 0, dimension);
    }
    double[] difference = new double[dimension];
    for (int[] pair : pairs) {
      float[] query = images[pair[0]];
      float[] match = images[pair[1]];
      for (int i = 0; i < dimension; i++) {
        queries[i] += query[i];
        difference[i] = (double) query[i] - match[i];
      }
      differences.add(difference);
    }
    this.images += images.length;
    independent += images.length - 1;
  }

  /** Adds the pairs that follow this object's. */
  public void add(Sums other) {
    for (int i = 0; i < queries.length; i++) {
      queries[i] += other.queries[i];
    }
    differences.merge(Moments.summed(other.pairs, other.differences, other.products));
    images += other.images;
    independent += other.independent;
  }

  /** What was added so far. */
  public Sums sums() {
    double[][] products = new double[queries.length][];
    for (int i = 0; i < products.length; i++) {
      products[i] = differences.row(i);
    }
    return new Sums(
        differences.count(), images, independent, queries.clone(), differences.sum(), products);
  }

  int dimension() {
    return queries.length;
  }

  /** How many pairs were added. */
  public long pairs() {
    return differences.count();
  }

  long images() {
    return images;
  }

  long independent() {
    return independent;
  }

  /** Mean of the queries, each counted as often as it is in a pair. */
  double[] queryMean() {
    double[] mean = queries.clone();
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= pairs();
    }
    return mean;
  }

  /** Mean of (q−p)(q−p)ᵀ, both triangles. */
  double[] scatter() {
    int d = queries.length;
    double[] scatter = new double[d * d];
    for (int i = 0; i < d; i++) {
      double[] row = differences.row(i);
      for (int j = i; j < d; j++) {
        scatter[i * d + j] = row[j - i] / pairs();
        scatter[j * d + i] = scatter[i * d + j];
      }
    }
    return scatter;
  }
}
