package dev.remap.jobs.evaluate.truth;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** Images that a truth lists more than once for one query: each counts once, and that is told. */
final class Repeats {
  private int count;

  /** Each of one query's images once. */
  Set<String> once(Collection<String> images) {
    Set<String> each = new LinkedHashSet<>(images);
    count += images.size() - each.size();
    return each;
  }

  /** How many entries there were too many. */
  int count() {
    return count;
  }
}
