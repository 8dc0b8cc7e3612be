package dev.remap.jobs.stage.build;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.spark.ShardCount;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactDraft;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.IndexInputs;
import dev.remap.jobs.table.LayerBooks;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.table.ShardLayout;
import dev.remap.jobs.table.Vectors;
import dev.remap.jobs.table.Whitenings;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Vectors and a quantizer to the shards of one generation of an index. */
public final class BuildJob extends Job<BuildJob.Todo, Ledger> {
  /** So often other runs may be first. */
  private static final int MOST_NUMBERS = 5;

  private final Optional<IndexInputs> wanted;
  private final Integer wantedGeneration;
  private final Runnable beforePlan;
  private Integer generation;

  /** Builds a generation from the newest vectors. */
  public BuildJob(JobContext context, IndexInputs inputs) {
    this(context, inputs, () -> {});
  }

  /**
   * Builds, with a hook for tests of what other runs do meanwhile.
   *
   * @param beforePlan called whenever a number is chosen
   */
  public BuildJob(JobContext context, IndexInputs inputs, Runnable beforePlan) {
    this(context, Optional.of(inputs), null, beforePlan);
  }

  /** Finishes or mends a generation that was begun, from what it was begun with. */
  public static BuildJob ofBegun(JobContext context, int generation) {
    return new BuildJob(context, Optional.empty(), generation, () -> {});
  }

  private BuildJob(
      JobContext context, Optional<IndexInputs> inputs, Integer generation, Runnable beforePlan) {
    super(context);
    this.beforePlan = beforePlan;
    this.wanted = inputs;
    this.wantedGeneration = generation;
  }

  record Todo(
      String index,
      int generation,
      Vectors vectors,
      ArtifactManifest quantizer,
      Layer layer,
      Plan plan) {}

  @Override
  protected String name() {
    return "build";
  }

  @Override
  protected Map<String, String> asked() {
    Map<String, String> asked = new TreeMap<>();
    wanted
        .map(inputs -> inputs.vectors().leftOut())
        .filter(leftOut -> !leftOut.isEmpty())
        .ifPresent(leftOut -> asked.put(Inputs.DUPLICATES, leftOut));
    wanted
        .map(inputs -> layout())
        .filter(layout -> layout == ShardLayout.LIST)
        .ifPresent(layout -> asked.put(Inputs.LAYOUT, layout.label()));
    return asked;
  }

  @Override
  protected Todo plan() {
    String index = Generation.index(context());
    return wanted
        .map(inputs -> newest(index, inputs.vectors(), inputs.quantizer()))
        .orElseGet(() -> begun(index, wantedGeneration));
  }

  private Todo begun(String index, int generation) {
    Store store = context().store();
    Layer layer = new Layer(store, Generation.folder(index, generation));
    Plan plan =
        layer
            .plan()
            .orElseThrow(
                () ->
                    new InputException(
                        "Index '%s' has no generation %d: it has %s",
                        index, generation, Generation.numbers(store, index)));
    String whitening = plan.inputs().whitening();
    Vectors vectors =
        new Vectors(
                whitening, plan.inputs().snapshot(), Whitenings.load(store, whitening).dimension())
            .without(plan.inputs().find(Inputs.DUPLICATES));
    ArtifactManifest quantizer = Quantizers.choose(context(), vectors, plan.inputs().quantizer());
    return announced(new Todo(index, generation, vectors, quantizer, layer, plan));
  }

  private Todo newest(String index, Vectors vectors, ArtifactManifest quantizer) {
    Ledger rows = vectors.ledger(context().store());
    ShardLayout layout = layout();
    Inputs inputs = layout.into(inputs(vectors, quantizer, rows));
    long count = vectors.rows(context());
    int shards = shards(quantizer, layout.room(count));
    Plan proposed = new Plan(inputs, units(index, layout, vectors, quantizer, shards, count));
    for (int tried = 0; tried < MOST_NUMBERS; tried++) {
      int generation = generation(index, proposed);
      beforePlan.run();
      Layer layer = new Layer(context().store(), Generation.folder(index, generation));
      Plan plan = layer.firstPlan(proposed);
      if (isSame(plan, proposed)) {
        return announced(new Todo(index, generation, vectors, quantizer, layer, plan));
      }
      context()
          .console()
          .say("  another run has begun generation %d from other inputs meanwhile", generation);
    }
    throw new JobFailedException(
        "%d numbers of generations of index '%s' were each taken by another run, for other inputs,"
            + " before this one could. Run it again when the others are done",
        MOST_NUMBERS, index);
  }

