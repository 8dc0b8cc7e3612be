package dev.remap.jobs.stage.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.evaluation.PairedBootstrap.Pair;
import dev.remap.jobs.store.publication.VerdictCheck;
import dev.remap.jobs.store.publication.VerdictCheck.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the gate makes of per-query scores whose answer is known. */
class RegressionsTest {
  private final Regressions comparisons = new Regressions(7, 0.01);

  /** Eight copies of each image; of {@code lost} images none is found any more. */
  private VerdictCheck check(int images, int lost) {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      for (int copy = 0; copy < 8; copy++) {
        pairs.add(new Pair(i, 1, i < lost ? 0 : 1));
      }
    }
    return comparisons.check("copies", "recall@1", pairs);
  }

  @Test
  void aQuarterLostIsRefused() {
    VerdictCheck check = check(100, 25);

    assertThat(check.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(check.value()).hasValue(0.75);
    assertThat(check.reference()).hasValue(1);
    assertThat(check.bound()).hasValue(0.01);
    assertThat(check.text())
        .startsWith("recall@1 is 0.750, in generation 7 1.000: a drop of 0.250 (95 % interval 0.1")
        .endsWith("publish.max-drop 0.01)");
  }

  @Test
  void twoImagesOfAHundredMayBeChance() {
    assertThat(check(100, 2).outcome()).isEqualTo(Outcome.PASSED);
  }

  @Test
  void tenImagesOfAHundredAreNot() {
    assertThat(check(100, 10).outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void aSureLossOfLessThanTheBoundPasses() {
    assertThat(check(10_000, 50).outcome()).isEqualTo(Outcome.PASSED);
    assertThat(check(10_000, 150).outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void fewImagesTellNothing() {
    VerdictCheck check = check(9, 9);

    assertThat(check.outcome()).isEqualTo(Outcome.SKIPPED);
    assertThat(check.text()).contains("9 images are too few to compare by: 10 are needed");
  }
}
