package dev.remap.jobs.job;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.jobs.store.ArtifactManifest;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.Unit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Snapshot to descriptors, moments and rejects. */
public final class ExtractJob extends Job<ExtractJob.Todo, Ledger> {
  private final Integer number;
  private Placements placements = new Placements(List.of());

  /**
   * @param number of the snapshot; null for the newest
   */
  public ExtractJob(JobContext context, Integer number) {
    super(context);
    this.number = number;
  }

  record Todo(
      int snapshot,
      ExtractorFiles files,
      ArtifactManifest extractor,
      Layer layer,
      Plan plan,
      long images) {}

  @Override
  String name() {
    return "extract";
  }

  @Override
  Todo plan() {
    Snapshots snapshots = new Snapshots(context().store());
    int snapshot = snapshots.choose(number);
    Ledger listing = snapshots.ledger(snapshot);
    ExtractorFiles files = ExtractorFiles.of(context().settings());
    ArtifactManifest extractor = files.commit(context().store(), context().run());
    Layer layer =
        new Layer(context().store(), Layout.descriptors(files.id(), Numbered.name(snapshot)));
    long perUnit = context().settings().integer("unit.images", 1, Integer.MAX_VALUE);
    Plan plan =
        layer.createPlan(
            new Plan(
                new TreeMap<>(
                    Map.of(
                        "extractor",
                        files.spec().fingerprint(),
                        Snapshots.LISTING,
                        listing.inputs().get(Snapshots.LISTING))),
                Cuts.of(listing, Snapshots.TABLE, perUnit)));
    Todo todo = new Todo(snapshot, files, extractor, layer, plan, listing.rows(Snapshots.TABLE));
    announce(todo);
    return todo;
  }

  private void announce(Todo todo) {
    ExtractorSpec spec = todo.files.spec();
    BackboneCard card = spec.backbone();
    context()
        .console()
        .say(
            "extract snapshot %d by extractor %s (%s, %s, %s): %,d images in %,d units",
            todo.snapshot,
            todo.files.id(),
            card.name(),
            context().settings().string("extractor.aggregator"),
            spec.scales().stream().map(s -> s.longSide() + "×" + s.shortSide()).toList(),
            todo.images,
            todo.plan.units().size());
  }

  @Override
  Ledger run(Todo todo) {
    if (todo.layer.ledger().isPresent()) {
      context().console().say("  all described already");
      return todo.layer.requireLedger();
    }
    List<Unit> pending = todo.layer.pending(todo.plan);
    int done = todo.plan.units().size() - pending.size();
    if (done > 0) {
      context().console().say("  %,d units were done by an earlier run", done);
    }
    ExtractTask task =
        new ExtractTask(
            Layout.extractor(todo.files.id()),
            Numbered.name(todo.snapshot),
            context().run(),
            ExecutorExtractors.Options.of(context()),
            unitsWithProducts(todo),
            context().settings().number("extract.max-access-ratio", 0, 1),
            context().settings().integer("extract.access-allowance", 0, Integer.MAX_VALUE));
    long images = pending.stream().mapToLong(Unit::images).sum();
    placements = new Placements(new Units(context(), "images").run(pending, images, task));
    placements.say(context().console());
    checkRejects(todo);
    return todo.layer.fold(todo.plan, name());
  }

  /** The units that keep Σxxᵀ, which for D = 4096 is more than the descriptors of D images. */
  private static Set<Integer> unitsWithProducts(Todo todo) {
    int dimension =
        todo.files.spec().aggregation().aggregator(todo.files.spec().backbone().taps()).dimension();
    return MomentUnits.choose(todo.plan.units(), Math.max(1_000_000L, 100L * dimension));
  }

  private void checkRejects(Todo todo) {
    long rejected = 0;
    for (var entry : todo.layer.records()) {
      rejected += entry.counts().getOrDefault("rejected", 0L);
    }
    double most = context().settings().number("extract.max-reject-ratio", 0, 1);
    if (rejected > most * todo.images) {
      throw new JobFailedException(
          "%,d of %,d images were rejected, more than extract.max-reject-ratio (%s) allows. See `remap status"
              + " --rejects`; the descriptors are committed, so raising the ratio finishes at once",
          rejected, todo.images, most);
    }
  }

  @Override
  void verify(Todo todo, Ledger ledger) {
    Map<String, Long> counts = ledger.counts();
    long described = counts.getOrDefault("described", 0L);
    long rejected = counts.getOrDefault("rejected", 0L);
    if (described + rejected != todo.images
        || described != ledger.rows("descriptors")
        || rejected != ledger.rows("rejects")) {
      throw new JobFailedException(
          "Books of snapshot %d do not balance: %,d listed, %,d described (%,d rows), %,d rejected (%,d rows)",
          todo.snapshot,
          todo.images,
          described,
          ledger.rows("descriptors"),
          rejected,
          ledger.rows("rejects"));
    }
  }

  @Override
  void commit(Todo todo, Ledger ledger) {
    Map<String, Long> counts = ledger.counts();
    context()
        .console()
        .say(
            "  books: %,d listed = %,d described + %,d rejected",
            todo.images, counts.getOrDefault("described", 0L), counts.getOrDefault("rejected", 0L));
  }

  @Override
  Books books(Ledger ledger) {
    Books books = new Books();
    ledger.counts().forEach(books::add);
    placements.addTo(books);
    return books;
  }
}
