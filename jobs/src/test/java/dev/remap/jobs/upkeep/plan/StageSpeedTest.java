package dev.remap.jobs.upkeep.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.jobs.night.RunsOf;
import dev.remap.jobs.run.RunHistory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StageSpeedTest {
  private static RunHistory.Run extraction(int minute, long images, long slots, double seconds) {
    return RunsOf.run(minute, "extract", seconds, Map.of("worked", images, "slots", slots));
  }

  @Test
  void runsOfSeveralSizesGiveFixedSecondsAndSecondsOfAnImage() {
    StageSpeed speed =
        StageSpeed.of(
            PlanStage.EXTRACT,
            List.of(
                extraction(1, 10, 1, 20 + 10 * 0.5),
                extraction(2, 1000, 2, 20 + 500 * 0.5),
                extraction(3, 100, 4, 20 + 25 * 0.5)));

    assertThat(speed.runs()).isEqualTo(3);
    assertThat(speed.fixedSeconds()).isCloseTo(20, within(1e-6));
    assertThat(speed.secondsEach()).isCloseTo(0.5, within(1e-6));
    assertThat(speed.seconds(4000, 10)).isCloseTo(220, within(1e-6));
  }

  @Test
  void runsOfOneSizeSayOnlyByHowMuchTheAssumptionsAreWrong() {
    StageSpeed speed =
        StageSpeed.of(
            PlanStage.EXTRACT, List.of(extraction(1, 300, 2, 70), extraction(2, 310, 2, 71)));

    assertThat(speed.seconds(305, 2)).isCloseTo(70.5, within(1.0));
    assertThat(speed.secondsEach() / speed.fixedSeconds())
        .isCloseTo(
            PlanStage.EXTRACT.assumed().secondsEach() / PlanStage.EXTRACT.assumed().fixedSeconds(),
            within(1e-9));
  }

  @Test
  void aLargerRunThatWasFasterMakesNoTimeNegative() {
    StageSpeed speed =
        StageSpeed.of(
            PlanStage.EXTRACT, List.of(extraction(1, 10, 1, 50), extraction(2, 100, 1, 40)));

    assertThat(speed.fixedSeconds()).isPositive();
    assertThat(speed.secondsEach()).isPositive();
  }

  @Test
  void runsThatFoundAllDoneOrFailedAreNotLearntFrom() {
    StageSpeed speed =
        StageSpeed.of(
            PlanStage.EXTRACT, List.of(extraction(1, 0, 2, 1), RunsOf.failed(2, "extract", 9)));

    assertThat(speed.runs()).isZero();
    assertThat(speed.secondsEach()).isEqualTo(PlanStage.EXTRACT.assumed().secondsEach());
  }

  @Test
  void aQuantizerIsTrainedInATimeThatGrowsWithItsLists() {
    StageSpeed few = StageSpeed.ofTraining(IndexSpec.parse("IVF1000,PQ8np"), 64);
    StageSpeed many = StageSpeed.ofTraining(IndexSpec.parse("IVF100000,PQ8np"), 64);

    assertThat(many.secondsEach()).isCloseTo(100 * few.secondsEach(), within(1e-9));
    assertThat(PlanStage.QUANTIZE.busy(64, 1)).as("by the driver").isEqualTo(1);
    assertThat(PlanStage.QUANTIZE.busy(64, 10)).as("by tasks").isEqualTo(10);
  }

  @Test
  void slotsAreBusyInRoundsOfAsManyUnits() {
    assertThat(PlanStage.EXTRACT.busy(16, 71)).isCloseTo(71 / 5.0, within(1e-9));
    assertThat(PlanStage.EXTRACT.busy(1024, 71)).isEqualTo(71);
    assertThat(PlanStage.EXTRACT.busy(8, 12)).isEqualTo(6);
    assertThat(PlanStage.EXTRACT.busy(8, 0)).isEqualTo(1);
    assertThat(PlanStage.SNAPSHOT.busy(64, 1)).isEqualTo(64);
  }
}
