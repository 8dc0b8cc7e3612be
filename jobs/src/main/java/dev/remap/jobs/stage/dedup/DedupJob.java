package dev.remap.jobs.stage.dedup;

import dev.remap.core.whitening.Metric;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.stage.GenerationTableJob;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.table.DuplicatesName;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.GraphName;
import dev.remap.jobs.table.Graphs;
import dev.remap.jobs.table.Vectors;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaPairRDD;

/** Groups of near copies among the images of a generation, by its k-NN graph. */
public final class DedupJob extends GenerationTableJob<DedupJob.Todo> {
  /** What the records of units count. */
  static final String GROUPS = "groups";

  static final String DUPLICATES = Vectors.LEFT_OUT;

  /** Duplicates whose vector is exactly that of the one that is kept. */
  static final String IDENTICAL = "identical";

  /** A group of so few is never too large a share of a catalogue. */
  private static final int SMALL_GROUP = 10;

  private static final String SCORE = "dedup.threshold";
  private static final String DISTANCE = "dedup.distance";

  private final String graph;

  /**
   * @param graph the id of the graph's table; null where there is only one
   */
  public DedupJob(JobContext context, Generation generation, String graph) {
    super(context, generation);
    this.graph = graph;
  }

  record Todo(LayerId id, Plan plan, Groups groups, long images) implements Planned {}

  @Override
  protected String name() {
    return "dedup";
  }

  @Override
  protected Todo plan() {
    Settings settings = context().settings();
    Metric metric = generation().metric(context().store());
    double threshold = threshold(metric);
    KeepRule keep = KeepRule.of(settings.string("dedup.keep"));
    LayerId source = Graphs.choose(context(), generation(), graph);
    DuplicatesName name =
        DuplicatesName.of(GraphName.of(source), metric, threshold, keep.toString());
    LayerId id = name.layer(generation().number());
    Inputs inputs =
        Ledgers.of(context().store(), source.folder())
            .inputs()
            .with(Inputs.GRAPH, source.folder())
            .with(Inputs.THRESHOLD, name.threshold())
            .with(Inputs.KEEP, name.keep());
    // It is fixed once it is known that there are groups worth to be written.
    Plan plan = layer(id).plan().orElseGet(() -> new Plan(inputs, units(source)));
    Inputs.requireSame(id.folder(), plan.inputs(), "what is asked for now", inputs);
    say(
        "dedup of index '%s', generation %d: near copies have %s, %s is kept" + " (graph %s)",
        generation().index(),
        generation().number(),
        name.bound(),
        name.keep(),
        source.table().id());
    Groups groups =
        new Groups(
            context().taskStore(),
            source.folder(),
            generation().vectors(),
            plan.units(),
            (float) (metric == Metric.COSINE ? threshold : -threshold),
            keep);
    return new Todo(id, plan, groups, generation().entries(context().store()));
  }

  /** Of an index by cosine a score, by L2 a distance. */
  private double threshold(Metric metric) {
    Settings settings = context().settings();
    String other = metric == Metric.COSINE ? DISTANCE : SCORE;
    if (settings.isOfCommandLine(other)) {
      throw new InputException(
          "%s has no effect here: the vectors of index '%s' are compared by %s. Give %s",
          other,
          generation().index(),
          metric == Metric.COSINE ? "cosine" : "L2",
          metric == Metric.COSINE ? SCORE + " (--threshold)" : DISTANCE + " (--distance)");
    }
    return metric == Metric.COSINE
        ? settings.number(SCORE, 0, 1)
        : settings.number(DISTANCE, 0, Double.MAX_VALUE);
  }

  @Override
  protected void write(Todo todo, List<Unit> pending) {
    int parts = todo.plan.units().size();
    JavaPairRDD<Long, Long> keys =
        TaskFailures.unwrap(
            () -> Groups.keys(Components.of(todo.groups.edges(context().spark()), parts)));
    Groups.Sizes sizes = Groups.sizes(keys, parts);
    say(
        "  %,d groups of %,d images, the largest of %,d",
        sizes.groups(), sizes.images(), sizes.largest());
    requireGroups(todo, sizes.largest());
    layer(todo.id).createPlan(todo.plan);
    MemberTask task =
        new MemberTask(
            todo.id.folder(),
            generation().vectors(),
            generation().metric(context().store()),
            context().run());
    Map<Integer, Unit> units =
        pending.stream().collect(Collectors.toMap(Unit::number, Function.identity()));
    new UnitRunner(context(), "images")
        .over(
            todo.groups.members(keys),
            units.keySet().stream().sorted().toList(),
            0,
            (part, members, at) -> task.write(units.get(part), members, at));
  }

  /** One group of everything is a threshold that is too low, and no finding. */
  private void requireGroups(Todo todo, long largest) {
    Settings settings = context().settings();
    long most = settings.integer("dedup.max-group", 2, Integer.MAX_VALUE);
    double share = settings.number("dedup.max-group-ratio", 0, 1);
    Metric metric = generation().metric(context().store());
    boolean isShare = largest > SMALL_GROUP && largest > share * todo.images;
    if (largest > most || isShare) {
      throw new InputException(
          "At a %s of %s one group has %,d of %s, and %s: give a %s, or a higher %s if they are"
              + " one picture",
          metric.measure(),
          todo.plan.inputs().require(Inputs.THRESHOLD),
          largest,
          Console.count(todo.images, "image"),
          isShare
              ? String.format(Locale.ROOT, "dedup.max-group-ratio allows %.0f %%", 100 * share)
              : String.format(Locale.ROOT, "dedup.max-group allows %,d", most),
          metric == Metric.COSINE
              ? "higher dedup.threshold (--threshold)"
              : "lower dedup.distance (--distance)",
          isShare ? "dedup.max-group-ratio" : "dedup.max-group");
    }
  }

  @Override
  protected void report(Todo todo, Ledger duplicates) {
    Counts counts = books(duplicates);
    say(
        "  books: %,d images = %,d without near copies + %,d kept, one of each group + %,d"
            + " duplicates",
        todo.images,
        todo.images - counts.count(GROUPS) - counts.count(DUPLICATES),
        counts.count(GROUPS),
        counts.count(DUPLICATES));
    say(
        "  %,d of the duplicates %s exactly the vector of the one that is kept. Nothing was"
            + " deleted. The groups: `%s`",
        counts.count(IDENTICAL), counts.count(IDENTICAL) == 1 ? "has" : "have", files(todo.id));
  }
}
