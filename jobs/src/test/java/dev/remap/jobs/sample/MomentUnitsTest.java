package dev.remap.jobs.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Unit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MomentUnitsTest {
  private final List<Unit> units = KeyPartitioner.even(100_000, 100);

  @Test
  void allUnitsAreChosenWhereTheyHoldNoMoreThanWanted() {
    assertThat(MomentUnits.choose(units, 100_000)).hasSize(1000);
    assertThat(MomentUnits.choose(units, Long.MAX_VALUE)).hasSize(1000);
  }

  @Test
  void justEnoughUnitsAreChosenWhateverTheirOrder() {
    Set<Integer> chosen = MomentUnits.choose(units, 10_050);
    List<Unit> shuffled = new ArrayList<>(units);
    Collections.shuffle(shuffled, new Random(5));

    assertThat(chosen).hasSize(101);
    assertThat(MomentUnits.choose(shuffled, 10_050)).as("seed 5").isEqualTo(chosen);
  }

  @Test
  void moreImagesKeepTheUnitsThatFewerHad() {
    assertThat(MomentUnits.choose(units, 20_000)).containsAll(MomentUnits.choose(units, 10_000));
  }

  /**
   * Images next to each other in key order are no better a sample than others; units are spread.
   */
  @Test
  void chosenUnitsAreSpreadOverTheKeys() {
    Set<Integer> tenths = new HashSet<>();
    MomentUnits.choose(units, 10_000).forEach(unit -> tenths.add(unit / 100));

    assertThat(tenths).hasSize(10);
  }
}
