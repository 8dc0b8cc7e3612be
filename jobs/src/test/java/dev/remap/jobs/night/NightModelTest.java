package dev.remap.jobs.night;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens to a catalogue and to its index, in whatever order, the live index shows what a
 * plain map says. Many more sequences are {@link NightModelDrill}'s.
 */
class NightModelTest {
  private static final long SEED = 20261128;
  private static final int SEQUENCES = 2;
  private static final int LENGTH = 10;

  @Test
  void theLiveIndexShowsWhatAPlainMapSaysAfterEveryStep(@TempDir Path folder) {
    assertThat(new ModelSequences(folder, 60).failures(SEED, SEQUENCES, LENGTH)).isEmpty();
  }

  /** Other images are listed, and the same are described: the same quantizer is trained again. */
  @Test
  void aTrainingAfterOnlyRejectedImagesHaveChangedMakesWhatIsThere(@TempDir Path folder) {
    ModelSequences sequences = new ModelSequences(folder, 60);
    assertThat(sequences.failure(Step.parseAll("damage 1 755; night; lose 1 595; retrain")))
        .isEmpty();
  }

  @Test
  void imagesThatAreNotThereAreTriedAgain(@TempDir Path folder) {
    ModelSequences sequences = new ModelSequences(folder, 60);
    assertThat(sequences.failure(Step.parseAll("damage 1 5; lose 2 734; night; retry-unreachable")))
        .isEmpty();
  }

  @Test
  void aFailingSequenceIsShrunkToTheShortest() {
    List<Integer> failing = new Random(SEED).ints(40, 0, 9).boxed().toList();

    List<Integer> shortest =
        Shrinking.shrink(
            failing, some -> some.contains(3) && some.lastIndexOf(7) > some.indexOf(3), () -> true);

    assertThat(shortest).containsExactly(3, 7);
  }

  @Test
  void aSequenceIsPlayedAgainFromItsText() {
    List<Step> steps = Step.random(new Random(SEED), 200);

    assertThat(Step.parseAll(Step.text(steps))).isEqualTo(steps);
  }
}
