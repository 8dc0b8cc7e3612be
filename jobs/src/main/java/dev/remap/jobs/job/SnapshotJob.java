package dev.remap.jobs.job;

import dev.remap.jobs.catalogue.Catalogue;
import dev.remap.jobs.catalogue.ListedImage;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.Collision;
import dev.remap.jobs.store.KeyExceptions;
import dev.remap.jobs.store.KeyHash;
import dev.remap.jobs.store.KeyOwners;
import dev.remap.jobs.store.Keys;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * Catalogue to keyed listing. A snapshot is known by the digest of what was listed: an unchanged
 * catalogue gives no new one, and a run that was killed is finished by the next, if the catalogue
 * still lists the same.
 */
public final class SnapshotJob extends Job<SnapshotJob.Todo, Ledger> {
  private static final int COLLISION_ROUNDS = 8;

  private final KeyHash hash;
  private final Snapshots snapshots;

  public SnapshotJob(JobContext context) {
    this(context, KeyHash.SHA_256);
  }

  /** With another hash, for tests that need ids to collide. */
  SnapshotJob(JobContext context, KeyHash hash) {
    super(context);
    this.hash = hash;
    this.snapshots = new Snapshots(context.store());
  }

  /**
   * What is to do.
   *
   * @param sorted the listing by key in the plan's units; null where the snapshot is complete
   */
  record Todo(
      int number,
      JavaRDD<ListedImage> listed,
      long images,
      Layer layer,
      Plan plan,
      JavaPairRDD<SnapshotTasks.SortKey, ListedImage> sorted) {}

  @Override
  String name() {
    return "snapshot";
  }

  @Override
  Todo plan() {
    Catalogue catalogue = Catalogue.of(context().settings());
    JavaRDD<ListedImage> listed =
        TaskFailures.unwrap(() -> catalogue.list(context().session()))
            .persist(StorageLevel.MEMORY_AND_DISK());
    ListingDigest digest =
        TaskFailures.unwrap(
            () -> listed.aggregate(ListingDigest.EMPTY, ListingDigest::add, ListingDigest::add));
    if (digest.images() == 0) {
      throw new InputException(
          "Catalogue %s has no images: looked for %s", catalogue.uri(), catalogue.wanted());
    }
    int number = number(digest);
    Layer layer = snapshots.layer(number);
    long perUnit = context().settings().integer("unit.images", 1, Integer.MAX_VALUE);
    List<Unit> units =
        layer.plan().map(Plan::units).orElseGet(() -> Cuts.even(digest.images(), perUnit));
    context()
        .console()
        .say(
            "snapshot %d of %s: %,d images in %,d units",
            number, catalogue.uri(), digest.images(), units.size());
    // Ids that are listed twice are found before anything of this snapshot is written.
    JavaPairRDD<SnapshotTasks.SortKey, ListedImage> sorted =
        layer.ledger().isPresent() ? null : withDistinctKeys(listed, units);
    Plan plan =
        layer.createPlan(
            new Plan(new TreeMap<>(Map.of(Snapshots.LISTING, digest.toString())), units));
    if (!plan.units().equals(units)) {
      sorted = withDistinctKeys(listed, plan.units());
    }
    return new Todo(number, listed, digest.images(), layer, plan, sorted);
  }

  /** The newest snapshot if it lists the same, else the next number. */
  private int number(ListingDigest digest) {
    List<Integer> numbers = snapshots.numbers();
    if (numbers.isEmpty()) {
      return 1;
    }
    int newest = numbers.get(numbers.size() - 1);
    boolean same =
        snapshots
            .layer(newest)
            .plan()
            .map(plan -> digest.toString().equals(plan.inputs().get(Snapshots.LISTING)))
            .orElse(true);
    return same ? newest : newest + 1;
  }

  @Override
  Ledger run(Todo todo) {
    if (todo.layer.ledger().isPresent()) {
      context().console().say("  nothing changed since snapshot %d", todo.number);
      return todo.layer.requireLedger();
    }
    List<Unit> pending = todo.layer.pending(todo.plan);
    SnapshotTasks.write(context(), todo.sorted, todo.layer.folder(), pending);
    todo.listed.unpersist();
    return todo.layer.fold(todo.plan, name());
  }

  /** Sorts the listing by key; where ids share one, records exceptions and sorts again. */
  private JavaPairRDD<SnapshotTasks.SortKey, ListedImage> withDistinctKeys(
      JavaRDD<ListedImage> listed, List<Unit> units) {
    for (int round = 0; round < COLLISION_ROUNDS; round++) {
      KeyExceptions exceptions = KeyExceptions.load(context().store());
      JavaPairRDD<SnapshotTasks.SortKey, ListedImage> sorted =
          SnapshotTasks.sort(listed, new Keys(hash, exceptions), units);
      List<Collision> collisions = new ArrayList<>();
      for (SnapshotTasks.Findings found : SnapshotTasks.check(sorted, exceptions)) {
        found.requireNoDuplicates();
        collisions.addAll(found.collisions());
      }
      if (collisions.isEmpty()) {
        return sorted;
      }
      context()
          .console()
          .say(
              "  %d keys are shared by several ids; recorded in keys/exceptions",
              collisions.size());
      KeyExceptions.add(context().store(), collisions, hash, KeyOwners.NONE);
    }
    throw new JobFailedException(
        "Ids still share keys after %d rounds of salting: the key hash is broken",
        COLLISION_ROUNDS);
  }

  @Override
  void verify(Todo todo, Ledger ledger) {
    long rows = ledger.rows(Snapshots.TABLE);
    if (rows != todo.images) {
      throw new JobFailedException(
          "Books of snapshot %d do not balance: %,d images were listed, %,d rows are stored",
          todo.number, todo.images, rows);
    }
  }

  @Override
  void commit(Todo todo, Ledger ledger) {
    context().console().say("  snapshot %d is complete: %,d images", todo.number, todo.images);
  }

  @Override
  Books books(Ledger ledger) {
    return new Books().add("listed", ledger.rows(Snapshots.TABLE));
  }
}
