package dev.remap.jobs.run;

/**
 * How many images or rows a unit of work has. It grows with the square root of the work, as the
 * number of units does: enough units for many slots, each with enough to do to be worth its files.
 * It depends on the work alone, and not on the cluster, so that another cluster makes the same
 * files.
 *
 * @param most {@code unit.images}
 */
public record UnitSize(int most) {
  /**
   * A unit has at least as much to do as a core in this time (the first extraction, whose units are
   * as many as a power of two, half of it), ...
   */
  private static final double LEAST_SECONDS = 10;

  /** ... but need not have more images than these, ... */
  private static final int FEWEST_IMAGES = 128;

  /** ... and it has so many batches: the last one of each shape is filled up, in every unit. */
  private static final int FEWEST_BATCHES = 8;

  /**
   * A second or two of rows of thousands of components. A unit opens a file of every layer, so a
   * night of a small index costs as many more as there are units.
   */
  private static final int FEWEST_ROWS = 4096;

  /**
   * Of work that decodes images and runs a network.
   *
   * @param images in all
   * @param batch of one pass of the network
   * @param secondsEach about how long a core takes for one: not what was measured, which would be
   *     another time tomorrow
   */
  public long ofImages(long images, int batch, double secondsEach) {
    double fewest = Math.min(FEWEST_IMAGES, Math.ceil(LEAST_SECONDS / secondsEach));
    return of(images, (int) Math.max(FEWEST_BATCHES * batch, fewest));
  }

  /**
   * Of work on rows that are there.
   *
   * @param rows in all
   */
  public long ofRows(long rows) {
    return of(rows, FEWEST_ROWS);
  }

  private long of(long work, int fewest) {
    return Math.min(most, Math.max(fewest, (long) Math.ceil(Math.sqrt(2.0 * work))));
  }
}
