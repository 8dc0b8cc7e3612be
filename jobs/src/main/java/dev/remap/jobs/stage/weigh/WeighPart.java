package dev.remap.jobs.stage.weigh;

import dev.remap.core.entropy.DistanceHistograms.Pairs;
import java.io.Serializable;
import java.util.ArrayList;

/**
 * What one task compares. Parts depend on the images alone, so that the histograms do not depend on
 * how many tasks run at once.
 *
 * @param images those of one group follow each other
 * @param groups of each image, by number
 * @param listed the pairs that were named; if empty, they are chosen among the images
 * @param nonMatching how many of the images' pairs across groups are counted at the most
 */
record WeighPart(
    ArrayList<WeighImage> images,
    ArrayList<Integer> groups,
    ArrayList<Listed> listed,
    long nonMatching)
    implements Serializable {
  /** A pair of the part's images, by their places. */
  record Listed(int first, int second, Pairs pairs) implements Serializable {}

  WeighPart withNonMatching(long most) {
    return new WeighPart(images, groups, listed, most);
  }

  int numberOfGroups() {
    return (int) groups.stream().distinct().count();
  }
}
