package dev.remap.jobs.stage.knn;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Probing;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.UnitSize;
import dev.remap.jobs.search.ShardSearcher;
import dev.remap.jobs.stage.GenerationTableJob;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.GraphName;
import dev.remap.jobs.table.Graphs;
import java.util.List;

/**
 * The k-NN graph of a generation: every image it holds searches its shards, and those found are
 * ranked by their stored vectors. Each unit reads all vectors once, so units are larger than those
 * of other stages.
 */
public final class KnnJob extends GenerationTableJob<KnnJob.Todo> {
  /** What the records of units count, too. */
  static final String NEIGHBOURS = "neighbours";

  /** Images that found fewer than were asked for and the generation has. */
  static final String SHORT = "short";

  /** More units than that are of no use: each reads all vectors. */
  private static final int MOST_UNITS = 64;

  public KnnJob(JobContext context, Generation generation) {
    super(context, generation);
  }

  record Todo(LayerId id, Plan plan, long images, KnnTask task) implements Planned {}

  @Override
  protected String name() {
    return "knn";
  }

  @Override
  protected Todo plan() {
    Settings settings = context().settings();
    int k = settings.integer("knn.k", 1, 1_000);
    int depth = settings.integer("knn.depth", 1, 10_000);
    if (depth < k) {
      throw new InputException(
          "knn.depth is %d, and knn.k is %d: at least as many must be ranked as are wanted (--depth,"
              + " -k)",
          depth, k);
    }
    long images = generation().entries(context().store());
    int most = (int) Math.max(0, Math.min(k, images - 1));
    ShardSearcher searcher = ShardSearcher.of(context(), generation());
    LayerId id =
        new GraphName(generation().index(), k, searcher.probing(), depth)
            .layer(generation().number());
    Plan plan = layer(id).createPlan(new Plan(inputs(k, searcher.probing(), depth), units(images)));
    say(
        "knn of index '%s', generation %d: %s, %d nearest of %d ranked, %s, %s (graph" + " %s)",
        generation().index(),
        generation().number(),
        Console.count(images, "image"),
        k,
        depth,
        searcher.probing(),
        Console.count(plan.units().size(), "unit"),
        id.table().id());
    if (images <= k) {
      say(
          "  there are %s: each has %s %d others for neighbours, which are fewer than %d",
          Console.count(images, "image"),
          visitsAll(searcher.probing()) ? "all" : "at most",
          most,
          k);
    }
    KnnTask task =
        new KnnTask(
            id.folder(),
            generation().vectors(),
            generation().metric(context().store()),
            searcher,
            most,
            depth,
            context().run());
    return new Todo(id, plan, images, task);
  }

  /** A graph over the centroids may miss some of them. */
  private boolean visitsAll(Probing probing) {
    IndexSpec spec = IndexSpec.parse(generation().inputs().spec());
    return spec.hnswLinks() == 0 && probing.nprobe() >= spec.lists();
  }

  private Inputs inputs(int k, Probing probing, int depth) {
    Inputs inputs =
        Graphs.inputs(generation())
            .with(Inputs.K, Integer.toString(k))
            .with(Inputs.NPROBE, Integer.toString(probing.nprobe()))
            .with(Inputs.DEPTH, Integer.toString(depth));
    return probing.efSearch() == 0
        ? inputs
        : inputs.with(Inputs.EF_SEARCH, Integer.toString(probing.efSearch()));
  }

  private List<Unit> units(long images) {
    UnitSize size = context().unitSize();
    long wanted = Math.max(size.ofRows(images), images / MOST_UNITS);
    return KeyPartitioner.even(images, Math.min(size.most(), wanted));
  }

  @Override
  protected void write(Todo todo, List<Unit> pending) {
    run(pending, todo.task);
  }

  @Override
  protected void report(Todo todo, Ledger graph) {
    Counts counts = books(graph);
    say(
        "  books: %,d images = %,d rows with %,d neighbours; %,d found fewer than %d",
        todo.images,
        graph.rows(TableKind.GRAPHS.rows()),
        counts.count(NEIGHBOURS),
        counts.count(SHORT),
        todo.task.most());
    say("  its files: `%s`", files(todo.id));
  }
}
