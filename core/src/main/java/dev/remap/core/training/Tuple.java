package dev.remap.core.training;

import java.util.ArrayList;
import java.util.List;

/**
 * A query, an image of its group and the hardest images of others, by their places.
 *
 * @param negatives the hardest first, at most one of each group
 */
public record Tuple(int query, int positive, List<Integer> negatives) {
  public Tuple {
    negatives = List.copyOf(negatives);
  }

  /** Query, positive, negatives. */
  List<Integer> images() {
    List<Integer> images = new ArrayList<>(List.of(query, positive));
    images.addAll(negatives);
    return images;
  }
}
