package dev.remap.jobs.cli;

import org.junit.jupiter.api.Test;

/** Many flips, and a truncation and a deletion of each kind. Run by {@code bin/flip-drill}. */
class FlipDrill extends Flips {
  private static final int FLIPS = Integer.getInteger("drill.flips", 40);
  private static final int REPAIR_EVERY = Integer.getInteger("drill.repair-every", 20);

  FlipDrill() {
    super("default", Long.getLong("drill.seed", 1));
  }

  @Test
  void everyDamagedByteIsFoundNamedAndRepaired() {
    flip(FLIPS, 0, REPAIR_EVERY);
    for (Damage damage : new Damage[] {Damage.TRUNCATE, Damage.DELETE}) {
      for (String kind : kinds()) {
        damage(damage, kind, true);
      }
    }
    check();
  }
}
