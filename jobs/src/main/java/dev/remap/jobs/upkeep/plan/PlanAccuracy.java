package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.RunHistory;
import dev.remap.jobs.run.RunHistory.Run;
import dev.remap.jobs.store.run.RunEnd;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How wrong the last plan was that was followed by runs: what it expected of each stage, and what
 * these took until a night had published, or the next plan.
 */
public record PlanAccuracy(Instant planned, List<Stage> stages) {
  /** The job's word in the records of runs. */
  static final String PLAN = "plan";

  /**
   * One stage.
   *
   * @param seconds of all its runs together, failed ones too
   */
  public record Stage(
      String stage,
      long plannedUnits,
      long plannedImages,
      long images,
      double plannedSeconds,
      double seconds) {}

  public PlanAccuracy {
    stages = List.copyOf(stages);
  }

  /** What a plan leaves in its run's record. */
  static Counts books(List<StageEstimate> stages) {
    Counts books = new Counts();
    for (StageEstimate estimate : stages) {
      books
          .add(name(estimate.stage(), "units"), estimate.part().units())
          .add(name(estimate.stage(), "images"), estimate.part().rows())
          .add(name(estimate.stage(), "milliseconds"), Math.round(1000 * estimate.seconds()));
    }
    return books;
  }

  private static String name(PlanStage stage, String what) {
    return stage.job() + "-" + what;
  }

  public static Optional<PlanAccuracy> of(RunHistory history) {
    List<Run> plans =
        history.of(PLAN).stream().filter(run -> run.succeeded() && isEstimate(run)).toList();
    Instant until = Instant.MAX;
    for (int i = plans.size() - 1; i >= 0; i--) {
      Run plan = plans.get(i);
      Instant end = until;
      List<Run> after =
          firstNight(
              history.runs().stream()
                  .filter(run -> run.at().isAfter(plan.at()) && run.at().isBefore(end))
                  .filter(run -> run.end().isPresent())
                  .toList());
      List<Stage> stages = stages(plan, after);
      if (!stages.isEmpty()) {
        return Optional.of(new PlanAccuracy(plan.at(), stages));
      }
      until = plan.at();
    }
    return Optional.empty();
  }

  /** Up to the listing of the night that follows one which has published. */
  private static List<Run> firstNight(List<Run> runs) {
    boolean published = false;
    for (int i = 0; i < runs.size(); i++) {
      if (published && runs.get(i).is(PlanStage.SNAPSHOT.job())) {
        return runs.subList(0, i);
      }
      published |= runs.get(i).is(PlanStage.PUBLISH.job()) && runs.get(i).succeeded();
    }
    return runs;
  }

  private static boolean isEstimate(Run plan) {
    return plan.end().map(RunEnd::counts).orElseThrow().keySet().stream()
        .anyMatch(name -> name.endsWith("-milliseconds"));
  }

  private static List<Stage> stages(Run plan, List<Run> after) {
    List<Stage> stages = new ArrayList<>();
    for (PlanStage stage : PlanStage.values()) {
      List<Run> runs = after.stream().filter(run -> run.is(stage.job())).toList();
      if (!runs.isEmpty()) {
        stages.add(
            new Stage(
                stage.job(),
                plan.count(name(stage, "units")),
                plan.count(name(stage, "images")),
                runs.stream().filter(Run::succeeded).mapToLong(stage::images).sum(),
                plan.count(name(stage, "milliseconds")) / 1000.0,
                runs.stream().mapToLong(Run::milliseconds).sum() / 1000.0));
      }
    }
    return stages;
  }

  public void print(Console console) {
    console.say(
        "\nthe last plan, of %s, and what came of it", planned.truncatedTo(ChronoUnit.SECONDS));
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of("stage", "images planned", "images", "time planned", "time", "actual/planned"));
    double expected = 0;
    double took = 0;
    for (Stage stage : stages) {
      String images = String.format(Locale.ROOT, "%,d", stage.images);
      String before = String.format(Locale.ROOT, "%,d", stage.plannedImages);
      rows.add(row(stage.stage, before, images, stage.plannedSeconds, stage.seconds));
      expected += stage.plannedSeconds;
      took += stage.seconds;
    }
    rows.add(row("total", "", "", expected, took));
    console.table(rows);
  }

  private static List<String> row(
      String name, String plannedImages, String images, double planned, double took) {
    return List.of(
        name,
        plannedImages,
        images,
        Console.seconds(planned),
        Console.seconds(took),
        planned == 0 ? "–" : String.format(Locale.ROOT, "%.2f", took / planned));
  }
}
