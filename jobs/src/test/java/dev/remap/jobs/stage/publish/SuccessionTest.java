package dev.remap.jobs.stage.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.stage.publish.PublishJob.Purpose;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.publication.Verdict;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Vectors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may follow whom in the log of publications. */
class SuccessionTest {
  private static final long SEED = 20270308;

  @TempDir private Path folder;
  private JobContext context;
  private Store store;
  private Publication log;

  @BeforeEach
  void open() {
    context = LocalSpark.context(folder.resolve("store"), Map.of("index.name", "photos"));
    store = context.store();
    log = new Publication(store, "photos");
  }

  @AfterEach
  void close() {
    context.close();
  }

  /** A generation of a snapshot, by a quantizer: {@code 3:s2:b}. */
  private static Generation generation(String spec) {
    String[] parts = spec.split(":", -1);
    return generation(
        Integer.parseInt(parts[0]), Integer.parseInt(parts[1].substring(1)), parts[2]);
  }

  private static Generation generation(int number, int snapshot, String quantizer) {
    Inputs inputs =
        Inputs.of("snapshot", NumberedFolders.name(snapshot))
            .with("quantizer", quantizer)
            .with("whitening", "w");
    ArtifactManifest manifest =
        new ArtifactManifest("photos", "index", new TreeMap<>(), inputs, "run");
    return new Generation("photos", number, manifest, new Vectors("w", snapshot, 4));
  }

  private static FileRef manifest(Generation generation) {
    return new FileRef(generation.folder() + "/manifest.json", 1, "0".repeat(64));
  }

  private static Verdict verdictOf(Verdict.Act act, Generation generation) {
    return new Verdict(act, new TreeMap<>(Shown.by(generation).about()), List.of());
  }

  /** Publishes what such a word says, unasked; {@code r} before it is a rollback. */
  private void publish(String word) {
    boolean back = word.startsWith("r");
    Generation generation = generation(back ? word.substring(1) : word);
    Verdict.Act act = back ? Verdict.Act.ROLLBACK : Verdict.Act.PASSED;
    log.publish(manifest(generation), "run", log.latest(), new Fixed(verdictOf(act, generation)));
  }

  private Succession succession(Purpose purpose, String candidate, int seen) {
    Optional<Published> began = seen == 0 ? Optional.empty() : Optional.of(log.entry(seen));
    return new Succession(context, log, generation(candidate), purpose, began);
  }

