package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.RunHistory;
import dev.remap.jobs.run.RunHistory.Run;
import java.util.Optional;

/**
 * How many cores must decode beside one network, whether on a GPU or on a core, so that it never
 * waits: by what the newest extraction took.
 *
 * @param cores that decode
 * @param threads that read and decode: of those that read, a core waits most of the time
 */
record DecodeCores(double cores, double threads) {
  /** Nothing where no run has measured it. */
  static Optional<DecodeCores> of(RunHistory history) {
    return history.of(PlanStage.EXTRACT.job()).stream()
        .filter(run -> run.succeeded() && busy(run) > 0 && run.count("ms decoding images") > 0)
        .reduce((earlier, later) -> later)
        .map(
            run ->
                new DecodeCores(
                    (double) run.count("ms decoding images") / busy(run),
                    (double) (run.count("ms decoding images") + run.count("ms reading images"))
                        / busy(run)));
  }

  /** Milliseconds that callers did not wait. */
  private static long busy(Run run) {
    return run.count("ms network") + run.count("ms pooling") + run.count("ms writing");
  }

  void print(Console console) {
    console.say(
        "  a network (GPU or core) like that of the newest extract never waits beside %.1f cores"
            + " that decode, in %.1f threads that also read (extract.decode-threads)",
        cores, threads);
  }
}
