package dev.remap.jobs.stage.publish;

import dev.remap.core.evaluation.PairedBootstrap;
import dev.remap.jobs.store.publication.VerdictCheck;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Decides from per-query scores of a candidate and of the live generation whether the candidate is
 * worse: it fails if its mean is more than the bound below the live one's, and chance is excluded.
 *
 * @param live number of the generation that the scores are compared with
 * @param most what the mean may fall by: publish.max-drop
 */
record Regressions(int live, double most) {
  /** With fewer images or groups than this, an interval says nothing. */
  static final int LEAST_UNITS = 10;

  private static final long SEED = 20180814;

  /**
   * The check of that name.
   *
   * @param what was measured, for the user
   */
  VerdictCheck check(String name, String what, List<PairedBootstrap.Pair> pairs) {
    long units = pairs.stream().mapToLong(PairedBootstrap.Pair::unit).distinct().count();
    if (units < LEAST_UNITS) {
      return VerdictCheck.skipped(
          name,
          String.format(
              Locale.ROOT,
              "%,d images are too few to compare by: %d are needed",
              units,
              LEAST_UNITS));
    }
    PairedBootstrap.Drop drop = PairedBootstrap.of(pairs, SEED);
    boolean fails = drop.exceeds(most);
    return new VerdictCheck(
        name,
        fails ? VerdictCheck.Outcome.FAILED : VerdictCheck.Outcome.PASSED,
        OptionalDouble.of(drop.after()),
        OptionalDouble.of(drop.before()),
        OptionalDouble.of(most),
        String.format(
            Locale.ROOT,
            "%s is %.3f, in generation %d %.3f: a drop of %.3f (95 %% interval %.3f to %.3f;"
                + " publish.max-drop %s)",
            what,
            drop.after(),
            live,
            drop.before(),
            drop.mean(),
            drop.lower(),
            drop.upper(),
            most));
  }
}
