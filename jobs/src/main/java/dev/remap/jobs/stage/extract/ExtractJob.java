package dev.remap.jobs.stage.extract;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.extraction.BoxTable;
import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.sample.MomentParts;
import dev.remap.jobs.spark.Meter;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.table.BatchSize;
import dev.remap.jobs.table.ExecutorExtractors;
import dev.remap.jobs.table.ExtractorFiles;
import dev.remap.jobs.table.ImageBoxes;
import dev.remap.jobs.table.LayerBooks;
import dev.remap.jobs.table.RowCounter;
import dev.remap.jobs.table.Snapshots;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Snapshot to descriptors, moments and rejects. */
public final class ExtractJob extends Job<ExtractJob.Todo, Ledger> {
  /** The input that says which images are tried again. */
  private static final String RETRY = "retry";

  private final int snapshot;
  private final ExtractionInput.Retry retry;
  private ExecutorExtractors.Options options;
  private Placements placements = new Placements(List.of());
  private Bottleneck bottleneck = new Bottleneck(List.of());
  private long bytes;
  private boolean complete;

  /**
   * @param snapshot number of a complete snapshot
   */
  public ExtractJob(JobContext context, int snapshot) {
    this(context, snapshot, ExtractionInput.Retry.ACCESS);
  }

  /**
   * @param snapshot number of a complete snapshot
   * @param retry which images that were rejected before are tried again; those that could not be
   *     reached at the least
   */
  public ExtractJob(JobContext context, int snapshot, ExtractionInput.Retry retry) {
    super(context);
    this.snapshot = snapshot;
    this.retry = retry == ExtractionInput.Retry.NONE ? ExtractionInput.Retry.ACCESS : retry;
  }

  /**
   * Finishes what was begun of earlier snapshots since the last that is described, so that only
   * what has changed since is left to do. Where that is not possible, what is left is more.
   *
   * @param snapshot that is to be described then
   */
  public static void finishEarlier(JobContext context, int snapshot) {
    Store store = context.store();
    String table = TableKind.DESCRIPTORS.of(ExtractorFiles.id(context)).folder();
    if (new Layer(store, LayerChain.folder(table, snapshot)).plan().isPresent()) {
      return;
    }
    for (int earlier : LayerChain.begun(store, TableKind.SNAPSHOTS.folder(), snapshot, table)) {
      try {
        context.console().say("snapshot %d was being described, which is finished first", earlier);
        new ExtractJob(context, new Snapshots(store).choose(context, earlier)).execute();
      } catch (JobFailedException | StoreException e) {
        context.console().say("  left as it is: %s", Plain.Lines.of(e.getMessage()));
        return;
      }
    }
  }

  /**
   * What is to do.
   *
   * @param images how many the snapshot lists
   */
  record Todo(
      int snapshot,
      ExtractorFiles files,
      ArtifactManifest extractor,
      ExtractionInput.Source source,
      Layer layer,
      Plan plan,
      long images) {
    /** How many are to be looked at, as far as the plan can tell. */
    long planned() {
      return plan.units().stream().mapToLong(Unit::images).sum();
    }
  }

  @Override
  protected String name() {
    return "extract";
  }

  @Override
  protected Todo plan() {
    Store store = context().store();
    Snapshots snapshots = new Snapshots(store);
    // A device that cannot be is refused though all may be described.
    options = ExecutorExtractors.Options.of(context());
    ExtractorFiles files = ExtractorFiles.of(context());
    ArtifactManifest extractor = files.commit(store, context().run());
    context().rememberExtractor(files.id());
    Layer layer = new Layer(store, TableKind.DESCRIPTORS.of(files.id()).layer(snapshot).folder());
    Optional<Plan> fixed = layer.plan();
    Optional<Integer> parent =
        fixed.isPresent()
            ? fixed.get().inputs().parent()
            : LayerChain.ancestor(
                store,
                TableKind.SNAPSHOTS.folder(),
                snapshot,
                TableKind.DESCRIPTORS.of(files.id()).folder());
    ExtractionInput.Retry retried = fixed.map(ExtractJob::retry).orElse(retry);
    LayerChain above = fixed.isPresent() ? above(files, snapshot) : null;
    ExtractionInput.Source source = source(files, snapshots, snapshot, parent, above, retried);
    long images = snapshots.images(snapshot);
    Inputs inputs =
        Inputs.of(Inputs.EXTRACTOR, files.id())
            .with(Inputs.LISTING, snapshots.listing(snapshot))
            .with(Inputs.PARENT, parent)
            .with(RETRY, source.retry().name().toLowerCase(Locale.ROOT));
    Plan proposed = new Plan(inputs, units(files, source, fixed, images));
    if (fixed.isEmpty() && !layer.firstPlan(proposed).inputs().equals(inputs)) {
      // Another run was first: with its layer below, and its choice of images to try again.
      return plan();
    }
    Plan plan = layer.createPlan(proposed);
    Todo todo = new Todo(snapshot, files, extractor, source, layer, plan, images);
    announce(todo);
    return todo;
  }

