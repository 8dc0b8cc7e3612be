package dev.remap.jobs.job.publish;

import dev.remap.jobs.job.Cuts;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.segment.KeyRange;
import java.util.ArrayList;
import java.util.List;

/**
 * A sample of a table that is found without reading the rest: the beginnings of equal parts of the
 * key space. Keys are hashes of image ids, so what lies there is drawn by chance, the same at every
 * number of units and executors.
 */
final class KeySample {
  /** Some more than wanted are in the ranges, so that chance does not leave fewer. */
  private static final double MARGIN = 1.1;

  private static final int SLACK = 64;

  private KeySample() {}

  /**
   * Which share of the keys to look at, to find about {@code wanted} rows and hardly ever fewer.
   */
  static double share(long wanted, long rows) {
    return Math.min(1, (wanted * MARGIN + SLACK) / Math.max(1, rows));
  }

  /** The first {@code share} of each of {@code parts} equal parts. */
  static List<KeyRange> ranges(int parts, double share) {
    List<KeyRange> ranges = new ArrayList<>();
    for (Unit part : Cuts.ranges(0, parts)) {
      KeyRange whole = part.range();
      double width = ((double) whole.to() - whole.from()) * share;
      long to = share >= 1 ? whole.to() : Math.min(whole.to(), whole.from() + (long) width);
      ranges.add(new KeyRange(whole.from(), to));
    }
    return ranges;
  }
}
