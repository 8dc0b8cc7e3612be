package dev.remap.jobs.stage.publish;

import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.table.Generation;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A generation that was live and gave way to an older one though nobody went back. Earlier builds
 * let a run that was slow to publish do that.
 *
 * @param generation that ought to be live
 * @param live what is
 */
public record Displaced(Generation generation, Shown live) {
  /** The newest there is, if it is not what is live. */
  public static Optional<Displaced> of(Store store, String index) {
    Publication publication = new Publication(store, index);
    Optional<Published> live = publication.latest();
    if (live.isEmpty() || isTheOnlyOne(store, index, Generation.number(live.get()))) {
      return Optional.empty();
    }
    return of(store, index, publication.all());
  }

  /** So it is after nearly every night; then the log, which may be long, need not be read. */
  private static boolean isTheOnlyOne(Store store, String index, int live) {
    return store.list("quantizers").size() <= 1
        && Generation.numbers(store, index).stream().noneMatch(number -> number > live);
  }

  private static Optional<Displaced> of(Store store, String index, List<Published> log) {
    Map<String, Integer> firstOf = new TreeMap<>();
    Set<Integer> generations = new LinkedHashSet<>();
    for (Published entry : log) {
      Shown.by(store, entry)
          .ifPresent(shown -> firstOf.putIfAbsent(shown.quantizer(), entry.number()));
      if (PublicationHistory.goesBack(entry)) {
        // Whatever was before is as somebody wanted it.
        generations.clear();
      }
      generations.add(Generation.number(entry));
    }
    Optional<Shown> live = Shown.by(store, log.get(log.size() - 1));
    Comparator<Generation> byTraining =
        Comparator.comparing(
            generation -> firstOf.getOrDefault(generation.inputs().quantizer(), 0));
    return generations.stream()
        .map(number -> whole(store, index, number))
        .flatMap(Optional::stream)
        .max(
            byTraining
                .thenComparing(generation -> generation.vectors().snapshot())
                .thenComparing(Generation::number))
        .filter(newest -> live.isPresent() && isNewer(Shown.by(newest), live.get()))
        .map(newest -> new Displaced(newest, live.get()));
  }

  /** Of two by one quantizer that show one snapshot, neither is. */
  private static boolean isNewer(Shown newest, Shown live) {
    return newest.generation() != live.generation()
        && (newest.snapshot() > live.snapshot() || !newest.quantizer().equals(live.quantizer()));
  }

  private static Optional<Generation> whole(Store store, String index, int number) {
    try {
      if (!Generation.isComplete(store, index, number)) {
        return Optional.empty();
      }
      Generation generation = Generation.of(store, index, number);
      generation.ledger(store);
      return Optional.of(generation);
    } catch (StoreException e) {
      if (e.lost().isEmpty()) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** In a sentence. */
  public String text() {
    return String.format(
        Locale.ROOT,
        "generation %d of '%s' (snapshot %d, quantizer %s) was live and nobody went back from it,"
            + " but generation %d (snapshot %d, quantizer %s), which is older, took its place",
        generation.number(),
        generation.index(),
        generation.vectors().snapshot(),
        generation.inputs().quantizer(),
        live.generation(),
        live.snapshot(),
        live.quantizer());
  }

  /**
   * The command that mends it, as every night does by itself.
   *
   * @param line gives a command as it is to be run
   */
  public CommandText command(Function<String, CommandText> line) {
    boolean isBehind = generation.vectors().snapshot() < live.snapshot();
    CommandText mending =
        line.apply(isBehind ? "reindex" : "publish").with("--name", generation.index());
    return isBehind ? mending : mending.with("--generation", generation.number());
  }
}
