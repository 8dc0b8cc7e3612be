package dev.remap.jobs.stage.publish;

import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.publication.Verdict;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Snapshots;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was live when, as an index's log of publications tells.
 *
 * @param log all entries, oldest first
 */
public record PublicationHistory(List<Published> log) {
  public static PublicationHistory of(Store store, String index) {
    return new PublicationHistory(new Publication(store, index).all());
  }

  /** What a verdict of going back names the generation by that was live until then. */
  static final String INSTEAD_OF = "instead-of";

  /** What a verdict of going back names the newest snapshot by that had been listed by then. */
  static final String LISTED = "listed";

  /** As it was when that entry was the last; empty before the first. */
  public PublicationHistory until(Optional<Published> last) {
    return new PublicationHistory(log.subList(0, last.map(Published::number).orElse(0)));
  }

  /**
   * Whether an entry was meant to take back what was live: a rollback, or a publication of what
   * whoever asked for it knew to be older.
   */
  static boolean goesBack(Published entry) {
    return isRollback(entry)
        || entry.verdict().filter(why -> why.about().containsKey(INSTEAD_OF)).isPresent();
  }

  public Optional<Published> live() {
    return log.isEmpty() ? Optional.empty() : Optional.of(log.get(log.size() - 1));
  }

  /** The last entry of a generation, if it was ever live. */
  Optional<Published> last(int generation) {
    return log.stream()
        .filter(entry -> Generation.number(entry) == generation)
        .reduce((first, second) -> second);
  }

  /**
   * Whether somebody went back from a generation, or to one before it when it was listed already,
   * and nothing was published since. Only that keeps a night from publishing what is there; what
   * gave way to something else did so by no one's wish.
   */
  public boolean isHeldBack(Generation generation) {
    Optional<Published> live = live().filter(PublicationHistory::goesBack);
    return live.isPresent()
        && (leftSince().contains(generation.number())
            || generation.vectors().snapshot() <= listedBefore(live.get()));
  }

  /** The verdict of somebody who goes back from what is live, as one that says so. */
  static Verdict marked(Store store, Verdict verdict, Published live) {
    SortedMap<String, String> about = new TreeMap<>(verdict.about());
    about.put(INSTEAD_OF, NumberedFolders.name(Generation.number(live)));
    new Snapshots(store)
        .numbers().stream()
            .reduce((first, second) -> second)
            .ifPresent(newest -> about.put(LISTED, NumberedFolders.name(newest)));
    return new Verdict(verdict.act(), about, verdict.checks());
  }

  /** The generations that were live when somebody went back, if that was the last thing to do. */
  Set<Integer> leftSince() {
    Set<Integer> left = new HashSet<>();
    for (int i = log.size() - 1; i > 0 && goesBack(log.get(i)); i--) {
      left.add(Generation.number(log.get(i - 1)));
    }
    live().ifPresent(now -> left.remove(Generation.number(now)));
    return left;
  }

  private static int listedBefore(Published back) {
    return back.verdict().map(why -> why.about().get(LISTED)).map(Integer::valueOf).orElse(0);
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
