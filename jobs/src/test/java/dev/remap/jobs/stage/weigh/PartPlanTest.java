package dev.remap.jobs.stage.weigh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.entropy.DistanceHistograms.Pairs;
import dev.remap.jobs.catalogue.file.ByteRange;
import dev.remap.jobs.evaluate.CopyQuery;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PartPlanTest {
  private static WeighSettings settings(int perTask, int nonMatching) {
    return new WeighSettings(10, 1.5, 1e-4, "forward", 10_000, 50, 5, nonMatching, perTask, 1);
  }

  private static WeighImage image(long key) {
    return new WeighImage(
        new CopyQuery.Original(key, "i" + key, "file:/i" + key, "1", ByteRange.WHOLE), null);
  }

  private static List<List<WeighImage>> groups(int... sizes) {
    List<List<WeighImage>> groups = new ArrayList<>();
    long key = 0;
    for (int size : sizes) {
      List<WeighImage> group = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        group.add(image(key++));
      }
      groups.add(group);
    }
    return groups;
  }

  @Test
  void everyPartHasTwoGroupsAndEveryImageIsInOne() {
    Random random = new Random(11);
    for (int round = 0; round < 50; round++) {
      int[] sizes = random.ints(2 + random.nextInt(30), 2, 20).toArray();
      List<WeighPart> parts = PartPlan.ofGroups(groups(sizes), settings(16, 1_000));
      List<WeighImage> all = parts.stream().flatMap(part -> part.images().stream()).toList();

      assertThat(all).hasSize(Arrays.stream(sizes).sum()).doesNotHaveDuplicates();
      assertThat(parts).allMatch(part -> part.numberOfGroups() >= 2);
      assertThat(parts.stream().mapToLong(WeighPart::nonMatching).sum()).isEqualTo(1_000);
    }
  }

  @Test
  void matchingPairsAreCappedByGroupAndNonMatchingOnesInAll() {
    WeighPart part = PartPlan.ofGroups(groups(10, 3, 2), settings(100, 20)).get(0);
    PartPairs.Chosen chosen = new PartPairs(part, 1, place -> true).choose(5);

    assertThat(chosen.pairs())
        .filteredOn(pair -> pair.pairs() == Pairs.MATCHING)
        .hasSize(5 + 3 + 1);
    assertThat(chosen.matchingLeft()).isEqualTo(45 - 5);
    assertThat(chosen.pairs()).filteredOn(pair -> pair.pairs() == Pairs.NON_MATCHING).hasSize(20);
    assertThat(chosen.nonMatchingLeft()).isEqualTo(30 + 20 + 6 - 20);
    for (WeighPart.Listed pair : chosen.pairs()) {
      boolean same = part.groups().get(pair.first()).equals(part.groups().get(pair.second()));
      assertThat(same).isEqualTo(pair.pairs() == Pairs.MATCHING);
    }
  }

  @Test
  void whichPairsAreChosenDependsOnTheImagesAndNotOnTheirOrder() {
    List<List<WeighImage>> one = groups(10, 9);
    List<List<WeighImage>> other = new ArrayList<>();
    for (List<WeighImage> group : one) {
      List<WeighImage> shuffled = new ArrayList<>(group);
      Collections.shuffle(shuffled, new Random(2));
      other.add(0, shuffled);
    }
    assertThat(chosen(other)).isEqualTo(chosen(one)).hasSize(5 + 5 + 7);
  }

  private static Set<Set<Long>> chosen(List<List<WeighImage>> groups) {
    WeighPart part = PartPlan.ofGroups(groups, settings(100, 7)).get(0);
    Set<Set<Long>> pairs = new HashSet<>();
    for (WeighPart.Listed pair : new PartPairs(part, 1, place -> true).choose(5).pairs()) {
      pairs.add(
          Set.of(
              part.images().get(pair.first()).number(), part.images().get(pair.second()).number()));
    }
    return pairs;
  }

  @Test
  void pairsWithAnImageThatCouldNotBeDescribedAreLostOrReplaced() {
    WeighPart part = PartPlan.ofGroups(groups(3, 2), settings(100, 100)).get(0);
    PartPairs.Chosen chosen = new PartPairs(part, 1, place -> place != 0).choose(5);
    assertThat(chosen.pairs()).hasSize(1 + 1 + 4).noneMatch(pair -> pair.first() == 0);

    PartPlan.Named named = new PartPlan.Named(image(1), image(2), Pairs.MATCHING);
    WeighPart listed = PartPlan.ofPairs(List.of(List.of(named)), settings(100, 100)).get(0);
    assertThat(new PartPairs(listed, 1, place -> place != 1).choose(5).lost()).isEqualTo(1);
  }

  @Test
  void aComponentOfVeryManyPairsIsCutIntoSeveralParts() {
    List<PartPlan.Named> chain = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      chain.add(new PartPlan.Named(image(i), image(i + 1), Pairs.MATCHING));
    }
    List<WeighPart> parts = PartPlan.ofPairs(List.of(chain), settings(8, 10));
    assertThat(parts).hasSizeGreaterThan(3).allMatch(part -> part.images().size() <= 2 * 16);
    assertThat(parts.stream().mapToInt(part -> part.listed().size()).sum()).isEqualTo(100);
  }
}
