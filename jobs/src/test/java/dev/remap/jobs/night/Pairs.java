package dev.remap.jobs.night;

import dev.remap.jobs.cli.Pictures;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.stage.build.BuildJob;
import dev.remap.jobs.stage.compact.CompactJob;
import dev.remap.jobs.stage.extract.ExtractJob;
import dev.remap.jobs.stage.publish.PublishJob;
import dev.remap.jobs.stage.publish.RollbackJob;
import dev.remap.jobs.stage.snapshot.SnapshotJob;
import dev.remap.jobs.stage.whiten.WhitenJob;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.IndexInputs;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.table.Whitenings;
import dev.remap.jobs.upkeep.gc.GarbageCollection;
import dev.remap.jobs.upkeep.status.StatusPrinter;
import dev.remap.jobs.upkeep.verify.StoreCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Two commands on one store, of which the second runs from its beginning to its end while the first
 * stands still at one of its points: all in one thread. Three nights have been before, of which the
 * second is live, and the third was killed before it published. Whoever lists the catalogue finds
 * one more picture than anybody before.
 */
final class Pairs implements AutoCloseable {
  private static final long SEED = 20270307;
  private static final int FIRST = 16;

  private final Path folder;
  private final Path catalogue;
  private final Random random = new Random(SEED);
  private final List<JobContext> open = new ArrayList<>();
  private final Nights before;
  private Nights nights;
  private int cases;
  private int pictures;
  private int picturesBefore = Integer.MAX_VALUE;

  /** What runs. */
  enum Command {
    NIGHT(Reindex.RetryScope.WITH_CHANGES, Reindex.Training.KEPT),
    /** Which asks for shards of lists, where there are such of keys. */
    NIGHT_LISTS(Reindex.RetryScope.WITH_CHANGES, Reindex.Training.KEPT),
    RETRAIN(Reindex.RetryScope.WITH_CHANGES, Reindex.Training.ANEW),
    RETRAIN_WARM(Reindex.RetryScope.WITH_CHANGES, Reindex.Training.WARM),
    RETRY(Reindex.RetryScope.ALL, Reindex.Training.KEPT),
    /** The newest generation, which nobody has published. */
    PUBLISH("publish.begun", "publish.before-publication", "publish.after-publication"),
    /** The first generation, which is not live any more. */
    PUBLISH_FIRST("publish.begun", "publish.before-publication", "publish.after-publication"),
    /** To the first generation. */
    ROLLBACK("rollback.begun", "rollback.before-publication", "rollback.after-publication"),
    COMPACT("compact.planned", "compact.merged"),
    GC("gc.roots-found", "gc.before-claim", "gc.after-claim", "gc.deleting");

    private final String points;
    private final Reindex.RetryScope again;
    private final Reindex.Training training;

    Command(String... points) {
      this.points = String.join(" ", points);
      this.again = null;
      this.training = null;
    }

    Command(Reindex.RetryScope again, Reindex.Training training) {
      this.again = again;
      this.training = training;
      List<String> names =
          new ArrayList<>(
              List.of(
                  "reindex.begun",
                  "snapshot.listed",
                  "snapshot.before-plan",
                  "reindex.listed",
                  "reindex.described"));
      if (training != Reindex.Training.KEPT) {
        names.add("reindex.whitened");
      }
      names.addAll(List.of("reindex.trained", "reindex.built"));
      this.points = Stream.concat(names.stream(), published()).collect(Collectors.joining(" "));
    }

    private static Stream<String> published() {
      return Stream.of("publish.begun", "publish.before-publication", "publish.after-publication");
    }

    /** Where it may stand still, in the order in which it comes there. */
    List<String> points() {
      return List.of(points.split(" ", -1));
    }
  }

  /**
   * How two commands went.
   *
   * @param first what the first one said, its failure last
   * @param log the generations that were live, in order
   */
  record Outcome(Said first, Said second, List<Published> log) {
    List<Integer> generations() {
      return log.stream().map(Generation::number).toList();
    }
  }

  /**
   * @param failure empty if it went well
   */
  record Said(String text, String failure) {}

  Pairs(Path folder) {
    this.folder = folder;
    this.catalogue = folder.resolve("catalogue");
    for (int i = 0; i < FIRST; i++) {
      picture();
    }
    before = nights("before");
    nights = before;
    nights.reindex(catalogue);
    picture();
    nights.reindex(catalogue);
    killedAt("publish.begun");
    picturesBefore = pictures;
  }

  private Nights nights(String name) {
    return new Nights(folder, name, KeyHash.SHA_256)
        .set("catalogue.uri", catalogue)
        .set("quantizer.spec", "IVF2,PQ2x4np")
        .set("index.shards", 2)
        .set("publish.min-self-retrieval", 0)
        .set("snapshot.max-changed-ratio", 1)
        .set("gc.grace", "0s")
        .set("gc.keep-generations", 0);
  }

  private void picture() {
    Path file = catalogue.resolve("p" + pictures++ + ".jpg");
    Pictures.write(file, random, Pictures.LONG, Pictures.SHORT);
  }

  private void killedAt(String point) {
    String failure =
        run(
                Command.NIGHT,
                reached -> {
                  if (reached.equals(point)) {
                    throw new StoreException("killed");
                  }
                })
            .failure;
    if (!failure.equals("killed")) {
      throw new IllegalStateException(failure);
    }
  }

