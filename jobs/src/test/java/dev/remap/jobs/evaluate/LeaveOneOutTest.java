package dev.remap.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeaveOneOutTest {
  private record Labelled(long key, String group) implements LeaveOneOut.Image {}

  private final LeaveOneOut<Labelled> groups =
      new LeaveOneOut<>(
          List.of(
              new Labelled(1, "tower"),
              new Labelled(2, "alone"),
              new Labelled(3, "bridge"),
              new Labelled(4, "tower"),
              new Labelled(5, "bridge"),
              new Labelled(6, "tower")));

  @Test
  void anImageWithoutOthersIsNoQuery() {
    assertThat(groups.groups()).hasSize(2);
    assertThat(groups.images()).extracting(Labelled::key).containsExactly(3L, 5L, 1L, 4L, 6L);
  }

  @Test
  void theQueryItselfCountsNeitherForNorAgainstIt() {
    GroupTruth truth = groups.truth();

    assertThat(truth.others(1)).isEqualTo(2);
    assertThat(truth.precision(1, List.of(1L, 4L, 6L), Set.of())).isEqualTo(1);
    assertThat(truth.precision(1, List.of(4L, 1L, 6L), Set.of())).isEqualTo(1);
    assertThat(truth.precision(3, List.of(2L, 5L), Set.of())).isLessThan(1);
    assertThat(truth.precision(3, List.of(2L, 5L), Set.of(2L))).isEqualTo(1);
  }
}
