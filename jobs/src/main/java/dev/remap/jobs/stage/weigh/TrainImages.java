package dev.remap.jobs.stage.weigh;

import dev.remap.core.training.LearningNetwork;
import dev.remap.core.training.RegionSet;
import dev.remap.core.training.Split;
import dev.remap.jobs.run.JobFailedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The images of a sample that are trained with: those that could be described, in groups of two or
 * more of them.
 *
 * @param parts of the sample
 * @param sample all images, part by part, then the distractors
 * @param groups of all of them, as a {@link Split} deals them
 * @param names of the groups: the id of their first image
 * @param alone images that could be described and are alone in their groups
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record TrainImages(
    List<WeighPart> parts,
    List<WeighImage> sample,
    int[] groups,
    List<String> names,
    RegionSet regions,
    int alone) {

  static TrainImages of(Sampling.Sample sample, RegionCache cache) {
    List<WeighImage> all = sample.all();
    List<Integer> given = new ArrayList<>();
    sample.parts().forEach(part -> given.addAll(part.groups()));
    Map<Integer, List<Integer>> members = new LinkedHashMap<>();
    int[] groups = new int[all.size()];
    for (int i = 0; i < all.size(); i++) {
      groups[i] = Split.LEFT_OUT;
      if (cache.has(i) && i < given.size()) {
        members.computeIfAbsent(given.get(i), group -> new ArrayList<>()).add(i);
      } else if (cache.has(i)) {
        groups[i] = Split.FIRST_DISTRACTOR - i;
      }
    }
    List<String> names = new ArrayList<>();
    int alone = 0;
    for (List<Integer> group : members.values()) {
      if (group.size() < 2) {
        alone++;
        continue;
      }
      group.forEach(image -> groups[image] = names.size());
      names.add(all.get(group.get(0)).name());
    }
    return new TrainImages(sample.parts(), all, groups, names, cache, alone);
  }

  /** The same images, described by a network that learns. */
  TrainImages by(LearningNetwork network) {
    return new TrainImages(parts, sample, groups, names, network, alone);
  }

  /** As they were described at first, by whatever has learnt since. */
  void reset() {
    if (regions instanceof LearningNetwork network) {
      network.reset();
    }
  }

  /** Deals the groups, or fails saying how many there would have to be. */
  Split split(double heldOut, double test, long seed) {
    try {
      return Split.of(groups, heldOut, test, seed);
    } catch (IllegalArgumentException e) {
      throw new JobFailedException(
          "There are too few groups of two or more images that could be described: %s, and training"
              + " needs %d at the least. Give images of more groups (--groups), or hold fewer out"
              + " (train.held-out, train.test)",
          e.getMessage(), Split.LEAST_GROUPS);
    }
  }

  /** The ids of some images. */
  List<String> ids(int... places) {
    List<String> ids = new ArrayList<>();
    for (int place : places) {
      ids.add(sample.get(place).name());
    }
    return ids;
  }

  /** How many groups some images are of. */
  int groupsOf(int... places) {
    Map<Integer, Integer> seen = new HashMap<>();
    for (int place : places) {
      seen.merge(groups[place], 1, Integer::sum);
    }
    return seen.size();
  }

  /** How many images are trained with. */
  int count() {
    return (int) Arrays.stream(groups).filter(group -> group >= 0).count();
  }

  /** How many could be described and have no label. */
  int distractors() {
    return (int) Arrays.stream(groups).filter(group -> group <= Split.FIRST_DISTRACTOR).count();
  }
}
