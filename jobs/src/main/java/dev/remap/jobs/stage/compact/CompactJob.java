package dev.remap.jobs.stage.compact;

import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.MomentParts;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.KillPoint;
import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.NumberedTable;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.LayerBooks;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.table.Vectors;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes several layers of a table as one, which readers then take instead: all of them once what
 * has changed is a good part of the table, else those above the lowest once there are many. The old
 * layers stay until they are collected.
 */
public final class CompactJob extends Job<CompactJob.Todo, Ledger> {
  private final NumberedTable table;
  private final Depth depth;
  private final Consumer<String> reached;

  /** How much is merged. */
  public enum Depth {
    /** What the settings' thresholds call for. */
    AS_NEEDED,
    /** Everything into one layer. */
    FULL
  }

  CompactJob(JobContext context, NumberedTable table, Depth depth, Consumer<String> reached) {
    super(context);
    this.reached = reached;
    this.table = table;
    this.depth = depth;
  }

  /**
   * What is to do.
   *
   * @param name the new layer's
   * @param isBase whether nothing lies below the merged layers
   */
  record Todo(String name, LayerChain sources, boolean isBase, Layer layer, Plan plan) {}

  /** Compacts the tables that a generation rests on, where they need it. */
  public static void run(JobContext context, Generation generation, Depth depth) {
    run(context, generation, depth, KillPoint::reach);
  }

  /**
   * Compacts the tables that a generation rests on, where they need it.
   *
   * @param reached is told the names of the points that each table's job comes to
   */
  public static void run(
      JobContext context, Generation generation, Depth depth, Consumer<String> reached) {
    Vectors vectors = generation.vectors();
    run(context, Snapshots.numbered(vectors.snapshot()), depth, reached);
    Descriptors.find(context, generation.inputs().extractor(), vectors.snapshot())
        .ifPresent(found -> run(context, found.table(), depth, reached));
    run(context, vectors.table(), depth, reached);
  }

  public static void run(JobContext context, Descriptors descriptors, Depth depth) {
    run(context, descriptors.table(), depth, KillPoint::reach);
  }

  private static void run(
      JobContext context, NumberedTable table, Depth depth, Consumer<String> reached) {
    if (isDue(context, table, depth)) {
      new CompactJob(context, table, depth, reached).execute();
    }
  }

  public static boolean isDue(JobContext context, NumberedTable table, Depth depth) {
    return sources(context, table, depth).isPresent();
  }

  /** The layers to merge into one, if any. */
  private static Optional<LayerChain> sources(
      JobContext context, NumberedTable table, Depth depth) {
    Store store = context.store();
    LayerChain chain = table.chain(store);
    if (chain.isFlat()) {
      return Optional.empty();
    }
    if (depth == Depth.FULL) {
      return Optional.of(chain);
    }
    CompactionNeed need = CompactionNeed.of(context.settings());
    return switch (need.part(CompactionNeed.Layers.of(store, table))) {
      case NONE -> Optional.empty();
      case ABOVE -> Optional.of(new LayerChain(chain.folders().subList(1, chain.folders().size())));
      case ALL -> Optional.of(chain);
    };
  }

  /** Whether all that a layer was merged from is still there. */
  public static boolean canMakeAgain(Store store, String folder) {
    try {
      return new Layer(store, folder)
          .plan()
          .map(plan -> plan.inputs().layers())
          .filter(
              layers ->
                  layers.stream().allMatch(it -> store.exists(new Layer(store, it).ledgerPath())))
          .isPresent();
    } catch (StoreException e) {
      return false;
    }
  }

  @Override
  protected String name() {
    return "compact";
  }

  @Override
  protected Todo plan() {
    Store store = context().store();
    LayerChain whole = table.chain(store);
    LayerChain wanted = sources(context(), table, depth).orElse(whole);
    boolean isBase = wanted.equals(whole);
    String name =
        NumberedFolders.name(table.number()) + (isBase ? LayerChain.COMPACTED : LayerChain.MERGED);
    Layer layer = new Layer(store, table.id().layer(name).folder());
    Optional<Plan> fixed = layer.plan();
    // Another run may have begun when the layers below were not merged yet: the rows are the same.
    Plan plan =
        fixed.orElseGet(() -> layer.firstPlan(proposed(layer.folder(), whole, wanted, isBase)));
    LayerChain sources = new LayerChain(plan.inputs().layers());
    context()
        .console()
        .say(
            "compact %s: %d layers into %s, %d units",
            table, sources.folders().size(), name, plan.units().size());
    return new Todo(name, sources, isBase, layer, plan);
  }

  private Plan proposed(String folder, LayerChain whole, LayerChain sources, boolean isBase) {
    Store store = context().store();
    Optional<Integer> parent =
        isBase ? Optional.empty() : sources.ledgers(store).get(0).inputs().parent();
    Inputs inputs =
        whole
            .newest(store)
            .inputs()
            .without(Inputs.PARENT)
            .with(Inputs.PARENT, parent)
            .with(Inputs.LAYERS, String.join(",", sources.folders()));
    long rows = LayerBooks.mergedRows(context(), sources, folder, table, table.kind().rows());
    return new Plan(inputs, KeyPartitioner.nodes(rows, context().unitSize().ofRows(rows)));
  }

  @Override
  protected Ledger run(Todo todo) {
    reached.accept("compact.planned");
    List<Unit> pending = context().toCommit(todo.layer, todo.plan);
    long rows = pending.stream().mapToLong(Unit::images).sum();
    MomentParts parts =
        todo.isBase && table.kind() == TableKind.DESCRIPTORS
            ? MomentParts.of(todo.plan.inputs(), table.dimension())
            : null;
    CompactTask task =
        new CompactTask(table, todo.name, todo.sources, todo.isBase, parts, context().run());
    new UnitRunner(context(), "rows").run(pending, rows, task);
    return todo.layer.folded(todo.plan);
  }

  @Override
  protected void verify(Todo todo, Ledger merged) {
    reached.accept("compact.merged");
    LayerBooks.require(context(), merged);
  }

  @Override
  protected void commit(Todo todo, Ledger merged) {
    todo.layer.fold(merged, name());
  }

  @Override
  protected void report(Todo todo, Ledger merged) {
    context()
        .console()
        .say(
            "  books: %,d rows; `%s` collects the old layers",
            merged.rows(table.kind().rows()), context().line("gc"));
  }

  @Override
  protected Counts books(Ledger merged) {
    return new Counts().add("rows", merged.rows(table.kind().rows()));
  }
}
