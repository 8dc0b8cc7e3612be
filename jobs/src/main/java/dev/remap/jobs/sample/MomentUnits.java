package dev.remap.jobs.sample;

import dev.remap.jobs.store.layer.Unit;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which units keep the products Σxxᵀ: enough for a stable covariance, in an order fixed by their
 * numbers' hash.
 */
public final class MomentUnits {
  private MomentUnits() {}

  /** How many images are enough for descriptors of so many components. */
  public static long images(int dimension) {
    return Math.max(1_000_000L, 100L * dimension);
  }

  /**
   * Units, by the order of a hash, until they hold {@code images} images; all if there are fewer.
   */
  public static Set<Integer> choose(List<Unit> units, long images) {
    Set<Integer> chosen = new HashSet<>();
    long covered = 0;
    List<Unit> order =
        units.stream()
            .sorted(
                Comparator.comparingLong((Unit unit) -> SplitMix64.hash(unit.number(), 0))
                    .thenComparing(Unit::number))
            .toList();
    for (Unit unit : order) {
      if (covered >= images) {
        break;
      }
      chosen.add(unit.number());
      covered += unit.images();
    }
    return chosen;
  }
}
