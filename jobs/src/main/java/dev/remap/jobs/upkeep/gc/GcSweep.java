package dev.remap.jobs.upkeep.gc;

import dev.remap.jobs.store.Claims;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Layer;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The deletion of one folder's garbage, so that nobody who was paused makes something of it count:
 * see {@link Claims} for why that holds.
 */
final class GcSweep {
  private static final Pattern SEGMENT = Pattern.compile(".*/segments/(u\\d{6,8}-[^/]+)\\.parquet");
  private static final Pattern ATTEMPT = Pattern.compile("u(\\d{6,8})-.+");

  private final Store store;
  private final GcFolder folder;
  private final String run;
  private final Consumer<String> reached;
  private final Claims claims;
  private final Set<String> swept = new TreeSet<>();
  private boolean isClaimed;

  GcSweep(Store store, GcFolder folder, String run, Consumer<String> reached) {
    this.store = store;
    this.folder = folder;
    this.run = run;
    this.reached = reached;
    this.claims = new Claims(store, folder.path());
  }

  /** Claims a folder of which something might be made to count; nothing is deleted yet. */
  void begin() {
    if (folder.needsClaim()) {
      reached.accept("gc.before-claim");
      claims.make(run);
      isClaimed = true;
      reached.accept("gc.after-claim");
    }
  }

  /** Nothing is deleted. */
  void withdraw() {
    if (isClaimed) {
      claims.withdraw(run);
      isClaimed = false;
    }
  }

  /** Finds out what of the garbage can be deleted after all, and leaves the rest. */
  void settle() {
    if (isClaimed) {
      settleClaimed();
    } else {
      settleAttempts();
    }
  }

  private void settleClaimed() {
    List<String> others = outstanding();
    if (folder.hasMore(store) || (folder.isArtifact() && !others.isEmpty())) {
      // Somebody is at work in it, or was when it was killed.
      folder.spareAll();
      withdraw();
      return;
    }
    Set<String> kept = others.stream().map(claims::announcement).collect(Collectors.toSet());
    folder.keep(kept);
    if (!kept.isEmpty()) {
      // What they may yet create must count for nothing.
      isClaimed = false;
    }
  }

  /**
   * Of a layer that stays: first keep the attempts from coming back, then look whether they did.
   */
  private void settleAttempts() {
    Set<String> held = new HashSet<>();
    for (String attempt : attempts()) {
      reached.accept("gc.before-sweep");
      if (claims.sweep(attempt)) {
        swept.add(attempt);
      } else {
        held.add(attempt);
      }
      reached.accept("gc.after-sweep");
    }
    if (swept.isEmpty() && held.isEmpty()) {
      return;
    }
    Set<String> named = GcTable.named(new Layer(store, folder.path()));
    folder.spare(
        folder.garbage().stream()
            .map(found -> found.file().path())
            .filter(
                path -> named.contains(path) || attempt(path).filter(held::contains).isPresent())
            .collect(Collectors.toSet()));
  }

  private Set<String> attempts() {
    return folder.garbage().stream()
        .flatMap(found -> attempt(found.file().path()).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Optional<String> attempt(String path) {
    return Optional.of(SEGMENT.matcher(path)).filter(Matcher::matches).map(it -> it.group(1));
  }

  /** All is deleted that was to be. */
  void end() {
    swept.forEach(claims::forget);
    withdraw();
  }

  private List<String> outstanding() {
    Layer layer = new Layer(store, folder.path());
    return claims.announcements().stream().filter(name -> !isRecorded(layer, name)).toList();
  }

  /** Whether nothing more comes of an announcement: it was an attempt's whose record is there. */
  static boolean isOver(Layer layer, String name) {
    return !layer.claims().announcements().contains(name) || isRecorded(layer, name);
  }

  private static boolean isRecorded(Layer layer, String name) {
    Matcher attempt = ATTEMPT.matcher(name);
    return attempt.matches()
        && layer
            .record(Integer.parseInt(attempt.group(1)))
            .filter(
                record ->
                    name.equals(
                        String.format(Locale.ROOT, "u%06d-%s", record.unit(), record.attempt())))
            .isPresent();
  }
}