  /** Lets the second run while the first stands at that point, on a store of its own. */
  Outcome run(Command first, String point, Command second) {
    fresh();
    Said[] saidBySecond = new Said[1];
    Said said =
        run(
            first,
            reached -> {
              if (reached.equals(point) && saidBySecond[0] == null) {
                saidBySecond[0] = run(second, ignored -> {});
              }
            });
    return new Outcome(said, saidBySecond[0], log());
  }

  /** Once more a store, and a catalogue, as they were after the three nights. */
  void fresh() {
    try {
      for (; pictures > picturesBefore; pictures--) {
        Files.delete(catalogue.resolve("p" + (pictures - 1) + ".jpg"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    nights = before.copy("case" + cases++);
  }

  private JobContext context() {
    return context(new ByteArrayOutputStream());
  }

  private JobContext context(ByteArrayOutputStream out) {
    // What another command has removed is not there for a process of its own.
    Ledgers.forget();
    JobContext context = nights.context(out);
    // Closing one ends the Spark that all in this JVM share.
    open.add(context);
    return context;
  }

  /** Runs a command to its end. */
  Said run(Command command, Consumer<String> reached) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    nights.set("index.layout", command == Command.NIGHT_LISTS ? "list" : "auto");
    JobContext context = context(out);
    nights.set("index.layout", "auto");
    String failure = "";
    try {
      execute(context, command, reached);
    } catch (JobFailedException | InputException | StoreException e) {
      failure = e.getMessage();
    }
    return new Said(out.toString(StandardCharsets.UTF_8), failure);
  }

  private static void publish(
      JobContext context, Integer number, PublishJob.Purpose purpose, Consumer<String> reached) {
    new PublishJob(context, Generation.choose(context, number), purpose, reached).execute();
  }

  private void execute(JobContext context, Command command, Consumer<String> reached) {
    switch (command) {
      case NIGHT, NIGHT_LISTS, RETRAIN, RETRAIN_WARM, RETRY -> {
        picture();
        new Reindex(context, command.again, command.training, KeyHash.SHA_256, reached).execute();
      }
      case PUBLISH -> publish(context, null, PublishJob.Purpose.NEWEST, reached);
      case PUBLISH_FIRST -> publish(context, 1, PublishJob.Purpose.NAMED, reached);
      case ROLLBACK -> new RollbackJob(context, 1, reached).execute();
      case COMPACT ->
          CompactJob.run(context, Generation.live(context), CompactJob.Depth.FULL, reached);
      case GC ->
          new GarbageCollection(
                  context, GarbageCollection.Mode.DELETE, GarbageCollection.Detail.SUMMARY, reached)
              .execute();
    }
  }

  /** One more undisturbed night, on a catalogue that is as it was. */
  Said night() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JobContext context = context(out);
    new Reindex(context, Reindex.RetryScope.WITH_CHANGES, Reindex.Training.KEPT).execute();
    return new Said(out.toString(StandardCharsets.UTF_8), "");
  }

  /** Whether nothing is wrong with the store, as far as anybody can see. */
  boolean isSound() {
    return new StoreCheck(context(), StoreCheck.Mode.LOOK).execute();
  }

  /** What {@code verify} and {@code status} say. */
  String lookedAt(StoreCheck.Mode mode) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JobContext context = context(out);
    new StoreCheck(context, mode).execute();
    new StatusPrinter(context, StatusPrinter.Detail.SUMMARY).execute();
    new StatusPrinter(context, StatusPrinter.Detail.JSON).execute();
    return out.toString(StandardCharsets.UTF_8);
  }

  /**
   * Publishes as a slow run of an earlier build did, which did not look at what was live by then.
   */
  void publishLate(int number) {
    JobContext context = context();
    Publication log = new Publication(context.store(), "default");
    FileRef manifest = generation(number).manifestRef(context.store());
    if (log.publish(manifest, "slow", log.latest(), live -> false).isEmpty()) {
      throw new IllegalStateException("not published");
    }
  }

  /** Lists the catalogue with one more picture, and builds by the training of a generation. */
  void buildAs(int number) {
    picture();
    JobContext context = context();
    Generation model = generation(number);
    int snapshot = new SnapshotJob(context).execute().number();
    new ExtractJob(context, snapshot).execute();
    new WhitenJob(
            context,
            Descriptors.choose(context, snapshot),
            Whitenings.require(context.store(), model.inputs().whitening()))
        .execute();
    new BuildJob(context, IndexInputs.choose(context, model.inputs().quantizer())).execute();
  }

  List<Published> log() {
    return new Publication(newest().store(), "default").all();
  }

  Generation generation(int number) {
    return Generation.of(newest().store(), "default", number);
  }

  /** Whether garbage collection has left a generation where it was. */
  boolean isThere(int number) {
    return Generation.isComplete(newest().store(), "default", number);
  }

  int newestSnapshot() {
    return new Snapshots(newest().store()).newestBelow(Integer.MAX_VALUE).orElseThrow();
  }

  private JobContext newest() {
    return open.get(open.size() - 1);
  }

  @Override
  public void close() {
    open.forEach(JobContext::close);
  }
}
