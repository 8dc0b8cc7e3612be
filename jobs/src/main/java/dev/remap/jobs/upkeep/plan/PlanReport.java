package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.run.ClusterSlots;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.snapshot.ChangeLimits;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Snapshots;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says what a catalogue asks of the next night, and what that takes.
 *
 * @param offered where the executors come from
 * @param cost of these
 */
record PlanReport(Console console, ClusterSlots slots, String offered, Cost cost) {
  private static final List<String> COLUMNS =
      List.of("stage", "units", "images", "in", "out", "time", "heap", "outside heap", "objects");

  /** Of the slots, below which a plan says that they are too many. */
  private static final double MOSTLY_IDLE = 0.5;

  /**
   * What there is to do.
   *
   * @param other why the live generation is not by the settings' extractor, if it is not
   */
  void work(JobContext context, NightState state, CatalogueDiff diff, Optional<String> other) {
    Changes newest = diff.sinceNewest();
    Changes toDo = diff.toDescribe();
    console.say(
        "plan for index '%s' by catalogue %s",
        Generation.index(context), diff.listing().catalogue().uri());
    console.say(
        "  %,d images listed%s",
        diff.listing().size(),
        state
            .newest()
            .map(
                number ->
                    String.format(
                        Locale.ROOT,
                        ": %,d added, %,d changed, %,d removed since snapshot %d",
                        newest.added(),
                        newest.changed(),
                        newest.removed(),
                        number))
            .orElse("; the store has no snapshot yet"));
    state
        .newest()
        // What a run with other settings has begun is not refused any more.
        .filter(number -> state.begun(diff.listing()).isEmpty())
        .flatMap(number -> objection(context, number, newest))
        .ifPresent(why -> console.say("  WARNING: reindex refuses that: %s", why));
    if (!diff.listing().leftOut().isEmpty()) {
      console.say("  %s", diff.listing().leftOut());
    }
    console.say(
        "  to do: %,d images to describe, %,d unreachable ones to try again, %,d to take out; %,d"
            + " stay rejected",
        toDo.added() + toDo.changed(), toDo.again(), toDo.removed(), toDo.rejected());
    other.ifPresent(why -> console.say("  WARNING: reindex refuses that: %s", why));
  }

  private static Optional<String> objection(JobContext context, int before, Changes changes) {
    Store store = context.store();
    return ChangeLimits.of(context.settings())
        .objection(
            before, new Snapshots(store).images(before), changes.removed(), changes.changed());
  }

  /** What the stages take, and together. */
  void table(List<StageEstimate> stages) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row(COLUMNS, "money"));
    stages.forEach(stage -> rows.add(row(stage.stage().job(), number(stage.part().rows()), stage)));
    rows.add(row("total", "", stages.stream().reduce(StageEstimate::then).orElseThrow()));
    console.say("");
    console.table(rows);
    slots(stages);
  }

  private List<String> row(String name, String images, StageEstimate stage) {
    return row(
        List.of(
            name,
            number(stage.part().units()),
            images,
            Double.isNaN(stage.bytesIn()) ? "unknown" : bytes(stage.bytesIn()),
            bytes(stage.bytesOut()),
            Console.seconds(stage.seconds()),
            bytes((double) stage.memory().heap()),
            bytes((double) stage.memory().outside()),
            number(stage.objects())),
        cost.of(stage.seconds(), slots.executors()));
  }

  private List<String> row(List<String> cells, String money) {
    return cost.isKnown() ? Stream.concat(cells.stream(), Stream.of(money)).toList() : cells;
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String bytes(double bytes) {
    return Console.bytes(Math.round(bytes));
  }

  /** What the tables rest on. */
  void assumptions(List<StageEstimate> stages) {
    console.say("");
    console.say(
        "  %s of %s (%s)%s",
        Console.count(slots.executors(), "executor"),
        Console.count(slots.tasksEach(), "task"),
        offered,
        cost.isKnown() ? ", each " + cost.of(3600, 1) + " an hour" : "");
    for (StageEstimate stage : stages) {
      StageSpeed speed = stage.speed();
      console.say(
          "  time of %s: %s + images × %s / tasks at once, %s",
          stage.stage().job(),
          Console.seconds(speed.fixedSeconds()),
          each(speed.secondsEach()),
          speed.runs() > 0
              ? "from " + Console.count(speed.runs(), "earlier run")
              : stage.stage() == PlanStage.QUANTIZE
                  ? "assumed, by the number of lists"
                  : "assumed: there is no run to learn from yet");
    }
    console.say(
        "  memory of one executor, all its tasks together, beside Spark's and Java's own; of"
            + " quantize, the driver's where that trains");
    console.say(
        "  an image that is described takes two reads beside these objects: its status and its"
            + " bytes");
  }

  /** How many of them have something to do. */
  private void slots(List<StageEstimate> stages) {
    console.say(
        "  tasks at once, in the mean, of %,d that could: %s",
        slots.slots(),
        stages.stream()
            .map(stage -> String.format(Locale.ROOT, "%s %,.1f", stage.stage().job(), stage.busy()))
            .collect(Collectors.joining(", ")));
    StageEstimate longest =
        stages.stream().max(Comparator.comparingDouble(StageEstimate::seconds)).orElseThrow();
    if (longest.busy() < MOSTLY_IDLE * slots.slots()) {
      console.say(
          "  WARNING: %s, which takes longest, keeps %,.1f of %,d slots busy; fewer executors would"
              + " take as long",
          longest.stage().job(), longest.busy(), slots.slots());
    }
  }

  private static String each(double seconds) {
    if (seconds >= 0.1) {
      return String.format(Locale.ROOT, "%.2f s", seconds);
    }
    return seconds >= 1e-4
        ? String.format(Locale.ROOT, "%.2f ms", 1e3 * seconds)
        : String.format(Locale.ROOT, "%.2f µs", 1e6 * seconds);
  }
}