  /** {@code seen} is the number of the publication that was the last when the run began. */
  @ParameterizedTest
  @CsvSource({
    // Nothing came in between.
    "1:s1:a, 1, UPDATE, 2:s2:a, follows",
    "1:s1:a, 1, TRAINING, 2:s1:b, follows",
    "1:s1:a, 1, NEWEST, 2:s1:b, follows",
    "1:s1:a 2:s2:a r1:s1:a, 3, NAMED, 2:s2:a, follows",
    "1:s1:a 2:s1:b, 2, TRAINING, 3:s1:a, goes back",
    "1:s1:a 2:s2:a, 2, NAMED, 1:s1:a, goes back",
    "1:s1:a 2:s2:b, 2, NAMED, 3:s2:a, goes back",
    "1:s1:a 3:s2:a, 2, NEWEST, 4:s1:a, refused: takes that back if you want to",
    "1:s1:a 3:s2:b, 2, NEWEST, 4:s2:a, refused: takes that back if you want to",
    // Another night was faster.
    "1:s1:a 3:s3:a, 1, UPDATE, 2:s2:a, left",
    "1:s1:a 3:s3:b, 1, UPDATE, 2:s2:a, left",
    "1:s1:a 3:s2:a, 1, UPDATE, 2:s2:a, left",
    "1:s1:a 2:s2:a, 1, UPDATE, 3:s3:a, follows",
    "1:s1:a 3:s2:b, 1, UPDATE, 4:s3:a, refused: with a new quantizer. Run again",
    "1:s1:a 3:s2:b, 1, UPDATE, 2:s2:a, refused: with a new quantizer. Run again",
    "1:s1:a 3:s3:a, 1, TRAINING, 2:s2:b, refused: Run it again to train on that",
    "1:s1:a 2:s2:a, 1, TRAINING, 3:s2:b, follows",
    "1:s1:a 2:s2:b, 1, TRAINING, 3:s3:c, follows",
    "1:s1:a 2:s2:b, 1, TRAINING, 3:s2:c, refused: with a new quantizer. Run it again",
    "1:s1:a 3:s2:b, 1, TRAINING, 2:s2:b, left",
    "1:s1:a 3:s3:a, 1, NEWEST, 2:s2:a, refused: meanwhile. See `remap status",
    "1:s1:a 2:s2:a 3:s3:a, 2, NAMED, 1:s1:a, refused: meanwhile. See `remap status",
    "1:s1:a 2:s2:a, 1, NAMED, 3:s3:a, follows",
    // First nights.
    "'', 0, UPDATE, 1:s1:a, follows",
    "2:s2:b, 0, UPDATE, 1:s1:a, left",
    "1:s1:b, 0, UPDATE, 2:s1:a, left",
    "1:s1:b, 0, UPDATE, 2:s2:a, follows",
    "1:s1:b, 0, TRAINING, 2:s1:a, refused: with a new quantizer. Run it again",
    // Somebody went back.
    "1:s1:a 2:s2:a r1:s1:a, 2, UPDATE, 3:s3:a, refused: has gone back to generation 1 (publication"
        + " 3)",
    "1:s1:a 2:s2:a r1:s1:a, 1, UPDATE, 3:s3:a, refused: has gone back to generation 1",
    "1:s1:a 2:s2:a r1:s1:a 3:s3:a, 2, UPDATE, 4:s4:a, refused: has gone back to generation 1",
    "1:s1:a 2:s2:a r1:s1:a, 2, TRAINING, 3:s3:b, refused: has gone back to generation 1",
    "1:s1:a 2:s2:a r1:s1:a, 2, NEWEST, 3:s3:a, refused: has gone back to generation 1",
    "1:s1:a 2:s2:a r1:s1:a, 2, NAMED, 3:s3:a, refused: has gone back to generation 1",
    "1:s1:a 2:s2:a r1:s1:a, 3, UPDATE, 3:s3:a, follows",
  })
  void whatFollowsWhat(String words, int seen, Purpose purpose, String candidate, String expected) {
    for (String word : words.isEmpty() ? new String[0] : words.split(" ", -1)) {
      publish(word);
    }
    Succession succession = succession(purpose, candidate, seen);
    Optional<Published> live = log.latest();

    if (expected.startsWith("refused: ")) {
      assertThatThrownBy(() -> succession.overtaken(live))
          .isInstanceOf(JobFailedException.class)
          .hasMessageContaining(expected.substring(9));
      return;
    }
    assertThat(succession.overtaken(live).isPresent()).isEqualTo(expected.equals("left"));
    if (!expected.equals("left")) {
      assertThat(live.filter(succession::takesBack).isPresent())
          .isEqualTo(expected.equals("goes back"));
    }
  }

  /** Publishes if nothing has changed. */
  private record Fixed(Verdict why) implements Publication.Gate {
    @Override
    public boolean admits(Optional<Published> live) {
      return false;
    }

    @Override
    public Optional<Verdict> verdict() {
      return Optional.of(why);
    }
  }

  /** Nights, trainings, people who publish and people who go back, in each other's way. */
  private final class World {
    private final Random random;
    private final Publication log;
    private final List<Generation> built = new ArrayList<>();
    private int snapshots;
    private int quantizers;

    World(long seed) {
      this.random = new Random(seed);
      this.log = new Publication(store, "world-" + seed);
    }

    /** At any point anybody else may come in between. */
    void maybeOthers(int depth) {
      while (depth < 4 && random.nextInt(3) == 0) {
        anybody(depth + 1);
      }
    }

