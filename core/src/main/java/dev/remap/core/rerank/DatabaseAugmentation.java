package dev.remap.core.rerank;

/**
 * Database-side augmentation (Turcot and Lowe, ICCV Workshops 2009; with these weights Gordo et
 * al., IJCV 2017): a stored vector becomes the sum of itself and of its k nearest, which weigh 1,
 * (k − 1)/k, …, 1/k in their order. Unlike there the sum has length one, as stored vectors have.
 */
public final class DatabaseAugmentation {
  private DatabaseAugmentation() {}

  /**
   * What a neighbour weighs.
   *
   * @param rank from 0, less than k
   */
  public static double weight(int rank, int k) {
    return (double) (k - rank) / k;
  }
}
