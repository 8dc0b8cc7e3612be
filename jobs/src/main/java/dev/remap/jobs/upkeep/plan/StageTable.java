package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.run.ClusterSlots;
import dev.remap.jobs.run.Console;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** Prints what stages are expected to take, and what that rests on. */
record StageTable(Console console, List<StageEstimate> stages, ClusterSlots offer, Cost cost) {
  private static final List<String> COLUMNS =
      List.of("stage", "units", "images", "in", "out", "time", "heap", "outside heap", "objects");

  void print() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(cells(COLUMNS, "money"));
    stages.forEach(stage -> rows.add(row(stage)));
    double seconds = stages.stream().mapToDouble(StageEstimate::seconds).sum();
    rows.add(
        cells(
            List.of(
                "total",
                number(sum(StageEstimate::units)),
                "",
                Console.bytes(sum(stage -> Math.max(0, stage.bytesIn()))),
                Console.bytes(sum(StageEstimate::bytesOut)),
                Console.seconds(seconds),
                Console.bytes(most(StageEstimate::heap)),
                Console.bytes(most(StageEstimate::outside)),
                number(sum(StageEstimate::objects))),
            money(seconds)));
    console.say("");
    console.table(rows);
  }

  private List<String> row(StageEstimate stage) {
    return cells(
        List.of(
            stage.stage().job(),
            number(stage.units()),
            number(stage.images()),
            stage.bytesIn() < 0 ? "unknown" : Console.bytes(stage.bytesIn()),
            Console.bytes(stage.bytesOut()),
            Console.seconds(stage.seconds()),
            Console.bytes(stage.heap()),
            Console.bytes(stage.outside()),
            number(stage.objects())),
        money(stage.seconds()));
  }

  private List<String> cells(List<String> cells, String money) {
    List<String> row = new ArrayList<>(cells);
    if (cost.isKnown()) {
      row.add(money);
    }
    return row;
  }

  private String money(double seconds) {
    return cost.text(cost.of(seconds, offer.executors()));
  }

  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private long sum(ToLongFunction<StageEstimate> part) {
    return stages.stream().mapToLong(part).sum();
  }

  private long most(ToLongFunction<StageEstimate> part) {
    return stages.stream().mapToLong(part).max().orElse(0);
  }

  /**
   * What it rests on.
   *
   * @param offered where the executors come from
   */
  void assumptions(String offered) {
    console.say("");
    console.say(
        "  %,d executors of %,d tasks (%s)%s",
        offer.executors(),
        offer.tasksEach(),
        offered,
        cost.isKnown() ? ", each " + cost.text(cost.rate()) + " an hour" : "");
    stages.forEach(stage -> console.say("  %s", time(stage)));
    console.say("  memory of one executor, beside Spark's and Java's own:");
    MemoryNeed.FORMULAS.forEach(formula -> console.say("    %s", formula));
  }

  private static String time(StageEstimate stage) {
    StageSpeed speed = stage.speed();
    return String.format(
        Locale.ROOT,
        "time of %s: %s + images × %s / tasks at once, %s",
        stage.stage().job(),
        Console.seconds(speed.fixedSeconds()),
        each(speed.secondsEach()),
        speed.runs() > 0
            ? "from " + speed.runs() + " earlier runs"
            : stage.stage() == PlanStage.QUANTIZE
                ? "assumed, by the number of lists"
                : "assumed: there is no run to learn from yet");
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