  private ShardLayout layout() {
    return ShardLayout.wanted(context().settings(), context().store(), Generation.index(context()));
  }

  private List<Unit> units(
      String index,
      ShardLayout layout,
      Vectors vectors,
      ArtifactManifest quantizer,
      int shards,
      long count) {
    if (layout == ShardLayout.KEY) {
      return KeyPartitioner.ranges(count, shards);
    }
    int lists = Quantizers.spec(quantizer).lists();
    if (shards > lists) {
      context().console().say("  %,d shards are wanted, but there are %,d lists", shards, lists);
    }
    return new ListCuts(context(), vectors, quantizer, Math.min(shards, lists)).units(index, count);
  }

  /** The number of the generation that was built. */
  public int generation() {
    return generation;
  }

  private Todo announced(Todo todo) {
    generation = todo.generation;
    context()
        .console()
        .say(
            "build index '%s', generation %d: %,d vectors%s, quantizer %s (%s), %d shards%s",
            todo.index,
            todo.generation,
            todo.vectors.rows(context()),
            leftOut(todo, " without %,d duplicates"),
            todo.quantizer.id(),
            todo.quantizer.inputs().spec(),
            todo.plan.units().size(),
            ShardLayout.of(todo.plan.inputs()) == ShardLayout.LIST ? " of lists" : "");
    return todo;
  }

  /** How many duplicates are left out, in words; nothing in an index of all vectors. */
  private String leftOut(Todo todo, String format) {
    return todo.vectors.leftOut().isEmpty()
        ? ""
        : String.format(Locale.ROOT, format, todo.vectors.duplicates(context().store()));
  }

  private static Inputs inputs(Vectors vectors, ArtifactManifest quantizer, Ledger rows) {
    Inputs all =
        Inputs.of(Inputs.EXTRACTOR, rows.inputs().extractor())
            .with(Inputs.WHITENING, vectors.whitening())
            .with(Inputs.QUANTIZER, quantizer.id())
            .with(Inputs.SPEC, quantizer.inputs().spec())
            .with(Inputs.SNAPSHOT, NumberedFolders.name(vectors.snapshot()))
            .with(Inputs.LISTING, rows.inputs().listing());
    return vectors.leftOut().isEmpty() ? all : all.with(Inputs.DUPLICATES, vectors.leftOut());
  }

  private int shards(ArtifactManifest quantizer, long rows) {
    IndexSpec spec = Quantizers.spec(quantizer);
    return ShardCount.of(context().settings(), spec, quantizer.file(Quantizers.FILE).bytes(), rows);
  }

  /**
   * The newest generation if it is made from the same inputs in as many shards, else the next
   * number.
   */
  private int generation(String index, Plan proposed) {
    List<Integer> numbers = Generation.numbers(context().store(), index);
    if (numbers.isEmpty()) {
      return 1;
    }
    int newest = numbers.get(numbers.size() - 1);
    Optional<Plan> plan = new Layer(context().store(), Generation.folder(index, newest)).plan();
    return plan.map(there -> isSame(there, proposed)).orElse(true) ? newest : newest + 1;
  }

  private static boolean isSame(Plan plan, Plan proposed) {
    return plan.inputs().equals(proposed.inputs())
        && plan.units().size() == proposed.units().size();
  }

