package dev.remap.jobs.catalogue.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeftOutTest {
  private static final long SEED = 10;

  @Test
  void reasonsAreSaidMostFrequentFirstWithWhatTheyWere() {
    LeftOut leftOut = new LeftOut();
    for (int i = 0; i < 12; i++) {
      leftOut.add("other ending", i < 9 ? ".heic" : ".mov");
    }
    leftOut.add("hidden", ".DS_Store").add("link", "").add("link", "");

    assertThat(leftOut)
        .hasToString(
            "15 left out: 12 × other ending (9 × .heic, 3 × .mov), 2 × link, 1 × hidden"
                + " (.DS_Store)");
    assertThat(new LeftOut()).hasToString("0 left out");
  }

  @Test
  void ofManyPlacesSomeAreNamedAndAllAreCounted() {
    LeftOut leftOut = new LeftOut();
    IntStream.range(0, 1234).forEach(i -> leftOut.add("link", "l" + i));

    assertThat(leftOut).hasToString("1,234 left out: 1,234 × link (l0, l1, l10, l100, l1000, …)");
  }

  /** Whatever the tasks, their order and what a retry counts again in its own count. */
  @Test
  void partsAddUpToTheSameInAnyOrderAndInBoundedMemory() {
    Random random = new Random(SEED);
    List<String> details = random.ints(20_000, 0, 5_000).mapToObj(detail -> "d" + detail).toList();
    LeftOut whole = new LeftOut();
    List<LeftOut> parts = new ArrayList<>();
    IntStream.range(0, 50).forEach(i -> parts.add(new LeftOut()));
    for (String detail : details) {
      whole.add("place", detail);
      parts.get(random.nextInt(50)).add("place", detail);
    }
    java.util.Collections.shuffle(parts, random);

    LeftOut sum = new LeftOut();
    parts.forEach(sum::add);

    assertThat(sum.reasons()).as("seed %d", SEED).isEqualTo(whole.reasons());
    assertThat(sum.total()).isEqualTo(20_000);
    assertThat(sum.reasons().get(0).details()).hasSize(1000);
  }

  @Test
  void aRunsRecordGivesItBack() {
    LeftOut leftOut =
        new LeftOut().add("other ending", ".heic").add("link", "a, b").add("gone", "");

    assertThat(LeftOut.among(leftOut.counts()).reasons()).isEqualTo(leftOut.reasons());
    assertThat(LeftOut.among(new LeftOut().counts()).isEmpty()).isTrue();
    assertThat(LeftOut.among(java.util.Map.of("listed", 3L))).isNull();
  }

  @Test
  void aRunsRecordOfVeryManyPlacesIsShortAndKeepsTheSum() {
    LeftOut leftOut = new LeftOut();
    IntStream.range(0, 5000).forEach(i -> leftOut.add("link", "l" + i));

    assertThat(leftOut.counts()).hasSizeLessThan(30);
    assertThat(LeftOut.among(leftOut.counts()).total()).isEqualTo(5000);
  }

  @Test
  void aNameCannotForgeALine() {
    assertThat(new LeftOut().add("hidden", ".a\n\u001b[2J\u202e"))
        .hasToString("1 left out: 1 × hidden (.a\\u000A\\u001B[2J\\u202E)");
  }

  @Test
  void aWalkHandsItsCountOverBehindItsImages() {
    Iterator<Found> found =
        LeftOut.counting(
            List.of("a", "-", "b", "-").iterator(),
            (name, leftOut) -> {
              if (name.equals("-")) {
                leftOut.add("dash", "");
                return null;
              }
              return new ListedImage(name, name, "1", 1);
            });
    List<Found> all = new ArrayList<>();
    found.forEachRemaining(all::add);

    assertThat(all).hasSize(3);
    assertThat(all.get(2)).hasToString("2 left out: 2 × dash");
  }
}
