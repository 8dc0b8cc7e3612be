package dev.remap.jobs.stage.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.stage.snapshot.SnapshotJob.Taken;
import dev.remap.jobs.stage.snapshot.SnapshotJob.Unchanged;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.table.Snapshots;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two runs that list a catalogue while it changes: the first to plan a snapshot has its number. */
class SnapshotRaceTest {
  @TempDir private Path folder;
  private JobContext context;
  private Snapshots snapshots;

  @BeforeEach
  void firstSnapshot() {
    add("a");
    add("b");
    Path catalogue = folder.resolve("catalogue");
    context =
        LocalSpark.sharing(
            folder.resolve("store"),
            Map.of("catalogue.uri", catalogue.toString(), "unit.images", "2"));
    snapshots = new Snapshots(context.store());
    snapshot(() -> {});
    add("c");
  }

  @AfterEach
  void close() {
    context.close();
  }

  private void add(String name) {
    try {
      Files.createDirectories(folder.resolve("catalogue"));
      Files.write(folder.resolve("catalogue/" + name + ".jpg"), new byte[] {1});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Taken snapshot(Runnable beforePlan) {
    return snapshot("snapshot.before-plan", beforePlan);
  }

  private Taken snapshot(String point, Runnable what) {
    return new SnapshotJob(
            context,
            Unchanged.KEEP,
            KeyHash.SHA_256,
            reached -> {
              if (reached.equals(point)) {
                what.run();
              }
            })
        .execute();
  }

  private static Runnable once(Runnable what) {
    AtomicInteger calls = new AtomicInteger();
    return () -> {
      if (calls.getAndIncrement() == 0) {
        what.run();
      }
    };
  }

  private String parent(int number) {
    return snapshots.layer(number).plan().orElseThrow().inputs().require(Inputs.PARENT);
  }

  @Test
  void theSecondRunTakesTheNextNumberAndComparesWithTheFirstOne() {
    Taken[] other = new Taken[1];

    Taken mine =
        snapshot(
            once(
                () -> {
                  add("d");
                  other[0] = snapshot(() -> {});
                  add("e");
                }));

    assertThat(other[0]).isEqualTo(new Taken(2, 4, 2, 0, 0));
    assertThat(mine).isEqualTo(new Taken(3, 5, 1, 0, 0));
    assertThat(parent(3)).isEqualTo("00000002");
  }

  /** Listing takes long; what was listed before the other run's snapshot must not come after it. */
  @Test
  void aListingDuringWhichAnotherRunTookASnapshotIsMadeAgain() {
    Taken[] other = new Taken[1];

    Taken mine =
        snapshot(
            "snapshot.listed",
            once(
                () -> {
                  add("d");
                  other[0] = snapshot(() -> {});
                }));

    assertThat(other[0]).isEqualTo(new Taken(2, 4, 2, 0, 0));
    assertThat(mine).isEqualTo(other[0]);
    assertThat(snapshots.numbers()).containsExactly(1, 2);
  }

  @Test
  void aRunThatFindsTheSameOnItsSecondLookSharesTheSnapshot() {
    Taken[] other = new Taken[1];

    Taken mine =
        snapshot(
            once(
                () -> {
                  add("d");
                  other[0] = snapshot(() -> {});
                }));

    assertThat(other[0]).isEqualTo(new Taken(2, 4, 2, 0, 0));
    assertThat(mine).isEqualTo(other[0]);
    assertThat(snapshots.numbers()).containsExactly(1, 2);
  }

  /** As any run does that finds one which was begun from another listing. */
  @Test
  void aSnapshotThatIsOnlyBegunIsLeftToItsRun() {
    Taken mine = snapshot(once(() -> begin(2)));

    assertThat(mine).isEqualTo(new Taken(3, 3, 1, 0, 0));
    assertThat(parent(3)).isEqualTo("00000001");
    assertThat(snapshots.isComplete(2)).isFalse();
  }

  private void begin(int number) {
    Inputs inputs =
        Inputs.of(Inputs.LISTING, "another")
            .with(Inputs.IMAGES, "9")
            .with(Inputs.PARENT, "00000001");
    snapshots.layer(number).createPlan(new Plan(inputs, KeyPartitioner.even(9, 2)));
  }

  @Test
  void aRunThatIsNeverFirstSaysSo() {
    AtomicInteger next = new AtomicInteger(2);

    assertThatThrownBy(() -> snapshot(() -> begin(next.getAndIncrement())))
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("listed 5 times")
        .hasMessageContaining("Run it again when the others are done");
    assertThat(snapshot(() -> {}).number()).isEqualTo(7);
  }
}
