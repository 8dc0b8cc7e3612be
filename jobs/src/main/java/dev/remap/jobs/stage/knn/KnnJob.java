package dev.remap.jobs.stage.knn;

import dev.remap.index.quantizer.Probing;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.UnitSize;
import dev.remap.jobs.search.ShardSearcher;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.GraphName;
import dev.remap.jobs.table.Graphs;
import dev.remap.jobs.table.LayerBooks;
import java.util.List;
import java.util.Optional;

/**
 * The k-NN graph of a generation: every image it holds searches its shards, and those found are
 * ranked by their stored vectors. Each unit reads all vectors once, so units are larger than those
 * of other stages.
 */
public final class KnnJob extends Job<KnnJob.Todo, Ledger> {
  /** What the records of units count. */
  static final String IMAGES = "images";

  static final String NEIGHBOURS = "neighbours";

  /** Images that found fewer than were asked for and the generation has. */
  static final String SHORT = "short";

  /** More units than that are of no use: each reads all vectors. */
  private static final int MOST_UNITS = 64;

  private final Generation generation;

  public KnnJob(JobContext context, Generation generation) {
    super(context);
    this.generation = generation;
  }

  record Todo(LayerId id, Layer layer, Plan plan, long images, KnnTask task) {}

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
    long images = generation.entries(context().store());
    int most = (int) Math.max(0, Math.min(k, images - 1));
    ShardSearcher searcher = ShardSearcher.of(context(), generation);
    LayerId id =
        Graphs.layer(new GraphName(generation.index(), k, searcher.probing(), depth), number());
    Layer layer = new Layer(context().store(), id.folder());
    Plan plan = layer.createPlan(new Plan(inputs(k, searcher.probing(), depth), units(images)));
    context()
        .console()
        .say(
            "knn of index '%s', generation %d: %s, %d nearest of %d ranked, %s, %s (graph" + " %s)",
            generation.index(),
            number(),
            Console.count(images, "image"),
            k,
            depth,
            searcher.probing(),
            Console.count(plan.units().size(), "unit"),
            id.table().id());
    if (images <= k) {
      context()
          .console()
          .say(
              "  there are %s: each has all %d others for neighbours, which are fewer than %d",
              Console.count(images, "image"), most, k);
    }
    KnnTask task =
        new KnnTask(
            layer.folder(),
            generation.vectors(),
            generation.metric(context().store()),
            searcher,
            most,
            depth,
            context().run());
    return new Todo(id, layer, plan, images, task);
  }

  private int number() {
    return generation.number();
  }

  private Inputs inputs(int k, Probing probing, int depth) {
    Inputs inputs =
        Graphs.inputs(generation)
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
  protected Ledger run(Todo todo) {
    Optional<Ledger> there = todo.layer.ledger();
    if (there.isPresent()) {
      context().console().say("  it is there already");
      return there.get();
    }
    List<Unit> pending = context().toCommit(todo.layer, todo.plan);
    long images = pending.stream().mapToLong(Unit::images).sum();
    new UnitRunner(context(), "images").run(pending, images, todo.task);
    return todo.layer.folded(todo.plan);
  }

  @Override
  protected void verify(Todo todo, Ledger graph) {
    LayerBooks.require(context(), graph);
  }

  @Override
  protected void commit(Todo todo, Ledger graph) {
    if (todo.layer.ledger().isEmpty()) {
      todo.layer.fold(graph, name());
    }
  }

  @Override
  protected void report(Todo todo, Ledger graph) {
    Counts counts = books(graph);
    context()
        .console()
        .say(
            "  books: %,d images = %,d rows with %,d neighbours; %,d found fewer than %d",
            todo.images,
            graph.rows(TableKind.GRAPHS.rows()),
            counts.count(NEIGHBOURS),
            counts.count(SHORT),
            todo.task.most());
    context()
        .console()
        .say(
            "  its files: `%s`",
            context()
                .line("files")
                .with("--table", TableKind.GRAPHS.rows())
                .with("--name", generation.index())
                .with("--generation", number())
                .with("--id", todo.id.table().id()));
  }

  @Override
  protected Counts books(Ledger graph) {
    Counts counts = new Counts();
    graph.counts().forEach(counts::add);
    return counts;
  }
}
