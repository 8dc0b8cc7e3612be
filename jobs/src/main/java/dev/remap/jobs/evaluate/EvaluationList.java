package dev.remap.jobs.evaluate;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.RunHistory;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** The evaluations that a store's runs have left, and where their results lie. */
public final class EvaluationList {
  static final String INDEX = "index";
  static final String GENERATION = "generation";
  static final String GROUPS = "groups";
  static final String PROTOCOL = "protocol";
  static final String EXACT = "map-exact-millionths";
  static final String FOUND = "map-index-millionths";

  private static final String COPIES = "evaluate-copies";
  private static final String BY_GROUPS = "evaluate-groups";
  private static final String BY_PROTOCOL = "evaluate-protocol";
  private static final String MEDIUM = "medium";

  private final JobContext context;

  public EvaluationList(JobContext context) {
    this.context = context;
  }

  /**
   * One of them.
   *
   * @param at when it began
   * @param by kind, and what the groups are
   * @param index that it was of; comparisons of aggregators have none
   * @param groups what named them; empty unless it was by groups
   * @param queries that were asked
   * @param exact mean score of exact search, which is mAP by most protocols; – where it is not kept
   * @param found that of the index; – where it is not kept
   * @param results the folder of what each query found
   * @param run the command's, which its record is kept by
   */
  public record Evaluation(
      String at,
      String by,
      Optional<String> index,
      String generation,
      Optional<String> groups,
      String queries,
      String exact,
      String found,
      String results,
      String run) {}

  /** Those that succeeded, the oldest first. */
  public static List<Evaluation> of(JobContext context) {
    RunHistory history = RunHistory.of(context.store());
    return Stream.of(COPIES, BY_GROUPS, BY_PROTOCOL, CompareAggregatorsJob.NAME)
        .flatMap(job -> history.of(job).stream())
        .filter(RunHistory.Run::succeeded)
        .sorted((one, other) -> one.at().compareTo(other.at()))
        .map(run -> evaluation(context, run))
        .toList();
  }

  /** Prints them. */
  public void execute() {
    List<Evaluation> all = of(context);
    if (all.isEmpty()) {
      context.console().say("no evaluation has been kept: `%s` makes one", makesOne());
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "when",
            "by",
            "index",
            "generation",
            "queries",
            "score exact",
            "score index",
            "results"));
    all.forEach(
        one ->
            rows.add(
                List.of(
                    one.at,
                    one.by,
                    one.index.orElse("–"),
                    one.generation,
                    one.queries,
                    one.exact,
                    one.found,
                    one.results)));
    context.console().table(rows);
  }

  private Object makesOne() {
    return context.line("evaluate").with("--copies", 100);
  }

  private static Evaluation evaluation(JobContext context, RunHistory.Run run) {
    String id = run.start().run();
    String command = id.substring(0, id.lastIndexOf('-'));
    String kind = run.start().command().replace("evaluate-", "");
    return new Evaluation(
        run.at().truncatedTo(ChronoUnit.SECONDS).toString(),
        run.asked(GROUPS).or(() -> run.asked(PROTOCOL)).map(by -> kind + " " + by).orElse(kind),
        run.asked(INDEX),
        run.asked(GENERATION).orElse("–"),
        run.is(BY_GROUPS) ? run.asked(GROUPS) : Optional.empty(),
        String.format(Locale.ROOT, "%,d", run.count("queries") + run.count("copies")),
        score(run, EXACT),
        score(run, FOUND),
        context.store().locate("evaluations/" + command + "/" + kind),
        command);
  }

  /** The setup whose mean the list shows: medium where there are several. */
  static String listed(List<String> setups) {
    return setups.contains(MEDIUM) ? MEDIUM : setups.get(0);
  }

  private static String score(RunHistory.Run run, String name) {
    boolean isKnown = run.end().filter(end -> end.counts().containsKey(name)).isPresent();
    return Evaluations.score(
        isKnown ? OptionalDouble.of(run.count(name) / 1e6) : OptionalDouble.empty());
  }

  /** A mean as the books keep it. */
  static long millionths(OptionalDouble mean) {
    return Math.round(mean.orElse(0) * 1e6);
  }
}
