package dev.remap.jobs.evaluate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A labelled sample with the vectors of all aggregators one after the other.
 *
 * @param members what is searched, by key
 * @param vectors of the members
 * @param others vectors of images in no group, by key
 * @param queryPlaces positions of the members that have another of their group
 * @param failed images that could not be described
 */
record DescribedSample(
    ArrayList<LabelledSample.Member> members,
    ArrayList<float[]> vectors,
    ArrayList<float[]> others,
    ArrayList<Integer> queryPlaces,
    int failed)
    implements Serializable {
  /** Fewer do not tell where whitening helps. */
  private static final int LEAST_OTHERS = 100;

  /**
   * Puts together what was described.
   *
   * @param images of the sample: first those labelled, then the others, by their places
   * @param all how many were to be described
   */
  static DescribedSample of(
      LabelledSample sample, List<CompareAggregatorsJob.Image> images, int all) {
    int labelled = sample.labelled().size();
    List<CompareAggregatorsJob.Image> inOrder =
        images.stream()
            .sorted(Comparator.comparingInt(CompareAggregatorsJob.Image::index))
            .toList();
    ArrayList<LabelledSample.Member> members = new ArrayList<>();
    ArrayList<float[]> vectors = new ArrayList<>();
    ArrayList<float[]> others = new ArrayList<>();
    for (CompareAggregatorsJob.Image image : inOrder) {
      if (image.index() < labelled) {
        members.add(sample.labelled().get(image.index()));
        vectors.add(image.descriptor());
      } else {
        others.add(image.descriptor());
      }
    }
    Map<String, Integer> sizes = new HashMap<>();
    members.forEach(member -> sizes.merge(member.group(), 1, Integer::sum));
    ArrayList<Integer> queries = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      if (sizes.get(members.get(i).group()) > 1) {
        queries.add(i);
      }
    }
    return new DescribedSample(members, vectors, others, queries, all - images.size());
  }

  int queries() {
    return queryPlaces.size();
  }

  /** How many images are searched. */
  int gallery() {
    return members.size();
  }

  /** Members whose group lost all others. */
  int alone() {
    return members.size() - queryPlaces.size();
  }

  LabelledSample.Member query(int q) {
    return members.get(queryPlaces.get(q));
  }

  /** What whitenings are fitted on. */
  List<float[]> fitting() {
    return enoughOthers() ? others : vectors;
  }

  /** What whitenings are fitted on, in words. */
  String fitted() {
    return enoughOthers()
        ? String.format(
            Locale.ROOT, "whitenings are fitted on %,d images of no group", others.size())
        : String.format(
            Locale.ROOT,
            "whitenings are fitted on the images that are searched, for want of %d of no group:"
                + " on others they do not do as well",
            LEAST_OTHERS);
  }

  private boolean enoughOthers() {
    return others.size() >= LEAST_OTHERS;
  }
}
