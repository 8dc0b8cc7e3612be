package dev.remap.jobs.stage.snapshot;

import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.KillPoint;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.table.LayerBooks;
import dev.remap.jobs.table.Snapshots;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * Catalogue to keyed listing: the first snapshot holds all of it, every later one what is not as it
 * was. A snapshot is known by the digest of what was listed: an unchanged catalogue gives no new
 * one, and a run that was killed is finished by the next, if the catalogue still lists the same. Of
 * two runs at once that have listed different things, the first takes the number, and the other
 * lists again.
 */
public final class SnapshotJob extends Job<SnapshotJob.Todo, SnapshotJob.Taken> {
  /** What a run's record calls this job. */
  public static final String NAME = "snapshot";

  /** What it calls the number of images that are listed and could not be looked at. */
  public static final String OUT_OF_REACH = "out of reach";

  /** So often other runs may be first. */
  private static final int MOST_LISTINGS = 5;

  private final KeyHash hash;
  private final Unchanged unchanged;
  private final Integer wanted;
  private final Consumer<String> reached;
  private final Snapshots snapshots;
  private LeftOut leftOut = new LeftOut();
  private LeftOut unreachable = new LeftOut();

  /** What the snapshot's ledger will say; null if it has one. */
  private Ledger written;

  /** What to do with a catalogue that lists what it listed before. */
  public enum Unchanged {
    /** The newest snapshot stands for it. */
    KEEP,
    /** One more snapshot of no changes, for images that are to be tried again. */
    FORCE_NEW
  }

  public SnapshotJob(JobContext context) {
    this(context, Unchanged.KEEP);
  }

  public SnapshotJob(JobContext context, Unchanged unchanged) {
    this(context, unchanged, KeyHash.SHA_256);
  }

  /** With another hash, for tests that need ids to collide. */
  public SnapshotJob(JobContext context, Unchanged unchanged, KeyHash hash) {
    this(context, unchanged, hash, KillPoint::reach);
  }

  /**
   * Lists the catalogue that the settings name.
   *
   * @param reached is told the names of the points that the job comes to
   */
  public SnapshotJob(
      JobContext context, Unchanged unchanged, KeyHash hash, Consumer<String> reached) {
    this(context, unchanged, hash, null, reached);
  }

  /**
   * Lists the catalogue, for a snapshot of that number.
   *
   * @param wanted number of the snapshot to finish or mend; null for the catalogue's own
   */
  private SnapshotJob(
      JobContext context,
      Unchanged unchanged,
      KeyHash hash,
      Integer wanted,
      Consumer<String> reached) {
    super(context);
    this.reached = reached;
    this.unchanged = unchanged;
    this.wanted = wanted;
    this.hash = hash;
    this.snapshots = new Snapshots(context.store());
  }

  /**
   * What is to do.
   *
   * @param rows what is written, in the plan's units; null where the snapshot is complete
   */
  record Todo(
      int number, Listing listing, long images, Layer layer, Plan plan, JavaRDD<Difference> rows) {}

  /**
   * The snapshot that stands for the catalogue now.
   *
   * @param number its number
   * @param images how many it lists
   */
  public record Taken(int number, long images, long added, long changed, long removed) {}

  @Override
  protected String name() {
    return NAME;
  }

  @Override
  protected Todo plan() {
    for (int listings = 1; listings <= MOST_LISTINGS; listings++) {
      Optional<Integer> before = newest();
      Listing listing = Listing.of(context());
      reached.accept("snapshot.listed");
      // Looked at once: who comes after this look takes the very number that is tried for.
      Optional<Integer> newest = newest();
      Optional<Todo> todo =
          isOvertaken(before, newest, listing.digest())
              ? Optional.empty()
              : planned(number(newest, listing.digest()), listing);
      if (todo.isPresent()) {
        leftOut = listing.leftOut();
        unreachable = listing.unreachable();
        return todo.get();
      }
      listing.forget();
      context()
          .console()
          .say(
              "  another run has begun snapshot %d from another listing meanwhile",
              newest().orElse(1));
    }
    throw new JobFailedException(
        "The catalogue was listed %d times, and each time another run began a snapshot from another"
            + " listing before this one could. Run it again when the others are done",
        MOST_LISTINGS);
  }

