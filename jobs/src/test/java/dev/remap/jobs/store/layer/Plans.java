package dev.remap.jobs.store.layer;

import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.segment.KeyRange;
import java.util.ArrayList;
import java.util.List;

/** Plans for tests. */
final class Plans {
  private Plans() {}

  /** Units of the same share of all keys. */
  static Plan even(int units, String whitening) {
    long step = Long.MAX_VALUE / units;
    List<Unit> list = new ArrayList<>();
    for (int i = 0; i < units; i++) {
      long to = i == units - 1 ? Long.MAX_VALUE : (i + 1) * step - 1;
      list.add(new Unit(i, new KeyRange(i * step, to), 10));
    }
    return new Plan(Inputs.of("whitening", whitening), list);
  }

  /** One small unit and the rest. */
  static Plan uneven() {
    return new Plan(
        Inputs.NONE,
        List.of(
            new Unit(0, new KeyRange(0, 9), 1), new Unit(1, new KeyRange(10, Long.MAX_VALUE), 1)));
  }
}
