package dev.remap.jobs.stage.extract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.InFlightNotes;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.KeyRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attempts at one unit die of an image; a death here is an error that leaves the notes behind. */
class InFlightTest {
  private static final Unit UNIT = new Unit(3, KeyRange.ALL, 40);
  private static final int WINDOW = 8;

  @TempDir private Path folder;
  private Layer layer;
  private int attempts;

  private static final class Death extends Error {
    private static final long serialVersionUID = 1;
  }

  /** What one attempt did. */
  private record Ran(boolean died, Set<Long> condemned, List<Long> tried, List<Long> described) {}

  @BeforeEach
  void open() {
    Store store = Store.openOrCreate(folder.toString(), new Configuration());
    layer = new Layer(store, TableKind.DESCRIPTORS.of("e").layer("00000001").folder());
  }

  @Test
  void anImageThatKillsIsCondemnedAfterItWasAloneInHandAtTwoDeaths() throws Exception {
    Ran window = attempt(Set.of(21L));
    Ran alone = attempt(Set.of(21L));
    Ran again = attempt(Set.of(21L));
    Ran last = attempt(Set.of(21L));

    assertThat(List.of(window.died, alone.died, again.died)).containsOnly(true);
    assertThat(window.tried).isEmpty();
    assertThat(alone.tried)
        .as("no more than what was in hand")
        .containsExactly(16L, 17L, 18L, 19L, 20L, 21L);
    assertThat(last.died).isFalse();
    assertThat(last.condemned).containsExactly(21L);
    assertThat(last.described).hasSize(39).doesNotContain(21L);
    assertThat(left()).isEmpty();
  }

  @Test
  void severalKillersOfAUnitAreAllFound() throws Exception {
    Set<Long> killers = Set.of(2L, 18L, 19L);
    Ran ran = attempt(killers);
    for (int deaths = 0; ran.died; deaths++) {
      assertThat(deaths).isLessThan(10);
      ran = attempt(killers);
    }

    assertThat(ran.condemned).isEqualTo(killers);
  }

  @Test
  void aDeathThatIsNoImagesFaultCondemnsNone() throws Exception {
    attempt(Set.of(21L));

    Ran next = attempt(Set.of());

    assertThat(next.died).isFalse();
    assertThat(next.condemned).isEmpty();
    assertThat(next.tried).hasSize(WINDOW);
    assertThat(next.described).hasSize(40);
  }

  @Test
  void anAttemptThatFailsWithoutDyingLeavesNoNote() {
    try (InFlight inFlight = inFlight()) {
      inFlight.noted(rows()).next();
      assertThat(left()).hasSize(1);
    }

    assertThat(left()).isEmpty();
  }

  @Test
  void unitsHaveFoldersOfTheirOwnWhichGoWithThem() {
    KeyRange keys = new KeyRange(3, 4);
    InFlightNotes own = new InFlightNotes(layer, UNIT, new Attempt("run", 1));
    Unit other = new Unit(123, UNIT.range(), UNIT.images());
    InFlightNotes others = new InFlightNotes(layer, other, new Attempt("run", 2));
    String folders = layer.folder() + "/inflight";
    Store store = Store.open(folder.toString(), new Configuration());
    own.write(keys);

    assertThat(others.write(keys)).isEqualTo(folders + "/u000123/run-2-0.json");

    assertThat(store.list(folders)).containsExactly("u000003", "u000123");
    own.removeAll();
    assertThat(store.list(folders)).containsExactly("u000123");
    assertThat(new InFlightNotes(layer, other, new Attempt("run", 3)).left())
        .containsExactly(new InFlightNotes.Note("run-2", keys));
  }

  /** Describes all rows one after another, a window late, and dies at a killer. */
  private Ran attempt(Set<Long> killers) throws InterruptedException {
    InFlight inFlight = inFlight();
    List<Long> tried = new ArrayList<>();
    List<Long> described = new ArrayList<>();
    Set<Long> condemned = Set.of();
    try {
      if (inFlight.afterDeath()) {
        condemned =
            inFlight.condemned(
                rows(),
                row -> {
                  tried.add(row.key());
                  touch(row, killers);
                });
      }
      for (Iterator<SnapshotRow> rows = inFlight.noted(rows()); rows.hasNext(); ) {
        SnapshotRow row = rows.next();
        if (!condemned.contains(row.key())) {
          touch(row, killers);
          described.add(row.key());
        }
        inFlight.settled(row.key());
      }
    } catch (Death e) {
      return new Ran(true, condemned, tried, described);
    }
    inFlight.committed();
    return new Ran(false, condemned, tried, described);
  }

  private static void touch(SnapshotRow row, Set<Long> killers) {
    if (killers.contains(row.key())) {
      throw new Death();
    }
  }

  private InFlight inFlight() {
    return new InFlight(new InFlightNotes(layer, UNIT, new Attempt("run", attempts++)), WINDOW);
  }

  private List<String> left() {
    Store store = Store.open(folder.toString(), new Configuration());
    return store.list(layer.folder() + "/inflight/u000003");
  }

  private static Iterator<SnapshotRow> rows() {
    return LongStream.range(0, 40)
        .mapToObj(
            key ->
                new SnapshotRow(
                    key,
                    Change.PUT,
                    "image " + key,
                    "file:/i",
                    "v",
                    OptionalLong.empty(),
                    OptionalLong.empty()))
        .iterator();
  }
}
