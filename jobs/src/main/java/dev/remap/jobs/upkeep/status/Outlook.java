package dev.remap.jobs.upkeep.status;

import dev.remap.jobs.config.CommandText;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.publication.Verdict;
import dev.remap.jobs.upkeep.status.Status.GenerationState;
import dev.remap.jobs.upkeep.status.Status.IndexState;
import dev.remap.jobs.upkeep.status.Status.LayerState;
import dev.remap.jobs.upkeep.status.Status.TableState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a night would do as far as the store alone can tell; what has changed in the catalogue it
 * cannot.
 *
 * @param behind indexes that do not show the newest snapshot, or whose live generation is lost
 * @param unfinished layers that a run has begun
 * @param due tables that a compaction would rewrite
 * @param unreachable images that are tried again with the next changes
 */
record Outlook(List<String> behind, List<String> unfinished, List<String> due, long unreachable) {

  private static final String ROLLBACK = Verdict.Act.ROLLBACK.name().toLowerCase(Locale.ROOT);
  private static final String AGAIN_IF_CHANGED =
      ", if the catalogue has changed since somebody went back (else it leaves it at that)";

  Outlook {
    behind = List.copyOf(behind);
    unfinished = List.copyOf(unfinished);
    due = List.copyOf(due);
  }

  /**
   * Of a store as it is.
   *
   * @param line gives another command as it is to be run
   */
  static Outlook of(Status status, Function<String, CommandText> line) {
    Optional<Integer> newest = newestSnapshot(status);
    List<String> unfinished = new ArrayList<>();
    for (TableState table : status.tables()) {
      // No night makes these.
      if (TableKind.ofFolder(table.kind()).filter(TableKind::isOfGenerations).isPresent()) {
        continue;
      }
      for (LayerState layer : table.newest()) {
        if (!layer.complete()) {
          unfinished.add(
              String.format(
                  Locale.ROOT, "%s, layer %s: %s", table.title(), layer.title(), layer.progress()));
        }
      }
    }
    for (IndexState index : status.indexes()) {
      index.shown().stream()
          .filter(generation -> !generation.layer().complete())
          .filter(generation -> !isLost(generation))
          .forEach(
              generation ->
                  unfinished.add(
                      String.format(
                          Locale.ROOT,
                          "index %s, generation %s: %s",
                          index.name(),
                          generation.layer().title(),
                          generation.layer().progress())));
    }
    return new Outlook(
        behind(status, newest, line.apply("verify")),
        unfinished,
        status.tables().stream()
            .filter(table -> table.chain().isPresent() && table.chain().get().due())
            .map(TableState::title)
            .toList(),
        status.rejects().stream().mapToLong(RejectSummary::unreachable).sum());
  }

  private static Optional<Integer> newestSnapshot(Status status) {
    return status.tables().stream()
        .filter(table -> table.kind().equals(TableKind.SNAPSHOTS.folder()))
        .flatMap(table -> table.chain().stream())
        .map(Status.ChainState::number)
        .findFirst();
  }

  private static List<String> behind(Status status, Optional<Integer> newest, CommandText verify) {
    return status.indexes().isEmpty()
        ? newest.map(number -> "describe, index and publish snapshot " + number).stream().toList()
        : status.indexes().stream()
            .flatMap(index -> behind(index, newest, verify).stream())
            .toList();
  }

  private static Optional<String> behind(
      IndexState index, Optional<Integer> newest, CommandText verify) {
    Optional<GenerationState> lost = index.live().filter(Outlook::isLost);
    if (lost.isPresent()) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "fail, as the live generation %s of index %s cannot be read: see `%s`",
              lost.get().layer().title(),
              index.name(),
              verify));
    }
    Optional<Integer> shown = index.live().flatMap(GenerationState::snapshot);
    if (newest.isEmpty() || shown.equals(newest)) {
      return Optional.empty();
    }
    if (index.live().filter(live -> live.duplicates().isPresent()).isPresent()) {
      return Optional.of(
          "refuse index "
              + index.name()
              + ", which was built without duplicates: build it anew (knn, dedup, build --unique)");
    }
    return Optional.of(
        shown
            .map(
                number ->
                    String.format(
                        Locale.ROOT,
                        "bring index %s from snapshot %d to %d%s",
                        index.name(),
                        number,
                        newest.get(),
                        wentBack(index) ? AGAIN_IF_CHANGED : ""))
            .orElse("build and publish index " + index.name() + ", of which nothing is live"));
  }

  private static boolean wentBack(IndexState index) {
    return index.live().flatMap(GenerationState::grounds).filter(ROLLBACK::equals).isPresent();
  }

  /** Whether it is live, and its manifest or its ledger is not there. */
  private static boolean isLost(GenerationState generation) {
    return generation.state().equals(Status.LIVE)
        && (generation.snapshot().isEmpty() || !generation.layer().complete());
  }

  /**
   * In sentences for people; none if the store asks for nothing.
   *
   * @param line gives another command as it is to be run
   */
  List<String> sentences(Function<String, CommandText> line) {
    List<String> sentences = new ArrayList<>(behind);
    unfinished.forEach(layer -> sentences.add("finish " + layer));
    due.forEach(table -> sentences.add("compact " + table));
    if (unreachable > 0) {
      sentences.add(
          String.format(
              Locale.ROOT,
              "try %,d unreachable images again, if the catalogue has changed (else `%s` does)",
              unreachable,
              line.apply("retry")));
    }
    return sentences;
  }
}
