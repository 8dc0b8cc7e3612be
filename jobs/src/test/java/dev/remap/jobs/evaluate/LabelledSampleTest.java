package dev.remap.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.remap.jobs.catalogue.file.ByteRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LabelledSampleTest {
  private static final long SEED = 5;

  private static LabelledSample.Member member(long key, String group) {
    return new LabelledSample.Member(
        new CopyQuery.Original(key, "i" + key, "file:/i" + key, "v", ByteRange.WHOLE), group);
  }

  private static TreeMap<String, List<LabelledSample.Member>> groups(int... sizes) {
    TreeMap<String, List<LabelledSample.Member>> groups = new TreeMap<>();
    long key = 0;
    for (int size : sizes) {
      List<LabelledSample.Member> members = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        members.add(member(key++, "g" + groups.size()));
      }
      groups.put("g" + groups.size(), members);
    }
    return groups;
  }

  @Test
  void wholeGroupsAreDrawnAndTheRestIsCounted() {
    LabelledSample sample = LabelledSample.of(groups(5, 5, 5, 5, 5), List.of(), 12, SEED);

    assertThat(sample.labelled()).hasSize(10);
    assertThat(sample.groups()).isEqualTo(2);
    assertThat(sample.leftOut()).isEqualTo(15);
    assertThat(sample.labelled())
        .isSortedAccordingTo((a, b) -> Long.compare(a.image().key(), b.image().key()));
  }

  @Test
  void imagesAloneInTheirGroupAreCountedAndNotDrawn() {
    LabelledSample sample = LabelledSample.of(groups(1, 3, 1, 4, 1), List.of(), 12, SEED);

    assertThat(sample.labelled()).hasSize(7);
    assertThat(sample.groups()).isEqualTo(2);
    assertThat(sample.alone()).isEqualTo(3);
    assertThat(sample.leftOut()).isZero();
  }

  @Test
  void ofOneGroupThatIsTooLargeAPartIsDrawn() {
    LabelledSample sample = LabelledSample.of(groups(100), List.of(), 12, SEED);

    assertThat(sample.labelled()).hasSize(12);
    assertThat(sample.leftOut()).isEqualTo(88);
  }

  @Test
  void imagesOfNoGroupAreDrawnInTheirOwnNumber() {
    List<CopyQuery.Original> others =
        LongStream.range(100, 150).mapToObj(key -> member(key, "").image()).toList();

    assertThat(LabelledSample.of(groups(3), others, 20, SEED).others()).hasSize(20);
    assertThat(LabelledSample.of(groups(3), others, 90, SEED).others()).hasSize(50);
  }

  @Test
  void whoeverIsLeftAloneInAGroupIsSearchedButDoesNotAsk() {
    LabelledSample sample = LabelledSample.of(groups(2, 3), List.of(), 9, SEED);
    List<CompareAggregatorsJob.Image> described =
        IntStream.of(4, 1, 2, 3)
            .mapToObj(i -> new CompareAggregatorsJob.Image(i, new float[] {i, 1}))
            .toList();

    DescribedSample found = DescribedSample.of(sample, described, 5);

    assertThat(found.failed()).isEqualTo(1);
    assertThat(found.gallery()).isEqualTo(4);
    assertThat(found.alone()).isEqualTo(1);
    assertThat(found.queries()).isEqualTo(3);
    assertThat(found.vectors().get(0)).containsExactly(1, 1);
  }

  /** The area under the precision-recall curve, counted anew at every rank. */
  @Test
  void precisionsAreThoseOfANaiveCount() {
    Random random = new Random(SEED);
    LabelledSample sample = LabelledSample.of(groups(4, 3, 6, 2), List.of(), 99, SEED);
    List<CompareAggregatorsJob.Image> images =
        IntStream.range(0, 15)
            .mapToObj(
                i ->
                    new CompareAggregatorsJob.Image(
                        i, new float[] {random.nextFloat(), random.nextFloat(), 1}))
            .toList();
    DescribedSample described = DescribedSample.of(sample, images, 15);
    List<float[]> units =
        images.stream().map(i -> AggregatorScore.normalised(i.descriptor())).toList();

    double[] precisions = AggregatorScore.precisions(described, units);

    for (int q = 0; q < 15; q++) {
      assertThat(precisions[q]).isCloseTo(naive(described, units, q), within(1e-9));
    }
  }

  private static double naive(DescribedSample sample, List<float[]> units, int query) {
    Integer[] order =
        IntStream.range(0, 15).filter(i -> i != query).boxed().toArray(Integer[]::new);
    Arrays.sort(order, (a, b) -> Double.compare(cosine(units, query, b), cosine(units, query, a)));
    String group = sample.members().get(query).group();
    long relevant =
        sample.members().stream().filter(member -> member.group().equals(group)).count() - 1;
    double area = 0;
    double before = 1;
    int hits = 0;
    for (int rank = 0; rank < order.length; rank++) {
      boolean hit = sample.members().get(order[rank]).group().equals(group);
      hits += hit ? 1 : 0;
      double precision = hits / (rank + 1.0);
      area += hit ? (before + precision) / 2 / relevant : 0;
      before = precision;
    }
    return area;
  }

  private static double cosine(List<float[]> units, int a, int b) {
    double sum = 0;
    for (int i = 0; i < 3; i++) {
      sum += (double) units.get(a)[i] * units.get(b)[i];
    }
    return sum;
  }
}