  private static ExtractionInput.Retry retry(Plan fixed) {
    return ExtractionInput.Retry.valueOf(fixed.inputs().require(RETRY).toUpperCase(Locale.ROOT));
  }

  private ExtractionInput.Source source(
      ExtractorFiles files,
      Snapshots snapshots,
      int snapshot,
      Optional<Integer> parent,
      LayerChain above,
      ExtractionInput.Retry retried) {
    Store store = context().store();
    if (parent.isEmpty()) {
      return new ExtractionInput.Source(
          snapshots.chain(snapshot), null, above, ExtractionInput.Retry.NONE);
    }
    return new ExtractionInput.Source(
        LayerChain.between(store, TableKind.SNAPSHOTS.folder(), parent.get(), snapshot),
        LayerChain.of(store, TableKind.DESCRIPTORS.of(files.id()).folder(), parent.get()),
        above,
        retried);
  }

  /**
   * What the catalogue has replaced or lists no more by the newest layer that lies on this one;
   * null if none does.
   */
  private LayerChain above(ExtractorFiles files, int snapshot) {
    Store store = context().store();
    String table = TableKind.DESCRIPTORS.of(files.id()).folder();
    return NumberedFolders.in(store, table).stream()
        .filter(later -> later > snapshot)
        .filter(later -> LayerChain.since(store, table, snapshot, later).isPresent())
        .reduce((first, second) -> second)
        .flatMap(newest -> LayerChain.since(store, TableKind.SNAPSHOTS.folder(), snapshot, newest))
        .orElse(null);
  }

  /** Units of about equal work: all that is listed, or what has changed and is tried again. */
  private List<Unit> units(
      ExtractorFiles files, ExtractionInput.Source source, Optional<Plan> fixed, long images) {
    if (fixed.isPresent()) {
      return fixed.get().units();
    }
    if (!source.isDelta()) {
      return KeyPartitioner.nodes(images, files.imagesAUnit(context(), images));
    }
    long rows = RowCounter.changes(context(), source.changes(), RowFormat::snapshot);
    long again = RowCounter.count(context(), source.below(), RowFormat::rejects);
    return KeyPartitioner.even(rows + again, files.imagesAUnit(context(), rows + again));
  }

  private void announce(Todo todo) {
    context()
        .console()
        .say(
            "extract snapshot %d by extractor %s (%s): %,d %s in %,d units",
            todo.snapshot,
            todo.files.id(),
            about(todo.files.spec()),
            todo.planned(),
            todo.source.isDelta() ? "changed or rejected images" : "images",
            todo.plan.units().size());
    if (options.mayUseGpus(context())) {
      BatchSize.warnWhereGpusWait(context().console(), todo.files.spec().batchSize());
    }
  }

  private static String about(ExtractorSpec spec) {
    String names =
        spec.backbones().stream().map(BackboneCard::name).collect(Collectors.joining(" + "));
    return spec.isGiven()
        ? "%s, %d components given with the catalogue".formatted(names, spec.dimension())
        : "%s, %s, %s, batches of %d"
            .formatted(
                names,
                spec.aggregation().kind().name(),
                spec.scales().stream().map(s -> s.longSide() + "×" + s.shortSide()).toList(),
                spec.batchSize());
  }

