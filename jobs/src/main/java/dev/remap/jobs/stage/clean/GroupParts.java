package dev.remap.jobs.stage.clean;

import dev.remap.jobs.store.row.LabelRow;
import dev.remap.jobs.store.row.LabelRow.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The parts that matches cut one group into, of which the largest is kept (Gordo et al.,
 * "End-to-end Learning of Deep Visual Representations for Image Retrieval", IJCV 124, 2017, section
 * 4): of equal ones that whose scores have the larger sum, then that with the first id.
 */
final class GroupParts {
  private final List<Labelled> images;
  private final int[] parents;
  private final int[] matches;

  private GroupParts(List<Labelled> images) {
    this.images = images;
    parents = new int[images.size()];
    Arrays.setAll(parents, i -> i);
    matches = new int[images.size()];
  }

  /** Two images of a group that match, by their keys, the lower one first. */
  record Match(long one, long other, float score) {
    static final Comparator<Match> ORDER =
        Comparator.comparingLong(Match::one).thenComparingLong(Match::other);
  }

  /** What is known of one part. */
  private static final class Part {
    private static final Comparator<Part> BEST_FIRST =
        Comparator.comparingInt((Part part) -> -part.images)
            .thenComparingDouble(part -> -part.scores)
            .thenComparing(part -> part.firstId);

    private int images;
    private double scores;
    private String firstId = "";

    private void add(Labelled image) {
      firstId = images == 0 || image.imageId().compareTo(firstId) < 0 ? image.imageId() : firstId;
      images++;
    }
  }

  /**
   * The verdict on each image of a group, in the order of the images.
   *
   * @param images all of the group that the graph has
   * @param found each once, in any order
   * @param size images of the group, in the graph or not
   */
  static List<LabelRow> rows(List<Labelled> images, List<Match> found, int size) {
    GroupParts group = new GroupParts(images);
    Map<Long, Integer> places = new HashMap<>();
    for (int i = 0; i < images.size(); i++) {
      places.put(images.get(i).key(), i);
    }
    // Sums of scores depend on the order to the last bit.
    List<Match> sorted = found.stream().sorted(Match.ORDER).toList();
    sorted.forEach(match -> group.join(places.get(match.one), places.get(match.other)));
    Map<Integer, Part> parts = new HashMap<>();
    for (int i = 0; i < images.size(); i++) {
      parts.computeIfAbsent(group.root(i), root -> new Part()).add(images.get(i));
    }
    sorted.forEach(match -> parts.get(group.root(places.get(match.one))).scores += match.score);
    return group.rows(parts, size);
  }

  private List<LabelRow> rows(Map<Integer, Part> parts, int size) {
    Part kept = parts.values().stream().min(Part.BEST_FIRST).orElse(null);
    List<LabelRow> rows = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      Labelled image = images.get(i);
      Part part = parts.get(root(i));
      Verdict verdict =
          size == 1
              ? Verdict.ALONE
              : part.images == 1
                  ? Verdict.NO_MATCH
                  : part == kept ? Verdict.KEPT : Verdict.SMALLER_PART;
      rows.add(
          new LabelRow(
              image.key(), image.imageId(), image.group(), verdict, part.images, matches[i]));
    }
    return rows;
  }

  private void join(int one, int other) {
    matches[one]++;
    matches[other]++;
    parents[root(one)] = root(other);
  }

  private int root(int image) {
    int at = image;
    while (parents[at] != at) {
      parents[at] = parents[parents[at]];
      at = parents[at];
    }
    return at;
  }
}
