package dev.remap.jobs.upkeep.verify;

import dev.remap.jobs.stage.publish.Displaced;
import dev.remap.jobs.store.Concurrently;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.keys.KeyExceptions;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.run.RunEnd;
import dev.remap.jobs.store.run.Runs;
import dev.remap.jobs.store.settings.KeptSettings;
import dev.remap.jobs.upkeep.verify.Finding.Cure;
import dev.remap.jobs.upkeep.verify.Finding.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Looks at what is written file by file: publications, exceptional keys, runs. */
final class LogScan {
  private final Store store;
  private final List<Finding> findings = new ArrayList<>();

  LogScan(Store store) {
    this.store = store;
  }

  /**
   * Everything that is wrong with them. The last publication of an index and the end of a run leave
   * no trace when they are gone: there may never have been one.
   */
  List<Finding> findings() {
    store.list(TableKind.SHARDS.folder()).forEach(this::publications);
    read(Cure.COPY, () -> KeyExceptions.load(store).size());
    kept();
    Runs runs = new Runs(store);
    Concurrently.forEach(runs.ids(), run -> run(runs, run));
    return findings;
  }

  /** What the store remembers: runs know what the newest said, and nobody needs the others. */
  private void kept() {
    List<Integer> numbers = KeptSettings.numbers(store);
    for (int number : numbers) {
      boolean isNewest = number == numbers.get(numbers.size() - 1);
      read(isNewest ? Cure.RESTORE : Cure.DISCARD, () -> KeptSettings.entry(store, number));
    }
  }

  private void publications(String index) {
    Publication log = new Publication(store, index);
    List<Integer> there = log.numbers();
    int highest = there.isEmpty() ? 0 : there.get(there.size() - 1);
    for (int number = 1; number <= highest; number++) {
      int entry = number;
      Cure cure = number < highest ? Cure.RESTORE : Cure.REMAKE;
      if (!there.contains(number) && !store.exists(log.path(number))) {
        missing(log.path(number), "later ones are there", Cure.RESTORE);
      } else {
        Optional<Published> published = read(cure, () -> log.entry(entry));
        if (number == highest) {
          published.ifPresent(this::live);
          published.ifPresent(last -> displaced(index, log.path(last.number())));
        }
      }
    }
  }

  /** The manifest of what is live must be the one that was published. */
  private void live(Published published) {
    String path = published.manifest().path();
    String folder = path.substring(0, Math.max(0, path.lastIndexOf('/')));
    if (!path.equals(Artifacts.manifestPath(folder)) || !store.exists(path)) {
      missing(path, "it is published", Cure.REMAKE);
    } else if (!new Artifacts(store).manifestRef(folder).equals(published.manifest())) {
      String how = "another one was published";
      add(new Finding(path, Problem.CONTRADICTORY, how, Cure.REMAKE, List.of()));
    }
  }

  /** What is live must not be older than what was, unless somebody went back. */
  private void displaced(String index, String path) {
    try {
      Displaced.of(store, index)
          .map(Displaced::text)
          .map(how -> new Finding(path, Problem.OUTDATED, how, Cure.REMAKE, List.of()))
          .ifPresent(this::add);
    } catch (StoreException e) {
      // What cannot be read is a finding of its own.
      if (e.lost().isEmpty()) {
        throw e;
      }
    }
  }

  /** Half a run is of no use to anybody: a repair removes it all. */
  private void run(Runs runs, String run) {
    List<String> both = List.of(Runs.startPath(run), Runs.endPath(run));
    read(both, () -> runs.start(run));
    Optional<Optional<RunEnd>> end = read(both, () -> runs.end(run));
    if (end.isPresent() && end.get().isPresent() && !store.exists(both.get(0))) {
      add(new Finding(both.get(0), Problem.MISSING, "the run has ended", Cure.DISCARD, both));
    }
  }

  private <T> Optional<T> read(List<String> discard, Supplier<T> reading) {
    try {
      return Optional.of(reading.get());
    } catch (StoreException e) {
      add(Finding.damaged(store, e.damage().orElseThrow(() -> e), Cure.DISCARD, discard));
      return Optional.empty();
    }
  }

  private <T> Optional<T> read(Cure cure, Supplier<T> reading) {
    try {
      return Optional.of(reading.get());
    } catch (StoreException e) {
      StoreException.Damage damage = e.damage().orElseThrow(() -> e);
      Finding found = Finding.damaged(store, damage, cure, List.of());
      List<String> remove = cure == Cure.COPY ? List.of() : List.of(found.path());
      add(Finding.damaged(store, damage, cure, remove));
      return Optional.empty();
    }
  }

  private void missing(String path, String how, Cure cure) {
    add(new Finding(path, Problem.MISSING, how, cure, List.of()));
  }

  private void add(Finding finding) {
    synchronized (findings) {
      findings.add(finding);
    }
  }
}
