package dev.remap.jobs.job.publish;

import dev.remap.jobs.job.Generation;
import dev.remap.jobs.store.Publication;
import dev.remap.jobs.store.Published;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * What was live when, as an index's log of publications tells.
 *
 * @param log all entries, oldest first
 */
public record PastGenerations(List<Published> log) {
  public static PastGenerations of(Store store, String index) {
    return new PastGenerations(new Publication(store, index).all());
  }

  Optional<Published> live() {
    return log.isEmpty() ? Optional.empty() : Optional.of(log.get(log.size() - 1));
  }

  /** The last entry of a generation, if it was ever live. */
  Optional<Published> last(int generation) {
    return log.stream()
        .filter(entry -> Generation.number(entry) == generation)
        .reduce((first, second) -> second);
  }

  /**
   * Whether a generation has been live and is not now: somebody went back to an older one, or a
   * newer one came.
   */
  public boolean wasLeft(int generation) {
    return last(generation).isPresent() && Generation.number(live().orElseThrow()) != generation;
  }

  /**
   * What was live before the generation that is live now. If that one was gone back to, it is what
   * was live before it came first, so that going back twice goes back further, and not forth again.
   */
  Optional<Published> previous() {
    if (log.isEmpty()) {
      return Optional.empty();
    }
    int now = Generation.number(log.get(log.size() - 1));
    int came = log.size() - 1;
    while (came > 0 && (isRollback(log.get(came)) || Generation.number(log.get(came)) != now)) {
      came--;
    }
    return log.subList(0, came).stream()
        .filter(entry -> Generation.number(entry) != now)
        .reduce((first, second) -> second);
  }

  private static boolean isRollback(Published entry) {
    return entry.verdict().map(Verdict::act).filter(Verdict.Act.ROLLBACK::equals).isPresent();
  }
}
