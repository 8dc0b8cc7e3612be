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
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.stage.GenerationTableJob;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.GraphName;
import java.util.HashSet;
import java.util.List;

/**
 * What dba or diffusion takes of a generation's images, from its k-NN graph: augmented vectors, or
 * what flows from each image to others. Searches that find it there need not make it.
 */
public final class PrepareJob extends GenerationTableJob<PrepareJob.Todo> {
  /** Vectors that were added to others, or images that something flows to. */
  static final String OTHERS = "others";

  private final RerankChain chain;
  private final String graph;

  /**
   * @param chain what follows searches; dba or diffusion in it is prepared
   * @param graph the id of the graph's table; null where there is only one
   */
  public PrepareJob(JobContext context, Generation generation, RerankChain chain, String graph) {
    super(context, generation);
    this.chain = chain;
    this.graph = graph;
  }

  record Todo(PreparedName name, LayerId graph, LayerId id, Plan plan, long images)
      implements Planned {}

  @Override
  protected String name() {
    return "prepare";
  }

  @Override
  protected Todo plan() {
    RerankStep step = step();
    LayerId source = Reranker.graph(context(), generation(), List.of(chain), graph).orElseThrow();
    PreparedName name = new PreparedName(GraphName.of(source), step);
    LayerId id = name.layer(generation().number());
    Plan plan =
        layer(id).createPlan(new Plan(Reranker.inputs(context(), source, name), units(source)));
    long images = generation().entries(context().store());
    say(
        "prepare %s of index '%s', generation %d: %s, %s (table %s)",
        name.method(),
        generation().index(),
        generation().number(),
        Console.count(images, "image"),
        Console.count(plan.units().size(), "unit"),
        id.table().id());
    return new Todo(name, source, id, plan, images);
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

  @Override
  protected void write(Todo todo, List<Unit> pending) {
    run(pending, task(todo));
  }

  private UnitRunner.Work<Unit, Long> task(Todo todo) {
    GraphRows rows = new GraphRows(todo.graph.folder(), new HashSet<>());
    RerankStep step = todo.name.step();
    PreparedUnit unit = PreparedUnit.of(todo.id.folder(), todo.plan.inputs(), context().run());
    return step.method() == RerankMethod.DBA
        ? new AugmentTask(
            unit,
            new Collection.Augmented(generation().vectors(), rows, step.whole("k")),
            step.whole("k"))
        : new FlowTask(
            unit,
            rows,
            new Flows.Made(step, rows, GraphDiffusion.graph(context(), step, rows, todo.images)));
  }

  @Override
  protected void report(Todo todo, Ledger prepared) {
    TableKind kind = todo.name.kind();
    long others = books(prepared).count(OTHERS);
    say(
        kind == TableKind.AUGMENTED
            ? "  books: %,d images = %,d vectors, to which %,d of their nearest were added"
            : "  books: %,d images = %,d rows, with %,d others that something flows to",
        todo.images,
        prepared.rows(kind.rows()),
        others);
    say(
        "  searches of this generation with %s read it. Its files: `%s`",
        todo.name.method(), files(todo.id));
  }
}
