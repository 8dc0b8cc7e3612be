package dev.remap.jobs.stage.prepare;

import dev.remap.core.rerank.RerankChain;
import dev.remap.core.rerank.RerankMethod;
import dev.remap.core.rerank.RerankStep;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.rerank.Collection;
import dev.remap.jobs.rerank.Flows;
import dev.remap.jobs.rerank.GraphDiffusion;
import dev.remap.jobs.rerank.GraphRows;
import dev.remap.jobs.rerank.PreparedName;
import dev.remap.jobs.rerank.Reranker;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitRecord;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.GraphName;
import dev.remap.jobs.table.LayerBooks;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * What dba or diffusion takes of a generation's images, from its k-NN graph: augmented vectors, or
 * what flows from each image to others. Searches that find it there need not make it.
 */
public final class PrepareJob extends Job<PrepareJob.Todo, Ledger> {
  /** What the records of units count. */
  static final String IMAGES = "images";

  /** Vectors that were added to others, or images that something flows to. */
  static final String OTHERS = "others";

  private final Generation generation;
  private final RerankChain chain;
  private final String graph;

  /**
   * @param chain what follows searches; dba or diffusion in it is prepared
   * @param graph the id of the graph's table; null where there is only one
   */
  public PrepareJob(JobContext context, Generation generation, RerankChain chain, String graph) {
    super(context);
    this.generation = generation;
    this.chain = chain;
    this.graph = graph;
  }

  record Todo(PreparedName name, LayerId graph, LayerId id, Layer layer, Plan plan, long images) {}

  @Override
  protected String name() {
    return "prepare";
  }

  @Override
  protected Todo plan() {
    RerankStep step = step();
    LayerId source = Reranker.graph(context(), generation, List.of(chain), graph).orElseThrow();
    Ledger edges = Ledgers.of(context().store(), source.folder());
    PreparedName name = new PreparedName(GraphName.parse(source.table().id()), step);
    LayerId id = name.layer(generation.number());
    Layer layer = new Layer(context().store(), id.folder());
    Plan plan =
        layer.createPlan(
            new Plan(
                Reranker.inputs(context(), source, name),
                edges.units().stream().map(PrepareJob::unit).toList()));
    long images = generation.entries(context().store());
    context()
        .console()
        .say(
            "prepare %s of index '%s', generation %d: %s, %s (table %s)",
            name.method(),
            generation.index(),
            generation.number(),
            Console.count(images, "image"),
            Console.count(plan.units().size(), "unit"),
            id.table().id());
    return new Todo(name, source, id, layer, plan, images);
  }

  /** The one method that something is prepared for. */
  private RerankStep step() {
    List<RerankStep> steps =
        chain.steps().stream().filter(each -> each.neighbours() > 0).distinct().toList();
    if (steps.isEmpty()) {
      throw new InputException(
          "There is nothing to prepare for %s: dba and diffusion alone take something of all images;"
              + " name one with --rerank",
          chain.isEmpty() ? "a search that nothing follows" : chain);
    }
    if (steps.size() > 1) {
      throw new InputException(
          "%s has %d methods that something is prepared for, and one is prepared at a time: name"
              + " each by itself, first --rerank %s",
          chain, steps.size(), steps.get(0));
    }
    return steps.get(0);
  }

  private static Unit unit(UnitRecord record) {
    return new Unit(record.unit(), record.range(), record.counts().getOrDefault(IMAGES, 0L));
  }

  @Override
  protected Ledger run(Todo todo) {
    Optional<Ledger> there = todo.layer.ledger();
    if (there.isPresent()) {
      context().console().say("  it is there already");
      return there.get();
    }
    List<Unit> pending = context().toCommit(todo.layer, todo.plan);
    if (!pending.isEmpty()) {
      long images = pending.stream().mapToLong(Unit::images).sum();
      new UnitRunner(context(), "images").run(pending, images, task(todo));
    }
    return todo.layer.folded(todo.plan);
  }

  private UnitRunner.Work<Unit, Long> task(Todo todo) {
    GraphRows rows = new GraphRows(todo.graph.folder(), new HashSet<>());
    RerankStep step = todo.name.step();
    PreparedUnit unit = PreparedUnit.of(todo.layer.folder(), todo.plan.inputs(), context().run());
    return step.method() == RerankMethod.DBA
        ? new AugmentTask(
            unit,
            new Collection.Augmented(generation.vectors(), rows, step.whole("k")),
            step.whole("k"))
        : new FlowTask(
            unit,
            rows,
            new Flows.Made(step, rows, GraphDiffusion.graph(context(), step, rows, todo.images)));
  }

  @Override
  protected void verify(Todo todo, Ledger prepared) {
    LayerBooks.require(context(), prepared);
  }

  @Override
  protected void commit(Todo todo, Ledger prepared) {
    if (todo.layer.ledger().isEmpty()) {
      todo.layer.fold(prepared, name());
    }
  }

  @Override
  protected void report(Todo todo, Ledger prepared) {
    TableKind kind = todo.name.kind();
    long others = books(prepared).count(OTHERS);
    context()
        .console()
        .say(
            kind == TableKind.AUGMENTED
                ? "  books: %,d images = %,d vectors, to which %,d of their nearest were added"
                : "  books: %,d images = %,d rows, with %,d others that something flows to",
            todo.images,
            prepared.rows(kind.rows()),
            others);
    context()
        .console()
        .say(
            "  searches of this generation with %s read it. Its files: `%s`",
            todo.name.method(),
            context()
                .line("files")
                .with("--table", kind.rows())
                .with("--name", generation.index())
                .with("--generation", generation.number())
                .with("--id", todo.id.table().id()));
  }

  @Override
  protected Counts books(Ledger prepared) {
    Counts counts = new Counts();
    prepared.counts().forEach(counts::add);
    return counts;
  }
}
