package dev.remap.jobs.tune;

import dev.remap.index.quantizer.Probing;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.TunedPoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The curve as a table, and what to take of it for a target.
 *
 * @param queries what the index was asked with
 * @param depths of which recall is told, ascending from how many are wanted of each query
 * @param points by lists, and then by depth
 * @param codes what others would find, the shortest first
 */
record TuneReport(
    JobContext context,
    QuerySource.Kind queries,
    List<Integer> depths,
    List<OperatingPoint> points,
    List<CodeTrials.Trial> codes) {
  private static final double NORMAL = 1.96;

  void print(Target target) {
    int k = depths.get(0);
    List<List<String>> table = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("nprobe"));
    if (hasBeams()) {
      header.add("efSearch");
    }
    header.addAll(List.of("ms a query", "recall@" + k));
    depths.stream().skip(1).forEach(depth -> header.add(ranking(depth)));
    header.add("±");
    table.add(header);
    for (int row = 0; row < points.size(); row += depths.size()) {
      table.add(line(points.subList(row, row + depths.size())));
    }
    context.console().table(table);
    context
        .console()
        .say(
            "  exact:n=N: recall@%d where the N nearest by their codes are ranked again by stored"
                + " vectors (search --rerank), which takes its own time; ±: half of the widest 95 %%"
                + " interval; ms of one core",
            k);
    List<List<String>> answers = new ArrayList<>();
    List<String> asked = new ArrayList<>(List.of("wanted", "met", "search.nprobe"));
    if (hasBeams()) {
      asked.add("search.ef-search");
    }
    asked.addAll(List.of("search.rerank", "recall@" + k, "ms a query"));
    answers.add(asked);
    ways(target).forEach(way -> answers.add(answer(target, way)));
    context.console().table(answers);
    if (!codes.isEmpty()) {
      printCodes();
    }
  }

  private void printCodes() {
    List<List<String>> table = new ArrayList<>();
    List<Integer> within = codes.get(0).points().stream().map(OperatingPoint::depth).toList();
    List<String> header =
        new ArrayList<>(List.of("code", "bytes a vector", "recall@" + depths.get(0)));
    within.stream().skip(1).forEach(depth -> header.add(ranking(depth)));
    header.add("±");
    table.add(header);
    for (CodeTrials.Trial trial : codes) {
      List<String> cells = new ArrayList<>();
      cells.add(trial.code());
      cells.add(Integer.toString(trial.spec().codeBytes()));
      trial.points().forEach(point -> cells.add(decimals(point.recall())));
      cells.add(decimals(NORMAL * widest(trial.points())));
      table.add(cells);
    }
    context.console().table(table);
    context
        .console()
        .say(
            "  codes alone: recall is that of a sample of the index's vectors, of which all lists are"
                + " visited, whatever nprobe and efSearch are. Of more vectors, and of fewer lists,"
                + " each finds less. `quantizer.spec` takes one, for a quantizer that is trained anew");
  }

  /** The point that a search is to take: without re-ranking if that is enough; none if none is. */
  Optional<TunedPoints.Point> kept(Target target) {
    return ways(target).stream()
        .map(target::best)
        .filter(target::isMet)
        .findFirst()
        .map(
            point ->
                new TunedPoints.Point(
                    point.probing(),
                    point.depth() > depths.get(0) ? point.depth() : 0,
                    queries.word() + "@" + depths.get(0)));
  }

  void sayKept(Target target, Generation generation) {
    context
        .console()
        .say(
            "  %s",
            kept(target)
                .map(point -> kept(point, generation.inputs().quantizer()))
                .orElse("nothing is kept, as no point meets what is wanted"));
  }

  private String kept(TunedPoints.Point point, String quantizer) {
    // Garbage collection may have taken it meanwhile, and what is kept goes with it.
    return TunedPoints.newest(context.store()).of(quantizer).isEmpty()
        ? "nothing is kept, as quantizer %s is not in the store any more".formatted(quantizer)
        : "kept: searches of what quantizer %s has cut into lists take %s and search.rerank=%s, unless they are told otherwise; measured by %s"
            .formatted(quantizer, settings(point.probing()), point.rerank(), queries.text());
  }

  /** Refuses a file that cannot be written, before anything is measured. */
  static void requireWritable(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file) || !Files.isDirectory(folder)) {
      throw new InputException(
          "--svg is %s: give a file in a folder that is there, not a folder", file);
    }
  }

  /** Writes the curves as a drawing. */
  void draw(Path file, Generation generation) {
    int k = depths.get(0);
    List<RecallChart> charts = new ArrayList<>();
    charts.add(
        new RecallChart(
            "recall@%d of generation %d of %s, asked by %s"
                .formatted(k, generation.number(), generation.index(), queries.text()),
            "ms of one core for a query, without re-ranking",
            depths.stream()
                .map(depth -> curve(depth, at(depth).stream().map(TuneReport::byTime).toList()))
                .toList()));
    if (!codes.isEmpty()) {
      charts.add(
          new RecallChart(
              "recall@%d of codes in a sample, all lists visited, asked by %s"
                  .formatted(k, queries.text()),
              "bytes of code a vector",
              codes.get(0).points().stream()
                  .map(OperatingPoint::depth)
                  .map(depth -> curve(depth, byBytes(depth)))
                  .toList()));
    }
    try {
      Files.writeString(file, RecallChart.svg(charts));
      context.console().say("  drawn in %s", file);
    } catch (IOException e) {
      throw new InputException("--svg %s cannot be written: %s", file, e.getMessage());
    }
  }

  private RecallChart.Curve curve(int depth, List<RecallChart.Point> drawn) {
    String name = depth > depths.get(0) ? ranking(depth) : "codes alone";
    return new RecallChart.Curve(
        name, drawn.stream().sorted(Comparator.comparingDouble(RecallChart.Point::x)).toList());
  }

  private static RecallChart.Point byTime(OperatingPoint point) {
    return new RecallChart.Point(point.millis(), point.recall(), point.probing().toString());
  }

  private List<RecallChart.Point> byBytes(int depth) {
    return codes.stream()
        .flatMap(
            trial ->
                trial.points().stream()
                    .filter(point -> point.depth() == depth)
                    .map(
                        point ->
                            new RecallChart.Point(
                                trial.spec().codeBytes(), point.recall(), trial.code())))
        .toList();
  }

  /** Points without re-ranking, and those with it. */
  private List<List<OperatingPoint>> ways(Target target) {
    int k = depths.get(0);
    // What re-ranking takes is not measured.
    return depths.size() > 1 && target instanceof Target.Recall
        ? List.of(at(k), points.stream().filter(point -> point.depth() > k).toList())
        : List.of(at(k));
  }

  private List<OperatingPoint> at(int depth) {
    return points.stream().filter(point -> point.depth() == depth).toList();
  }

  private static String settings(Probing probing) {
    return "search.nprobe="
        + probing.nprobe()
        + (probing.efSearch() == 0 ? "" : ", search.ef-search=" + probing.efSearch());
  }

  /** Whether a graph over the centroids has been searched more and less widely. */
  private boolean hasBeams() {
    return points.get(0).probing().efSearch() > 0;
  }

  private List<String> numbers(Probing probing) {
    String nprobe = Integer.toString(probing.nprobe());
    return hasBeams() ? List.of(nprobe, Integer.toString(probing.efSearch())) : List.of(nprobe);
  }

  private List<String> line(List<OperatingPoint> points) {
    List<String> cells = new ArrayList<>();
    cells.addAll(numbers(points.get(0).probing()));
    cells.add(decimals(points.get(0).millis()));
    points.forEach(point -> cells.add(decimals(point.recall())));
    cells.add(decimals(NORMAL * widest(points)));
    return cells;
  }

  private static double widest(List<OperatingPoint> points) {
    return points.stream().mapToDouble(OperatingPoint::error).max().orElseThrow();
  }

  private List<String> answer(Target target, List<OperatingPoint> ways) {
    OperatingPoint point = target.best(ways);
    List<String> cells = new ArrayList<>();
    cells.add(target.text());
    cells.add(target.isMet(point) ? "yes" : "no: this is nearest");
    cells.addAll(numbers(point.probing()));
    cells.add(point.depth() > depths.get(0) ? ranking(point.depth()) : "none");
    cells.add(decimals(point.recall()));
    cells.add(decimals(point.millis()));
    return cells;
  }

  private static String ranking(int depth) {
    return "exact:n=" + depth;
  }

  private static String decimals(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