  /**
   * Whether another run has begun a snapshot while this one was listing, which takes long, or was
   * paused: what has been listed then may be older than that snapshot, and must not come after it.
   */
  private boolean isOvertaken(
      Optional<Integer> before, Optional<Integer> newest, ListingDigest digest) {
    return wanted == null
        && !newest.equals(before)
        && !newest.map(n -> lists(n, digest)).orElse(false);
  }

  private Optional<Integer> newest() {
    return snapshots.numbers().stream().reduce((first, second) -> second);
  }

  /** Nothing if another run has taken the number for another listing. */
  private Optional<Todo> planned(int number, Listing listing) {
    JavaRDD<ListedImage> listed = listing.images();
    ListingDigest digest = listing.digest();
    Layer layer = snapshots.layer(number);
    if (snapshots.isComplete(number)) {
      Plan plan = layer.plan().orElseThrow();
      return Optional.of(new Todo(number, listing, digest.images(), layer, plan, null))
          .filter(todo -> lists(todo.plan, digest));
    }
    Optional<Plan> fixed = layer.plan();
    Optional<Integer> parent =
        fixed.isPresent() ? fixed.get().inputs().parent() : snapshots.newestBelow(number);
    List<Unit> sortedInto = units(digest.images());
    if (parent.isEmpty() && fixed.isPresent()) {
      sortedInto = fixed.get().units();
    }
    DistinctKeys distinct = new DistinctKeys(context(), hash);
    SnapshotTasks tasks =
        new SnapshotTasks(context(), sortedInto, parent.map(snapshots::chain).orElse(null));
    // Ids that are listed twice are found before anything of this snapshot is written.
    JavaRDD<Difference> rows = tasks.differences(distinct.of(listed, tasks));
    List<Unit> units = sortedInto;
    if (parent.isPresent()) {
      rows = rows.persist(StorageLevel.MEMORY_AND_DISK());
      Map<Difference.Kind, Long> counts = SnapshotTasks.counts(context(), rows);
      if (fixed.isEmpty()) {
        checkChanges(counts, parent.get());
      }
      units = units(counts.values().stream().mapToLong(Long::longValue).sum());
    }
    reached.accept("snapshot.before-plan");
    Optional<Plan> begun = begin(layer, new Plan(inputs(digest, parent), units(fixed, units)));
    if (begun.isEmpty()) {
      rows.unpersist();
      return Optional.empty();
    }
    Plan plan = begun.get();
    context()
        .console()
        .say(
            "snapshot %d of %s: %,d images in %,d units",
            number, listing.catalogue().uri(), digest.images(), plan.units().size());
    if (parent.isPresent()) {
      rows = SnapshotTasks.into(rows, plan.units());
    } else if (!plan.units().equals(sortedInto)) {
      SnapshotTasks again = new SnapshotTasks(context(), plan.units(), null);
      rows = again.differences(distinct.of(listed, again));
    }
    return Optional.of(new Todo(number, listing, digest.images(), layer, plan, rows));
  }

  private List<Unit> units(long rows) {
    return KeyPartitioner.even(rows, context().unitSize().ofRows(rows));
  }

  /** Fixes the plan, or takes that of another run if it is made from the same. */
  private Optional<Plan> begin(Layer layer, Plan proposed) {
    if (wanted != null) {
      return Optional.of(layer.createPlan(proposed));
    }
    Plan first = layer.firstPlan(proposed);
    return Optional.of(first).filter(plan -> plan.inputs().equals(proposed.inputs()));
  }

  private static List<Unit> units(Optional<Plan> fixed, List<Unit> proposed) {
    return fixed.map(Plan::units).orElse(proposed);
  }

  private static Inputs inputs(ListingDigest digest, Optional<Integer> parent) {
    return Inputs.of(Inputs.LISTING, digest.toString())
        .with(Inputs.IMAGES, Long.toString(digest.images()))
        .with(Inputs.PARENT, parent);
  }

  /** What an earlier run has begun was within its limits. */
  private void checkChanges(Map<Difference.Kind, Long> counts, int before) {
    ChangeLimits.of(context().settings())
        .objection(
            before,
            snapshots.images(before),
            counts.get(Difference.Kind.REMOVED),
            counts.get(Difference.Kind.CHANGED))
        .ifPresent(
            objection -> {
              throw new JobFailedException("%s", objection);
            });
  }

