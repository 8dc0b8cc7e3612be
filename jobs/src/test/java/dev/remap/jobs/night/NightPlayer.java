package dev.remap.jobs.night;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.night.NightModel.Expected;
import dev.remap.jobs.night.Step.Verb;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.stage.compact.CompactJob;
import dev.remap.jobs.stage.publish.RollbackJob;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.ShardLayout;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.upkeep.gc.GarbageCollection;
import dev.remap.jobs.upkeep.verify.StoreCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Plays steps on a catalogue and a store, and compares the store with a {@link NightModel} after
 * each. Every command has a context of its own, as a process would.
 */
final class NightPlayer {
  /** Ids that begin with 'x' share a key. */
  private static final KeyHash CROWDED =
      (imageId, salt) ->
          imageId.startsWith("x") && salt == 0 ? 1L << 62 : KeyHash.SHA_256.key(imageId, salt);

  private static final int SAID = 1500;

  private final Path folder;
  private final ModelCatalogue catalogue;
  private final NightModel model;
  private final Nights nights;
  private final Map<String, Long> keys = new TreeMap<>();
  private final Map<String, float[]> contents;
  private ByteArrayOutputStream said = new ByteArrayOutputStream();
  private boolean isHalfCollected;
  private int copies;

  /** Ends a command as a kill does: nobody who handles failures sees it. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  /**
   * A step at which something was not as it must be.
   *
   * @param number of the step, from 0
   */
  record Failure(int number, Throwable why) {}

