package dev.remap.core.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Images that one step learns from.
 *
 * @param images their places in the set
 * @param groups of each of them
 * @param tuples query, positive and negatives, as positions in {@code images}; none for a loss that
 *     ranks all images of the batch
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Batch(int[] images, int[] groups, int[][] tuples) {
  /** Of tuples; an image of several stands in the batch once. */
  static Batch of(List<Tuple> tuples, int[] groups) {
    Map<Integer, Integer> positions = new LinkedHashMap<>();
    int[][] positioned = new int[tuples.size()][];
    for (int t = 0; t < positioned.length; t++) {
      positioned[t] =
          tuples.get(t).images().stream()
              .mapToInt(image -> positions.computeIfAbsent(image, i -> positions.size()))
              .toArray();
    }
    return of(new ArrayList<>(positions.keySet()), groups, positioned);
  }

  /** Of images that are ranked by each other. */
  static Batch ranked(List<Integer> images, int[] groups) {
    return of(images, groups, new int[0][]);
  }

  private static Batch of(List<Integer> images, int[] groups, int[][] tuples) {
    int[] places = images.stream().mapToInt(Integer::intValue).toArray();
    int[] theirs = new int[places.length];
    for (int i = 0; i < places.length; i++) {
      theirs[i] = groups[places[i]];
    }
    return new Batch(places, theirs, tuples);
  }
}
