package dev.remap.jobs.stage.extract;

import dev.remap.jobs.run.OutageException;

/**
 * Tells an outage of the images' storage from images that are out of reach each by itself. Where
 * storage is away, a unit must not be committed with thousands of rejects; where some images are
 * dead, the others must not wait for them.
 *
 * <p>Images that nobody can ask for, by their URIs, do not come here: no night mends them, so they
 * are rejected, and only {@link RejectLimit} and the gate judge how many there are.
 *
 * <p>A storage that says that an image is gone, or is another one than was listed, is up, unless it
 * says so of most that the catalogue has there: then something is not mounted. The few new images
 * of a night may all be gone; no later night would find them either.
 */
final class OutageGuard {
  private static final double MOST = 0.5;

  /** Standard deviations by which a sound storage's bad luck may exceed its mean. */
  private static final double DEVIATIONS = 5;

  private final double maxRatio;
  private final int allowance;
  private final long held;
  private final long lastOf;
  private long unanswered;
  private long gone;
  private String example = "";

  /**
   * @param maxRatio of the images that storage may not have answered for, {@code
   *     extract.max-access-ratio}
   * @param allowance how many it always may, {@code extract.access-allowance}
   * @param held about how many images the catalogue has in the unit's keys, changed or not
   */
  OutageGuard(double maxRatio, int allowance, long held) {
    this(maxRatio, allowance, held, 0);
  }

  private OutageGuard(double maxRatio, int allowance, long held, long lastOf) {
    this.maxRatio = maxRatio;
    this.allowance = allowance;
    this.held = held;
    this.lastOf = lastOf;
  }

  /**
   * One for the last attempt at a unit of many. Among many small units some have more dead images
   * than their share, however often they are tried: up to what chance gives, and to what the whole
   * run may have, they pass. {@link RejectLimit} judges the whole.
   *
   * @param run images of the whole run
   */
  OutageGuard ofLastTry(long run) {
    return new OutageGuard(maxRatio, allowance, held, run);
  }

  private double most(long of) {
    double usual = Math.max(allowance, maxRatio * of);
    double share = maxRatio * of;
    double chance = share + DEVIATIONS * Math.sqrt(share) + allowance;
    return Math.max(usual, Math.min(chance, maxRatio * lastOf));
  }

  /** Takes note of an image that could not be reached. */
  void unreachable(String imageId, String reason, boolean answered) {
    if (answered) {
      gone++;
    } else {
      unanswered++;
    }
    if (example.isEmpty() || (!answered && unanswered == 1)) {
      example = "'" + imageId + "': " + reason;
    }
  }

  /**
   * Refuses to go on in an outage.
   *
   * @param seen images so far
   * @param of so many that the unit has
   */
  void check(long seen, long of) {
    boolean away = unanswered > most(of);
    boolean missing = gone > allowance && gone > MOST * Math.max(of, held);
    if (away || missing) {
      throw new OutageException(
          "%,d of %,d images could not be reached, or not in the memory and time there are; not"
              + " committed. Is the storage up, and has nothing else taken the memory? Then run"
              + " again. For example %s. extract.max-access-ratio (%s) and extract.access-allowance"
              + " (%d) say how many may be out of reach",
          unanswered + gone, seen, example, maxRatio, allowance);
    }
  }
}
