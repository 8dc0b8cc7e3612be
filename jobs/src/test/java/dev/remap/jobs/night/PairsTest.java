package dev.remap.jobs.night;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.night.Pairs.Command;
import dev.remap.jobs.night.Pairs.Outcome;
import dev.remap.jobs.store.publication.Verdict;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.upkeep.verify.StoreCheck;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One command runs while another stands still between its reading and its publication. All pairs at
 * all points are {@link PairDrill}'s.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PairsTest {
  private Pairs pairs;

  @BeforeAll
  void threeNights(@TempDir Path folder) {
    pairs = new Pairs(folder);
  }

  @AfterAll
  void close() {
    pairs.close();
  }

  /**
   * Generations 1 and 2 were live, 3 is built; {@code live} are those that were live in the end.
   *
   * @param says the first command's failure, or what else it says
   */
  @ParameterizedTest
  @CsvSource({
    "NIGHT, publish.before-publication, NIGHT, 1 2 5, 'generation 4 of snapshot 4 is not published:"
        + " another run has published generation 5 of snapshot 5'",
    "NIGHT, publish.before-publication, RETRAIN, 1 2 5, another run has published generation 5",
    "NIGHT, publish.before-publication, PUBLISH, 1 2 4, live: generation 4 of 'default'"
        + " (publication 3)",
    "NIGHT, publish.before-publication, ROLLBACK, 1 2 1, FAILED: somebody has gone back to"
        + " generation 1 (publication 3)",
    "NIGHT, reindex.begun, ROLLBACK, 1 2 1, FAILED: somebody has gone back to generation 1"
        + " (publication 3)",
    "NIGHT, reindex.listed, NIGHT, 1 2 4, it is live already",
    "NIGHT, snapshot.listed, NIGHT, 1 2 4, another run has begun snapshot 4 from another listing",
    "RETRAIN, publish.before-publication, NIGHT, 1 2 5, FAILED: Run it again to train on that",
    "RETRAIN, reindex.whitened, RETRAIN, 1 2 4, FAILED: Run it again to train on that",
    "RETRAIN, publish.before-publication, ROLLBACK, 1 2 1, FAILED: somebody has gone back",
    "RETRAIN_WARM, reindex.whitened, RETRAIN, 1 2 4, FAILED: Run it again to train on that",
    "RETRAIN, publish.before-publication, RETRAIN_WARM, 1 2 5, FAILED: Run it again to train on",
    "RETRAIN_WARM, publish.begun, NIGHT_LISTS, 1 2 5, FAILED: Run it again to train on that",
    "NIGHT_LISTS, reindex.built, NIGHT, 1 2 5, another run has published generation 5",
    "PUBLISH, publish.before-publication, NIGHT, 1 2 4, FAILED: publish again if you still want to",
    "PUBLISH, publish.before-publication, ROLLBACK, 1 2 1, FAILED: somebody has gone back",
    "PUBLISH_FIRST, publish.before-publication, PUBLISH, 1 2 3, FAILED: publish again if you still"
        + " want to",
    "ROLLBACK, rollback.before-publication, NIGHT, 1 2 4, FAILED: Something else was published",
    "COMPACT, compact.planned, NIGHT, 1 2 4, books: ",
    "COMPACT, compact.merged, GC, 1 2, books: ",
    "GC, gc.roots-found, NIGHT, 1 2 4, FAILED: A generation was published while gc was looking",
    "GC, gc.roots-found, COMPACT, 1 2, deleted: ",
  })
  void whoComesFirst(Command first, String point, Command second, String live, String says) {
    Outcome outcome = pairs.run(first, point, second);

    assertThat(outcome.second().failure()).isEmpty();
    assertThat(outcome.generations())
        .containsExactlyElementsOf(
            Arrays.stream(live.split(" ", -1)).map(Integer::valueOf).toList());
    if (says.startsWith("FAILED: ")) {
      assertThat(outcome.first().failure()).contains(says.substring(8));
    } else {
      assertThat(outcome.first().failure()).isEmpty();
      assertThat(outcome.first().text()).contains(says);
    }
    if (first == Command.COMPACT || first == Command.GC) {
      assertThat(pairs.isSound()).isTrue();
    }
  }

  /** The catalogue lists what it listed when somebody went back. */
  @Test
  void whatWasBuiltBeforeSomebodyWentBackIsNotPublishedByTheNextNight() {
    pairs.run(Command.NIGHT, "publish.before-publication", Command.ROLLBACK);

    assertThat(pairs.night().text()).contains("nothing to publish: generation 4");

    assertThat(pairs.log().stream().map(Generation::number)).containsExactly(1, 2, 1);
    assertThat(pairs.run(Command.NIGHT, point -> {}).text()).contains("live: generation 5");
  }

  @Test
  void anOlderGenerationThatCameLateIsNoticedAndTheNextNightMakesTheNewestLive() {
    pairs.fresh();
    pairs.publishLate(1);

    assertThat(pairs.lookedAt(StoreCheck.Mode.REPAIR))
        .contains("indexes/default/published/00000003.json", "outdated")
        .containsPattern(
            "now run.*\\R +remap publish --store \\S+ --name default --generation 2 --set .*\\R")
        .contains("WARNING: generation 2 of 'default' (snapshot 2, quantizer ", "\"displaced\"")
        .containsPattern(" --name default --generation 2 --set .*` mends it now");
    assertThat(pairs.isSound()).isFalse();
    assertThat(pairs.night().text())
        .contains("generation 1 (snapshot 1, quantizer ", "this night goes on from it")
        .contains("live: generation 3 of 'default' (publication 4)")
        .doesNotContain("rolled back");
    assertThat(pairs.lookedAt(StoreCheck.Mode.LOOK))
        .contains("all is well")
        .doesNotContain("WARNING")
        .doesNotContain("displaced");
  }

  @Test
  void aTrainingThatWasTakenBackIsNoticedAndBroughtBack() {
    pairs.fresh();
    pairs.run(Command.RETRAIN, point -> {});
    pairs.buildAs(1);
    pairs.publishLate(5);

    assertThat(pairs.lookedAt(StoreCheck.Mode.LOOK))
        .contains("outdated")
        .containsPattern("remap reindex --store \\S+ --name default --catalogue \\S+");
    pairs.night();

    Generation live = pairs.generation(6);
    assertThat(pairs.log().stream().map(Generation::number)).containsExactly(1, 2, 4, 5, 6);
    assertThat(live.vectors().snapshot()).isEqualTo(pairs.newestSnapshot());
    assertThat(live.inputs().quantizer()).isEqualTo(pairs.generation(4).inputs().quantizer());
    assertThat(pairs.isSound()).isTrue();
  }

  @Test
  void aPublicationThatNamesAnOlderGenerationGoesBackAndSaysSo() {
    pairs.fresh();

    assertThat(pairs.run(Command.PUBLISH_FIRST, point -> {}).text())
        .contains("it is older than generation 2, which is live: this goes back");
    Verdict verdict = pairs.log().get(2).verdict().orElseThrow();
    assertThat(verdict.act()).isEqualTo(Verdict.Act.PASSED);
    assertThat(verdict.about()).containsEntry("instead-of", "00000002");
    assertThat(pairs.lookedAt(StoreCheck.Mode.LOOK))
        .contains("all is well")
        .doesNotContain("WARNING");
    assertThat(pairs.night().text()).contains("nothing to publish: generation 3");
    assertThat(pairs.run(Command.PUBLISH, point -> {}).text()).contains("live: generation 3");
  }
}