  /** Finishes or mends an earlier snapshot from a catalogue that lists what it listed then. */
  public static SnapshotJob again(JobContext context, int number) {
    return new SnapshotJob(context, Unchanged.KEEP, KeyHash.SHA_256, number, KillPoint::reach);
  }

  private int earlier(ListingDigest digest) {
    Plan plan =
        snapshots
            .layer(wanted)
            .plan()
            .orElseThrow(
                () ->
                    new InputException(
                        "There is no snapshot %d: the store has %s", wanted, snapshots.numbers()));
    if (!lists(plan, digest)) {
      throw new InputException(
          "The catalogue lists other images or versions than snapshot %d did: only the same listing"
              + " can mend it. Give the catalogue of that time, or restore the snapshot's files"
              + " from a copy",
          wanted);
    }
    return wanted;
  }

  /** The newest snapshot if it lists the same, else the next number. */
  private int number(Optional<Integer> newest, ListingDigest digest) {
    if (wanted != null) {
      return earlier(digest);
    }
    if (newest.isEmpty()) {
      return 1;
    }
    boolean countOn = unchanged == Unchanged.FORCE_NEW && snapshots.isComplete(newest.get());
    return lists(newest.get(), digest) && !countOn ? newest.get() : newest.get() + 1;
  }

  /** Whether a snapshot is of that listing, or of none yet. */
  private boolean lists(int number, ListingDigest digest) {
    return snapshots.layer(number).plan().map(plan -> lists(plan, digest)).orElse(true);
  }

  private static boolean lists(Plan plan, ListingDigest digest) {
    return plan.inputs().isOf(digest.toString());
  }

  @Override
  protected Taken run(Todo todo) {
    if (todo.rows == null) {
      todo.listing.forget();
      context().console().say("nothing changed since snapshot %d", todo.number);
      return taken(todo, Ledgers.of(context().store(), todo.layer.folder()));
    }
    List<Unit> pending = context().toCommit(todo.layer, todo.plan);
    SnapshotTasks.write(context(), todo.rows, todo.layer.folder(), pending);
    todo.rows.unpersist();
    todo.listing.forget();
    written = todo.layer.folded(todo.plan);
    return taken(todo, written);
  }

  private Taken taken(Todo todo, Ledger ledger) {
    Map<String, Long> counts = ledger.counts();
    return new Taken(
        todo.number,
        todo.images,
        count(counts, Difference.Kind.ADDED),
        count(counts, Difference.Kind.CHANGED),
        count(counts, Difference.Kind.REMOVED));
  }

  private static long count(Map<String, Long> counts, Difference.Kind kind) {
    return counts.getOrDefault(SnapshotTasks.name(kind), 0L);
  }

  @Override
  protected void verify(Todo todo, Taken taken) {
    if (written != null) {
      LayerBooks.require(context(), written);
    }
  }

  @Override
  protected void commit(Todo todo, Taken taken) {
    if (written != null) {
      todo.layer.fold(written, name());
    }
  }

  @Override
  protected void report(Todo todo, Taken taken) {
    context()
        .console()
        .say(
            "  snapshot %d is complete: %,d images (%,d added, %,d changed, %,d removed)",
            todo.number, todo.images, taken.added, taken.changed, taken.removed);
    if (!leftOut.isEmpty()) {
      context().console().say("  %s", leftOut);
    }
    if (leftOut.takenAsS3a() > 0) {
      context()
          .console()
          .say("  %s of s3: or s3n:, taken as s3a:", Console.count(leftOut.takenAsS3a(), "URI"));
    }
    unreachable
        .reasons()
        .forEach(
            reason ->
                context()
                    .console()
                    .say(
                        "  WARNING: %,d of the images cannot be reached now, and are taken as they"
                            + " were, or rejected: %s",
                        reason.total(), reason.examples()));
  }

  @Override
  protected Counts books(Taken taken) {
    Counts books =
        new Counts()
            .add("listed", taken.images)
            .add("added", taken.added)
            .add("changed", taken.changed)
            .add("removed", taken.removed)
            .add(OUT_OF_REACH, unreachable.total());
    leftOut.counts().forEach(books::add);
    return books;
  }
}
