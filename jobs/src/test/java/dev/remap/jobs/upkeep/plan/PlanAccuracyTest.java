package dev.remap.jobs.upkeep.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.night.RunsOf;
import dev.remap.jobs.run.RunHistory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlanAccuracyTest {
  private static RunHistory.Run plan(int minute, long images, long seconds) {
    return RunsOf.run(
        minute,
        "plan",
        1,
        Map.of(
            "extract-units", 1L, "extract-images", images, "extract-milliseconds", 1000 * seconds));
  }

  private static RunHistory.Run extraction(int minute, long images, double seconds) {
    return RunsOf.run(minute, "extract", seconds, Map.of("worked", images));
  }

  @Test
  void theLastPlanIsComparedWithAllRunsAfterIt() {
    PlanAccuracy hindsight =
        PlanAccuracy.of(
                new RunHistory(
                    List.of(
                        extraction(0, 7, 70),
                        plan(1, 100, 50),
                        RunsOf.failed(2, "extract", 15),
                        extraction(3, 90, 45))))
            .orElseThrow();

    assertThat(hindsight.stages())
        .containsExactly(new PlanAccuracy.Stage("extract", 1, 100, 90, 50, 60));
  }

  @Test
  void onlyTheNightAfterAPlanCountsAndNoFitOfAWhitening() {
    PlanAccuracy hindsight =
        PlanAccuracy.of(
                new RunHistory(
                    List.of(
                        plan(1, 100, 50),
                        RunsOf.run(2, "snapshot", 1, Map.of("listed", 100L)),
                        extraction(3, 100, 40),
                        RunsOf.run(4, "whiten", 2, Map.of("worked", 10L, "fitted", 100L)),
                        RunsOf.run(5, "whiten", 3, Map.of("worked", 100L)),
                        RunsOf.run(6, "publish", 1, Map.of("entries", 100L)),
                        RunsOf.run(7, "compact", 1, Map.of("rows", 5L)),
                        RunsOf.run(8, "snapshot", 1, Map.of("listed", 100L)),
                        extraction(9, 7, 70))))
            .orElseThrow();

    assertThat(hindsight.stages())
        .extracting(stage -> stage.stage() + " " + stage.images() + " " + stage.seconds())
        .containsExactly(
            "snapshot 100 1.0",
            "extract 100 40.0",
            "whiten 100 5.0",
            "publish 100 1.0",
            "compact 5 1.0");
  }

  @Test
  void aPlanThatNothingFollowedGivesWayToTheOneBefore() {
    PlanAccuracy hindsight =
        PlanAccuracy.of(
                new RunHistory(
                    List.of(
                        plan(1, 100, 50), extraction(2, 100, 40), plan(3, 5, 9), plan(4, 5, 9))))
            .orElseThrow();

    assertThat(hindsight.stages())
        .containsExactly(new PlanAccuracy.Stage("extract", 1, 100, 100, 50, 40));
  }

  @Test
  void withoutAPlanOrWithoutRunsThereIsNothingToCompare() {
    assertThat(PlanAccuracy.of(new RunHistory(List.of(extraction(1, 3, 3))))).isEmpty();
    assertThat(PlanAccuracy.of(new RunHistory(List.of(plan(1, 3, 3))))).isEmpty();
    RunHistory.Run upToDate = RunsOf.run(1, "plan", 1, Map.of());
    assertThat(PlanAccuracy.of(new RunHistory(List.of(upToDate, extraction(2, 3, 3))))).isEmpty();
  }
}
