package dev.remap.jobs.report;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.RunHistory;
import dev.remap.jobs.store.run.RunEnd;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Snapshots;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What ran, how fast, what was rejected, and how the catalogue grew. */
final class RunPart {
  private static final int MOST_RUNS = 20;
  private static final int MOST_NIGHTS = 60;

  /** What the books of a job count its images by, the first that it has. */
  private static final List<String> IMAGES =
      List.of("tried", "listed", "described", "vectors", "entries", "images", "queries", "copies");

  private final JobContext context;

  RunPart(JobContext context) {
    this.context = context;
  }

  /** One run of a job. */
  record Ran(
      String at,
      String job,
      String command,
      String took,
      String images,
      String speed,
      String failure) {
    boolean hasFailed() {
      return !failure.isEmpty();
    }
  }

  /** The model of the part. */
  Map<String, Object> of(Generation live, ObjectNode status) {
    List<RunHistory.Run> runs = new ArrayList<>(RunHistory.of(context.store()).runs());
    Collections.reverse(runs);
    Map<String, Object> told = new ObjectMapper().convertValue(status, new TypeReference<>() {});
    return Map.of(
        "runs", runs.stream().limit(MOST_RUNS).map(RunPart::ran).toList(),
        "earlier", some(runs.size() - MOST_RUNS),
        "rejects", rejects(told),
        "hasRejects", !rejects(told).isEmpty(),
        "growth", growth(live).stream().toList());
  }

  /** A number above 0 in words; nothing for others. */
  static String some(int number) {
    return number > 0 ? String.format(Locale.ROOT, "%,d", number) : "";
  }

  private static Ran ran(RunHistory.Run run) {
    double seconds = run.milliseconds() / 1e3;
    Optional<Long> images =
        run.end().stream()
            .flatMap(end -> IMAGES.stream().map(name -> end.counts().get(name)))
            .filter(count -> count != null)
            .findFirst();
    return new Ran(
        run.at().truncatedTo(ChronoUnit.SECONDS).toString(),
        run.start().command(),
        run.command(),
        run.end().isPresent() ? Console.seconds(seconds) : "did not end",
        images.map(count -> String.format(Locale.ROOT, "%,d", count)).orElse("–"),
        images
            .filter(count -> seconds > 0)
            .map(count -> LineChart.number(Math.round(count / seconds * 10) / 10.0))
            .orElse("–"),
        run.end().flatMap(RunEnd::failure).orElse(""));
  }

  /** The reasons of the newest table of rejects that has any. */
  private static List<Object> rejects(Map<String, Object> status) {
    return ((List<?>) status.get("rejects"))
        .stream()
            .map(table -> (List<?>) ((Map<?, ?>) table).get("reasons"))
            .flatMap(reasons -> Stream.<Object>of(reasons.toArray()))
            .toList();
  }

  private Optional<LineChart> growth(Generation live) {
    Snapshots snapshots = new Snapshots(context.store());
    List<Integer> numbers =
        snapshots.numbers().stream()
            .filter(snapshots::isComplete)
            .filter(number -> number <= live.vectors().snapshot())
            .toList();
    List<LineChart.Point> points =
        numbers.subList(Math.max(0, numbers.size() - MOST_NIGHTS), numbers.size()).stream()
            .map(number -> new LineChart.Point("snapshot " + number, snapshots.images(number)))
            .toList();
    return points.size() < 2
        ? Optional.empty()
        : Optional.of(LineChart.of("Images in the catalogue, by snapshot", points));
  }
}
