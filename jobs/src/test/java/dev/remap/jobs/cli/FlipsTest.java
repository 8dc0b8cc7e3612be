package dev.remap.jobs.cli;

import org.junit.jupiter.api.Test;

/** A few flips of an index that has a name of its own. */
class FlipsTest extends Flips {
  FlipsTest() {
    super("photos", 11);
  }

  @Test
  void ofAnIndexThatIsNotCalledDefaultEveryDamagedByteIsFoundNamedAndRepaired() {
    flip(20, kinds().indexOf("indexes ledger"), 4);
    check();
  }
}
