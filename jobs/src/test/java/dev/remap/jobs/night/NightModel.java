package dev.remap.jobs.night;

import dev.remap.jobs.night.Step.Verb;
import dev.remap.jobs.table.ShardLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an index must show, kept in plain maps of image id to version: no layers, no keys, no files.
 * Knows of going back what docs/concurrency.md says.
 */
final class NightModel {
  private static final List<String> ORDER = Verb.RETRAIN.points();

  private final ModelCatalogue catalogue;
  private Listing newest;
  private final Deque<Shown> shown = new ArrayDeque<>();
  private int listedBeforeGoingBack;
  private Optional<ShardLayout> wanted = Optional.empty();
  private ShardLayout built = ShardLayout.KEY;

  /** Whether an image of a listing has a descriptor. */
  enum Fate {
    DESCRIBED,
    REJECTED,
    /** Whose file came while what tells was half done. */
    EITHER
  }

  /** A version of an image, and whether the index can show it. */
  record Image(String version, Fate fate) {}

  /** What somebody has listed, and found when it was described. */
  private static final class Listing {
    private final int number;
    private final SortedMap<String, String> versions;
    private final Set<String> lost = new HashSet<>();
    private SortedMap<String, Image> images;

    Listing(int number, SortedMap<String, String> versions) {
      this.number = number;
      this.versions = new TreeMap<>(versions);
    }

    /** Whether a retry must find something. */
    boolean hasRejects(Verb retry) {
      return images.values().stream()
          .filter(image -> image.fate() == Fate.REJECTED)
          .anyMatch(image -> retry == Verb.RETRY || ModelCatalogue.couldBeLost(image.version()));
    }

    boolean isUnsure() {
      return images.values().stream().anyMatch(image -> image.fate() == Fate.EITHER);
    }
  }

  /**
   * What has become live.
   *
   * @param generation its number in the store
   * @param snapshot the listing's number
   * @param layout of its shards
   * @param images by id
   */
  record Shown(int generation, int snapshot, ShardLayout layout, SortedMap<String, Image> images) {
    /** The same, whose number in the store is known now. */
    Shown as(int number) {
      return new Shown(number, snapshot, layout, images);
    }
  }

  NightModel(ModelCatalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** What is live. */
  Optional<Shown> live() {
    return Optional.ofNullable(shown.peek());
  }

  /** What was live before, to which a rollback goes. */
  Optional<Shown> before() {
    return shown.stream().skip(1).findFirst();
  }

  int snapshots() {
    return newest == null ? 0 : newest.number;
  }

  /** From now on nights make such shards, if any are named; else as they were. */
  void want(Optional<ShardLayout> layout) {
    wanted = layout;
  }

  /** What a command may have made live: the first of these, or any that follows. */
  record Expected(List<Shown> choices) {}

  /**
   * A night, a training or a retry.
   *
   * @param killedAt where it was killed
   * @param torn whether half of what it had just made was lost
   * @param idle whether it said that there was nothing to try again
   * @return what may be live then, whose generations are not known yet (0)
   */
  Expected reindex(Verb verb, Optional<String> killedAt, boolean torn, boolean idle) {
    int end = killedAt.map(ORDER::indexOf).orElse(ORDER.size());
    if (end < ORDER.indexOf("reindex.listed")) {
      return stays();
    }
    boolean isRetry = verb == Verb.RETRY || verb == Verb.RETRY_UNREACHABLE;
    if (newest == null || !newest.versions.equals(catalogue.versions())) {
      newest = new Listing(snapshots() + 1, catalogue.versions());
    } else if (isRetry && newest.images != null) {
      boolean isSure = newest.hasRejects(verb);
      if (idle ? isSure : !isSure && !newest.isUnsure()) {
        throw new IllegalStateException(
            "It said that there was " + (idle ? "nothing" : "something") + " to try again");
      }
      if (!idle) {
        newest = new Listing(snapshots() + 1, catalogue.versions());
      }
    }
    boolean isShown = live().filter(now -> now.snapshot == newest.number).isPresent();
    if (end == ORDER.indexOf("reindex.listed") || (isShown && (verb == Verb.NIGHT || idle))) {
      return stays();
    }
    describe(torn && end == ORDER.indexOf("reindex.described"));
    ShardLayout layout = wanted.or(() -> live().map(Shown::layout)).orElse(built);
    if (end >= ORDER.indexOf("reindex.built")) {
      built = layout;
    }
    if (end < ORDER.indexOf("publish.after-publication")) {
      return stays();
    }
    Shown next = new Shown(0, newest.number, layout, newest.images);
    boolean isHeldBack = newest.number <= listedBeforeGoingBack;
    if (isHeldBack && (verb == Verb.NIGHT || idle)) {
      return stays();
    }
    // Who trains again comes to a new training, or to one that somebody went back from.
    return new Expected(isHeldBack ? List.of(live().orElseThrow(), next) : List.of(next));
  }

  private Expected stays() {
    return new Expected(live().stream().toList());
  }

  private void describe(boolean half) {
    if (newest.images != null) {
      return;
    }
    SortedMap<String, Image> images = new TreeMap<>();
    for (Map.Entry<String, String> entry : newest.versions.entrySet()) {
      boolean isSound = catalogue.isSound(entry.getValue());
      boolean wasLost = newest.lost.contains(entry.getKey());
      Fate fate = isSound ? wasLost ? Fate.EITHER : Fate.DESCRIBED : Fate.REJECTED;
      images.put(entry.getKey(), new Image(entry.getValue(), fate));
      if (half && catalogue.isLost(entry.getValue())) {
        newest.lost.add(entry.getKey());
      }
    }
    if (!half) {
      newest.images = images;
    }
  }

  /** Of what was expected, this is live. */
  void isLive(Shown now) {
    if (live().map(Shown::generation).equals(Optional.of(now.generation))) {
      shown.pop();
    } else {
      listedBeforeGoingBack = 0;
    }
    shown.push(now);
  }

  void rolledBack() {
    shown.pop();
    listedBeforeGoingBack = newest.number;
  }
}
