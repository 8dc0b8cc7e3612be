package dev.remap.jobs.cli;

import org.junit.jupiter.api.Test;

/** A few flips of an index that has a name of its own. */
class FlipsTest extends Flips {
  FlipsTest() {
    super("photos", 11);
  }

  @Test
  void ofAnIndexThatIsNotCalledDefaultEveryDamagedByteIsFoundNamedAndRepaired() {
    int ofIndex = kinds().indexOf("indexes ledger");
    // Manifest, publication and shard are repaired, by commands that have to name the index.
    flip(6, ofIndex, 2);
    flip(14, ofIndex + 6, 7);
    check();
  }
}