    void anybody(int depth) {
      Optional<Published> seen = log.latest();
      if (built.isEmpty() || random.nextInt(4) < 3) {
        night(seen, depth);
      } else if (seen.isPresent()) {
        Generation chosen = built.get(random.nextInt(built.size()));
        maybeOthers(depth);
        if (random.nextBoolean()) {
          Verdict why = verdictOf(Verdict.Act.ROLLBACK, chosen);
          log.publish(manifest(chosen), "run", seen, new Fixed(why));
        } else {
          tryTo(chosen, Purpose.NAMED, seen, depth);
        }
      }
    }

    private void night(Optional<Published> seen, int depth) {
      boolean trains = random.nextInt(4) == 0;
      maybeOthers(depth);
      int snapshot = random.nextBoolean() || snapshots == 0 ? ++snapshots : snapshots;
      maybeOthers(depth);
      String kept = seen.map(live -> Shown.by(store, live).orElseThrow().quantizer()).orElse(null);
      String quantizer = trains || kept == null ? "q" + ++quantizers : kept;
      Generation own = generation(built.size() + 1, snapshot, quantizer);
      built.add(own);
      maybeOthers(depth);
      tryTo(own, trains ? Purpose.TRAINING : Purpose.UPDATE, seen, depth);
    }

    private void tryTo(Generation own, Purpose purpose, Optional<Published> seen, int depth) {
      Succession succession = new Succession(context, log, own, purpose, seen);
      Optional<Published> judged = log.latest();
      try {
        if (succession.overtaken(judged).isPresent()) {
          return;
        }
        maybeOthers(depth);
        log.publish(manifest(own), "run", judged, new Asking(succession, judged, own, depth));
      } catch (JobFailedException e) {
        // As it should be told.
      }
    }

    private final class Asking implements Publication.Gate {
      private final Succession succession;
      private final Generation own;
      private final int depth;
      private Optional<Published> live;

      Asking(Succession succession, Optional<Published> live, Generation own, int depth) {
        this.succession = succession;
        this.live = live;
        this.own = own;
        this.depth = depth;
      }

      @Override
      public boolean admits(Optional<Published> now) {
        live = now;
        boolean free = succession.overtaken(now).isEmpty();
        maybeOthers(depth);
        return free;
      }

      @Override
      public Optional<Verdict> verdict() {
        Verdict plain = verdictOf(Verdict.Act.PASSED, own);
        return Optional.of(
            live.filter(succession::takesBack)
                .map(back -> PublicationHistory.marked(store, plain, back))
                .orElse(plain));
      }
    }
  }

  @Test
  void whateverHappensNothingGoesBackUnasked() {
    Random seeds = new Random(SEED);
    int entries = 0;
    for (int round = 0; round < 25; round++) {
      long seed = seeds.nextInt(1 << 30);
      World world = new World(seed);
      for (int i = 0; i < 4; i++) {
        world.anybody(0);
      }
      entries += checked(world.log.all(), seed);
    }
    assertThat(entries).isGreaterThan(100);
  }

  private int checked(List<Published> entries, long seed) {
    List<String> trainings = new ArrayList<>();
    Shown before = null;
    for (Published entry : entries) {
      Shown now = Shown.by(store, entry).orElseThrow();
      if (!trainings.contains(now.quantizer())) {
        trainings.add(now.quantizer());
      }
      if (before != null && !PublicationHistory.goesBack(entry)) {
        assertThat(now.snapshot())
            .as("seed %d, publication %d", seed, entry.number())
            .isGreaterThanOrEqualTo(before.snapshot());
        assertThat(trainings.indexOf(now.quantizer()))
            .as("seed %d, publication %d", seed, entry.number())
            .isGreaterThanOrEqualTo(trainings.indexOf(before.quantizer()));
      }
      before = now;
    }
    return entries.size();
  }
}
