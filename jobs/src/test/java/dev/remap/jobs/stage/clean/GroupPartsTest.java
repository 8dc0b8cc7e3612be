package dev.remap.jobs.stage.clean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.stage.clean.GroupParts.Match;
import dev.remap.jobs.store.row.LabelRow;
import dev.remap.jobs.store.row.LabelRow.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupPartsTest {
  /** Images 0, 1, … whose keys run against their ids. */
  private static List<Labelled> images(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Labelled(i, String.format(Locale.ROOT, "p%03d", count - i), "g"))
        .toList();
  }

  private static List<Verdict> verdicts(int images, Match... matches) {
    return GroupParts.rows(images(images), Arrays.asList(matches), images).stream()
        .map(LabelRow::verdict)
        .toList();
  }

  @Test
  void theLargestPartIsKept() {
    assertThat(verdicts(6, new Match(0, 4, .1f), new Match(1, 2, .2f), new Match(2, 3, .2f)))
        .containsExactly(
            Verdict.SMALLER_PART,
            Verdict.KEPT,
            Verdict.KEPT,
            Verdict.KEPT,
            Verdict.SMALLER_PART,
            Verdict.NO_MATCH);
  }

  @Test
  void ofEqualPartsThatWithTheLargerSumOfScoresIsKept() {
    assertThat(verdicts(4, new Match(0, 1, .5f), new Match(2, 3, .4f)))
        .containsExactly(Verdict.KEPT, Verdict.KEPT, Verdict.SMALLER_PART, Verdict.SMALLER_PART);
  }

  @Test
  void ofPartsWithEqualScoresThatWithTheFirstIdIsKept() {
    assertThat(verdicts(4, new Match(0, 1, .5f), new Match(2, 3, .5f)))
        .containsExactly(Verdict.SMALLER_PART, Verdict.SMALLER_PART, Verdict.KEPT, Verdict.KEPT);
  }

  @Test
  void withoutMatchesNothingIsKept() {
    assertThat(verdicts(3)).containsOnly(Verdict.NO_MATCH);
    assertThat(verdicts(1)).containsExactly(Verdict.ALONE);
    assertThat(verdicts(0)).isEmpty();
  }

  /** By closing the set of what each image reaches, and with matches in any order. */
  @Test
  void randomGroupsArePartedAsByWhatImagesReach() {
    Random random = new Random(18);
    for (int round = 0; round < 200; round++) {
      int size = 2 + random.nextInt(20);
      List<Match> matches = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        for (int j = i + 1; j < size; j++) {
          if (random.nextInt(size) == 0) {
            matches.add(new Match(i, j, random.nextInt(3) / 4f));
          }
        }
      }
      List<LabelRow> rows = GroupParts.rows(images(size), matches, size);

      assertThat(rows).isEqualTo(naive(images(size), matches));
      Collections.shuffle(matches, random);
      assertThat(GroupParts.rows(images(size), matches, size)).isEqualTo(rows);
    }
  }

  private static List<LabelRow> naive(List<Labelled> images, List<Match> matches) {
    int size = images.size();
    boolean[][] reached = new boolean[size][size];
    int[] degree = new int[size];
    for (int i = 0; i < size; i++) {
      reached[i][i] = true;
    }
    for (Match match : matches) {
      reached[(int) match.one()][(int) match.other()] = true;
      reached[(int) match.other()][(int) match.one()] = true;
      degree[(int) match.one()]++;
      degree[(int) match.other()]++;
    }
    for (int via = 0; via < size; via++) {
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          reached[i][j] |= reached[i][via] && reached[via][j];
        }
      }
    }
    int best = 0;
    for (int i = 1; i < size; i++) {
      best = isBetter(i, best, reached, images, matches) ? i : best;
    }
    List<LabelRow> rows = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int part = count(reached[i]);
      Verdict verdict =
          part == 1 ? Verdict.NO_MATCH : reached[best][i] ? Verdict.KEPT : Verdict.SMALLER_PART;
      Labelled image = images.get(i);
      rows.add(new LabelRow(image.key(), image.imageId(), image.group(), verdict, part, degree[i]));
    }
    return rows;
  }

  private static boolean isBetter(
      int one, int other, boolean[][] reached, List<Labelled> images, List<Match> matches) {
    int size = Integer.compare(count(reached[one]), count(reached[other]));
    int scores = Double.compare(scores(reached[one], matches), scores(reached[other], matches));
    int first = first(reached[other], images).compareTo(first(reached[one], images));
    return size != 0 ? size > 0 : scores != 0 ? scores > 0 : first > 0;
  }

  private static int count(boolean[] part) {
    return (int) IntStream.range(0, part.length).filter(i -> part[i]).count();
  }

  private static double scores(boolean[] part, List<Match> matches) {
    return matches.stream()
        .filter(match -> part[(int) match.one()])
        .mapToDouble(Match::score)
        .sum();
  }

  private static String first(boolean[] part, List<Labelled> images) {
    TreeSet<String> ids = new TreeSet<>();
    IntStream.range(0, part.length)
        .filter(i -> part[i])
        .forEach(i -> ids.add(images.get(i).imageId()));
    return ids.first();
  }
}
