package dev.remap.jobs.stage.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.Unit;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ListCutsTest {
  private static final int SEED = 5;

  private static long[] until(List<Unit> units) {
    return units.stream().mapToLong(unit -> unit.range().to()).toArray();
  }

  @Test
  void shardsGetNeighbouringListsOfAboutAsManyEntries() {
    Random random = new Random(SEED);
    long[] counts = random.longs(1000, 0, 500).toArray();
    List<Unit> units = ListCuts.cut(counts, 7, 1_000_000);

    // A plan covers all lists in order, or is none.
    assertThat(new Plan(Inputs.NONE, units).units()).hasSize(7);
    assertThat(units).allSatisfy(unit -> assertThat(unit.images()).isBetween(141_000L, 145_000L));
    assertThat(units.stream().mapToLong(Unit::images).sum()).isBetween(999_990L, 1_000_010L);
  }

  @Test
  void oneLargeListTakesAShardToItself() {
    assertThat(until(ListCuts.cut(new long[] {1, 1, 1, 100, 1, 1}, 3, 105)))
        .containsExactly(2, 3, Long.MAX_VALUE);
  }

  @Test
  void everyShardHasAListWhateverIsInThem() {
    assertThat(until(ListCuts.cut(new long[6], 3, 0))).containsExactly(1, 3, Long.MAX_VALUE);
    assertThat(until(ListCuts.cut(new long[] {9, 0, 0, 0}, 4, 9)))
        .containsExactly(0, 1, 2, Long.MAX_VALUE);
    assertThat(until(ListCuts.cut(new long[] {0, 0, 0, 9}, 4, 9)))
        .containsExactly(0, 1, 2, Long.MAX_VALUE);
    assertThat(until(ListCuts.cut(new long[] {3}, 1, 3))).containsExactly(Long.MAX_VALUE);
  }
}