  @Override
  protected Ledger run(Todo todo) {
    Optional<Ledger> earlier = todo.layer.ledger();
    complete = earlier.isPresent();
    if (complete) {
      context().console().say("  all described already");
      return earlier.get();
    }
    List<Unit> pending = context().toCommit(todo.layer, todo.plan);
    int done = todo.plan.units().size() - pending.size();
    if (done > 0) {
      context().console().say("  %,d units were done by an earlier run", done);
    }
    ExtractTask task =
        new ExtractTask(
            Layout.extractor(todo.files.id()),
            NumberedFolders.name(todo.snapshot),
            todo.source,
            context().run(),
            options,
            // What layers on layers count would be images that were replaced since.
            todo.source.isDelta()
                ? null
                : MomentParts.of(todo.plan.inputs(), todo.files.spec().dimension()),
            context().settings().number("extract.max-access-ratio", 0, 1),
            context().settings().integer("extract.access-allowance", 0, Integer.MAX_VALUE),
            todo.images / Math.max(1, todo.plan.units().size()),
            todo.planned());
    long images = pending.stream().mapToLong(Unit::images).sum();
    List<ExtractTask.Done> units =
        new UnitRunner(context(), "images", Meter.ALL).run(pending, images, task);
    placements = new Placements(units.stream().map(ExtractTask.Done::placement).toList());
    bytes = units.stream().mapToLong(ExtractTask.Done::bytes).sum();
    placements.say(context().console(), todo.files.spec().batchSize());
    bottleneck = new Bottleneck(units.stream().map(ExtractTask.Done::times).toList());
    bottleneck.say(context().console());
    return todo.layer.folded(todo.plan);
  }

  @Override
  protected void verify(Todo todo, Ledger ledger) {
    if (!complete) {
      LayerBooks.require(context(), ledger);
      RejectLimit.of(context(), todo.source).check(ledger);
    }
  }

  @Override
  protected void commit(Todo todo, Ledger ledger) {
    if (!complete) {
      todo.layer.fold(ledger, name());
    }
  }

  @Override
  protected void report(Todo todo, Ledger ledger) {
    Map<String, Long> counts = ledger.counts();
    context()
        .console()
        .say(
            "  books: %,d listed = %,d described + %,d rejected%s%s",
            counts.getOrDefault("listed", 0L),
            counts.getOrDefault("described", 0L),
            counts.getOrDefault("rejected", 0L),
            counts.getOrDefault(LayerBooks.REPLACED, 0L) > 0
                ? String.format(
                    Locale.ROOT,
                    " + %,d that are out of reach and that newer layers have no more",
                    counts.get(LayerBooks.REPLACED))
                : "",
            todo.source.isDelta()
                ? String.format(
                    Locale.ROOT,
                    "; %,d gone; %,d images in all",
                    counts.getOrDefault("removed", 0L),
                    todo.images)
                : "");
    todo.files.spec().boxes().ifPresent(table -> report(table, counts));
    if (todo.files.spec().boxes().isPresent() && !todo.source.isDelta()) {
      warnOfStrangers(counts);
    }
  }

  private void report(BoxTable table, Map<String, Long> counts) {
    long used = counts.getOrDefault(ImageBoxes.USED, 0L);
    long dropped = counts.getOrDefault(ImageBoxes.DROPPED, 0L);
    context()
        .console()
        .say(
            "  boxes: %,d rows = %,d used + %,d dropped (empty, outside the image, or no numbers)"
                + " + %,d of other images than these; %,d images without boxes, whose whole is one",
            table.rows(),
            used,
            dropped,
            table.rows() - used - dropped,
            counts.getOrDefault(ImageBoxes.WITHOUT, 0L));
    if (dropped > used) {
      context()
          .console()
          .say(
              "  warning: most boxes of these images were dropped: x, y, width and height are"
                  + " shares of the upright image (0 to 1), no pixels");
    }
  }

  /** Nights mostly see images that came after the table. */
  private void warnOfStrangers(Map<String, Long> counts) {
    if (counts.getOrDefault(ImageBoxes.USED, 0L) + counts.getOrDefault(ImageBoxes.DROPPED, 0L)
        == 0) {
      context()
          .console()
          .say(
              "  warning: the table has no box of any image of the catalogue, so all are described"
                  + " by their wholes: its image_id must be the catalogue's");
    }
  }

  @Override
  protected Counts books(Ledger ledger) {
    Counts books = new Counts();
    ledger.counts().forEach(books::add);
    placements.addTo(books);
    bottleneck.addTo(books);
    if (!complete) {
      books.add("bytes read", bytes);
    }
    return books;
  }
}