  @Override
  protected Ledger run(Todo todo) {
    if (todo.layer.ledger().isPresent()) {
      context().console().say("  all shards are built already");
      return todo.layer.requireLedger();
    }
    List<Unit> pending = context().toCommit(todo.layer, todo.plan);
    long rows = pending.stream().mapToLong(Unit::images).sum();
    ShardBase base =
        ShardBase.find(context().store(), todo.index, todo.generation, todo.vectors, todo.plan)
            .filter(found -> mayHold(found, todo.plan))
            .orElse(null);
    if (base != null) {
      rows = base.changedRows(context().store());
      context()
          .console()
          .say("  merged from generation %d: at most %,d codes are new", base.number(), rows);
    }
    build(todo, pending, base, rows);
    return todo.layer.folded(todo.plan);
  }

  /** A shard of lists is merged by a task that holds all changed keys. */
  private boolean mayHold(ShardBase base, Plan plan) {
    long most = context().settings().bytes("index.memory") / 4;
    return ShardLayout.of(plan.inputs()) == ShardLayout.KEY
        || base.changedRows(context().store()) * ShardBase.BYTES_OF_CHANGED_KEY <= most;
  }

  private void build(Todo todo, List<Unit> pending, ShardBase base, long rows) {
    NewShard place = new NewShard(todo.layer.folder(), context().run());
    String quantizer = todo.quantizer.id();
    if (pending.isEmpty()) {
      return;
    }
    if (ShardLayout.of(todo.plan.inputs()) == ShardLayout.KEY) {
      new UnitRunner(context(), "vectors")
          .run(pending, rows, new BuildTask(place, todo.vectors, quantizer, base));
      return;
    }
    // All of the vectors are read, however many shards are missing.
    long all = base == null ? todo.vectors.rows(context()) : rows;
    int lists = Quantizers.spec(todo.quantizer).lists();
    List<Unit> units = todo.plan.units();
    new ListBuild(context(), place, todo.vectors, quantizer, lists, units, base).run(pending, all);
  }

  @Override
  protected void verify(Todo todo, Ledger shards) {
    LayerBooks.require(context(), shards);
  }

  @Override
  protected void commit(Todo todo, Ledger shards) {
    if (todo.layer.ledger().isEmpty()) {
      todo.layer.fold(shards, name());
    }
    new Artifacts(context().store())
        .commit(
            todo.layer.folder(),
            new ArtifactDraft(
                todo.index + "-" + NumberedFolders.name(todo.generation),
                "index",
                todo.plan.inputs(),
                context().run()),
            Map.of(),
            "manifest",
            todo.layer::requireLedger);
  }

  @Override
  protected void report(Todo todo, Ledger shards) {
    long bytes =
        shards
            .segments(TableKind.SHARDS.rows(), KeyRange.ALL)
            .mapToLong(placed -> placed.segment().file().bytes())
            .sum();
    context()
        .console()
        .say(
            "  books: %,d vectors = %,d entries in %d shards%s (%s). Not live before `%s`",
            todo.vectors.without(Optional.empty()).rows(context()),
            shards.rows(TableKind.SHARDS.rows()),
            shards.units().size(),
            leftOut(todo, " + %,d duplicates left out"),
            Console.bytes(bytes),
            context().line("publish"));
    LongSummaryStatistics entries =
        shards
            .segments(TableKind.SHARDS.rows(), KeyRange.ALL)
            .mapToLong(placed -> placed.segment().rows())
            .summaryStatistics();
    if (entries.getCount() > 1) {
      context()
          .console()
          .say(
              "  shards have %,d to %,d entries, in the mean %,.0f",
              entries.getMin(), entries.getMax(), entries.getAverage());
    }
  }

  @Override
  protected Counts books(Ledger shards) {
    Counts books =
        new Counts()
            .add("entries", shards.rows(TableKind.SHARDS.rows()))
            .add("shards", shards.units().size());
    shards
        .inputs()
        .find(Inputs.DUPLICATES)
        .map(folder -> Ledgers.of(context().store(), folder).counts().get(Vectors.LEFT_OUT))
        .ifPresent(leftOut -> books.add("left-out", leftOut));
    return books;
  }
}