  /**
   * @param pool of pictures
   * @param contents descriptors that were seen of these, kept from player to player
   */
  private NightPlayer(Path folder, Path pool, Map<String, float[]> contents) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.contents = contents;
    catalogue = new ModelCatalogue(pool, folder);
    model = new NightModel(catalogue);
    nights = nights("store");
  }

  private Nights nights(String name) {
    return new Nights(folder, name, CROWDED)
        .set("quantizer.spec", "IVF3,PQ2x4np")
        // By tasks, which leaves checkpoints.
        .set("quantizer.driver-sample", 1)
        .set("index.shards", 2)
        .set("unit.attempts", 1)
        // Some nights in a row may not list at all.
        .set("snapshot.max-changed-ratio", 1)
        .set("snapshot.max-removed-ratio", 1)
        .set("gc.grace", "0s");
  }

  /** Plays all on a store of its own; nothing if all was as it must be. */
  static Optional<Failure> play(
      Path folder, Path pool, Map<String, float[]> contents, List<Step> steps) {
    int number = 0;
    try {
      NightPlayer player = new NightPlayer(folder, pool, contents);
      for (; number < steps.size(); number++) {
        player.play(steps.get(number));
      }
      player.compareWithFresh();
      return Optional.empty();
    } catch (IOException | RuntimeException | AssertionError e) {
      return Optional.of(new Failure(number, e));
    }
  }

  private void play(Step step) throws IOException {
    if (step.verb() == Verb.SET) {
      set(step.with().get(0), step.with().get(1));
    } else if (!step.verb().isCommand()) {
      catalogue.change(step);
    } else if (step.verb().isReindex()) {
      reindex(step);
      check();
    } else if (model.live().isPresent()) {
      upkeep(step);
      check();
    }
  }

  private void set(String key, String value) {
    nights.set(key, value);
    if (key.equals("index.layout")) {
      model.want(Optional.of(value).filter(name -> !name.equals("auto")).map(ShardLayout::named));
    }
  }

  private JobContext context() {
    Ledgers.forget();
    said = new ByteArrayOutputStream();
    return nights.context(said);
  }

  /** What a command says, if something is wrong with it. */
  private String words() {
    String all = said.toString(StandardCharsets.UTF_8);
    return all.substring(Math.max(0, all.length() - SAID));
  }

  private interface Command {
    void run(JobContext context, Consumer<String> reached);
  }

  /** Where it was killed, if it came there. */
  private Optional<String> run(Step step, Command command) throws IOException {
    String wanted = step.with().isEmpty() ? "" : step.with().get(0);
    LostHalf half = new LostHalf(nights.store());
    List<String> killedAt = new ArrayList<>();
    try (JobContext context = context()) {
      command.run(
          context,
          point -> {
            if (point.equals(wanted)) {
              killedAt.add(point);
              throw new Killed();
            }
          });
    } catch (Killed e) {
      if (step.with().size() > 1) {
        half.lose(wanted, step.number(1));
      }
    }
    return killedAt.stream().findFirst();
  }

  private void reindex(Step step) throws IOException {
    Path table = catalogue.table();
    nights.set("catalogue.uri", table);
    Reindex.RetryScope again =
        switch (step.verb()) {
          case RETRY -> Reindex.RetryScope.ALL;
          case RETRY_UNREACHABLE -> Reindex.RetryScope.UNREACHABLE;
          default -> Reindex.RetryScope.WITH_CHANGES;
        };
    Reindex.Training training =
        switch (step.verb()) {
          case RETRAIN -> Reindex.Training.ANEW;
          case RETRAIN_WARM -> Reindex.Training.WARM;
          default -> Reindex.Training.KEPT;
        };
    boolean isCompared = step.verb().isTraining() && !step.with().isEmpty() && !isHalfCollected;
    Optional<String> kept =
        model
            .live()
            .filter(shown -> training == Reindex.Training.WARM)
            .map(shown -> nights.live().inputs().whitening());
    Optional<Nights> before = isCompared ? Optional.of(copy()) : Optional.empty();
    Command command =
        (context, reached) -> new Reindex(context, again, training, CROWDED, reached).execute();
    Optional<String> killedAt;
    try {
      killedAt = run(step, command);
    } catch (JobFailedException e) {
      if (!isHalfCollected) {
        throw e;
      }
      collect(Step.of(Verb.GC));
      killedAt = run(step, command);
    }
    boolean idle = said.toString(StandardCharsets.UTF_8).contains("nothing to try again");
    Expected expected = model.reindex(step.verb(), killedAt, step.with().size() > 1, idle);
    if (expected.choices().isEmpty()) {
      assertThat(published()).isEmpty();
    } else {
      LiveContents live = live();
      model.isLive(
          expected.choices().stream()
              .filter(wanted -> live.mismatch(wanted).isEmpty())
              .findFirst()
              .map(shown -> shown.as(live.generation()))
              .orElseGet(() -> fail(live.mismatch(expected.choices().get(0)).orElseThrow())));
    }
    kept.ifPresent(id -> assertThat(nights.live().inputs().whitening()).isEqualTo(id));
    if (step.verb().isTraining() && killedAt.isEmpty()) {
      compareWithFresh();
    }
    if (before.isPresent() && killedAt.isPresent()) {
      assertThat(trained(copy(), table, training))
          .isEqualTo(trained(before.get(), table, training));
    }
  }

  private Nights copy() {
    return nights.copy("copy" + copies++);
  }

  /** What a training comes to that nobody disturbs, also if one was killed before. */
  private static List<String> trained(Nights copy, Path table, Reindex.Training training) {
    copy.reindex(table, Reindex.RetryScope.WITH_CHANGES, training);
    return copy.newest();
  }

  private Optional<Published> published() {
    try (JobContext context = context()) {
      return new Publication(context.store(), "default").latest();
    }
  }

  private void upkeep(Step step) throws IOException {
    switch (step.verb()) {
      case COMPACT -> compact(step, CompactJob.Depth.AS_NEEDED);
      case COMPACT_FULL -> compact(step, CompactJob.Depth.FULL);
      case ROLLBACK -> rollback(step);
      case GC -> collect(step);
      default -> throw new IllegalArgumentException(step.toString());
    }
  }

  private void compact(Step step, CompactJob.Depth depth) throws IOException {
    run(
        step,
        (context, reached) -> CompactJob.run(context, Generation.live(context), depth, reached));
  }

  private void rollback(Step step) throws IOException {
    boolean isThere = model.before().filter(before -> isComplete(before.generation())).isPresent();
    try {
      Optional<String> killedAt =
          run(step, (context, reached) -> new RollbackJob(context, null, reached).execute());
      assertThat(isThere).as("there is what was gone back to").isTrue();
      if (killedAt.isEmpty() || killedAt.get().equals("rollback.after-publication")) {
        model.rolledBack();
      }
    } catch (JobFailedException | InputException e) {
      if (isThere && !isHalfCollected) {
        throw e;
      }
    }
  }

  private boolean isComplete(int generation) {
    try (JobContext context = context()) {
      return Generation.isComplete(context.store(), "default", generation);
    }
  }

  private void collect(Step step) throws IOException {
    isHalfCollected =
        run(
                step,
                (context, reached) ->
                    new GarbageCollection(
                            context,
                            GarbageCollection.Mode.DELETE,
                            GarbageCollection.Detail.SUMMARY,
                            reached)
                        .execute())
            .isPresent();
    if (!isHalfCollected) {
      try (JobContext context = context()) {
        new GarbageCollection(context, GarbageCollection.Mode.LOOK, GarbageCollection.Detail.PATHS)
            .execute();
      }
      assertThat(words()).contains("no garbage");
    }
  }

  private LiveContents live() {
    try (JobContext context = context()) {
      return LiveContents.of(context);
    }
  }

  /** What must hold after every command. */
  private void check() {
    try (JobContext context = context()) {
      assertThat(new Snapshots(context.store()).numbers().stream().reduce(0, Math::max))
          .as("the newest snapshot")
          .isEqualTo(model.snapshots());
      model
          .live()
          .ifPresent(
              shown -> {
                LiveContents live = LiveContents.of(context);
                assertThat(live.mismatch(shown)).isEmpty();
                assertThat(live.generation()).isEqualTo(shown.generation());
                live.check(keys, contents);
              });
      // Half deleted, a folder may lack what names the rest.
      if (!isHalfCollected) {
        boolean isSound = new StoreCheck(context, StoreCheck.Mode.LOOK).execute();
        assertThat(isSound).as(words()).isTrue();
      }
    }
  }

  /** The live shards are those of a store that never knew anything but what they hold. */
  private void compareWithFresh() throws IOException {
    if (model.live().isEmpty()) {
      return;
    }
    LiveContents live = live();
    String name = "fresh" + copies++;
    Nights other =
        nights(name)
            .set("index.shards", live.shardCount())
            .set("index.layout", live.layout().label());
    other.fromNothing(nights, catalogue.table("fresh", live.versions()));
    if (live.layout() == ShardLayout.KEY) {
      assertThat(nights.shards()).isEqualTo(other.shards());
    } else {
      // Lists were cut by what there was then.
      Path ours = nights.merged(folder.resolve(name + "-ours"));
      assertThat(ours).hasSameBinaryContentAs(other.merged(folder.resolve(name + "-other")));
    }
  }
}
