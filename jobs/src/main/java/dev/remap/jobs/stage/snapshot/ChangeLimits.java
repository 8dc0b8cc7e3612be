package dev.remap.jobs.stage.snapshot;

import dev.remap.jobs.config.Settings;
import java.util.Locale;
import java.util.Optional;

/**
 * How much of a catalogue may be otherwise than in the snapshot before. A catalogue that is half
 * gone is rather a folder that is not mounted than one swept clean, and one that is half changed
 * rather a copy with new times than that many new pictures.
 *
 * @param removed share of the images of the snapshot before
 * @param changed share of those of them that are still listed
 */
public record ChangeLimits(double removed, double changed) {
  /** So many may go from any catalogue, and change in it. */
  private static final double FEW = 10;

  public static ChangeLimits of(Settings settings) {
    return new ChangeLimits(
        settings.number("snapshot.max-removed-ratio", 0, 1),
        settings.number("snapshot.max-changed-ratio", 0, 1));
  }

  /**
   * Why no snapshot is taken of a catalogue that is otherwise in so many images, and what to do;
   * nothing if one is.
   *
   * @param before number of the snapshot before
   * @param images that it lists
   */
  public Optional<String> objection(int before, long images, long gone, long different) {
    if (exceeds(gone, removed, images)) {
      return sentence(
          "The catalogue lists %,d of the %,d images of snapshot %d no more, more than snapshot.max-removed-ratio"
              + " (%s) allows. Is all of it mounted, and readable? If they are gone for good, run with"
              + " --set snapshot.max-removed-ratio=1",
          gone, images, before, removed);
    }
    long still = images - gone;
    if (exceeds(different, changed, still)) {
      return sentence(
          "%,d of %,d images have another version or place than in snapshot %d, more than snapshot.max-changed-ratio"
              + " (%s) allows. Were files copied or restored, which changes their times, or has the catalogue moved?"
              + " If all of them are to be described again, run with --set snapshot.max-changed-ratio=1",
          different, still, before, changed);
    }
    return Optional.empty();
  }

  private static boolean exceeds(long found, double share, long images) {
    return found > Math.max(FEW, share * images);
  }

  private static Optional<String> sentence(String format, Object... values) {
    return Optional.of(String.format(Locale.ROOT, format, values));
  }
}
