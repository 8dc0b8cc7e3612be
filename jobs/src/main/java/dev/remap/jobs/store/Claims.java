package dev.remap.jobs.store;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Who comes first in a folder, a collection of garbage or somebody who makes something count:
 * however long either of them is paused, and wherever.
 *
 * <p>A collection that is about to delete from a folder writes a <em>claim</em> into it, {@code
 * deleting/<run>.json}, and then looks for announcements. Whoever is about to create a record, a
 * ledger or a manifest writes an <em>announcement</em>, {@code committing/<name>.json}, then looks
 * for claims and at its files, then creates it, and takes the announcement back. So of the two that
 * cross, the later one sees the other:
 *
 * <ul>
 *   <li>Who finds a claim, or a file of its own missing, gives up before it has created anything.
 *   <li>A collection that finds an announcement deletes no artifact at all; of a layer it leaves
 *       its claim and the announcement for ever, so that what may yet be created there counts for
 *       nothing: nobody makes a plan in a claimed folder.
 *   <li>Who announces after the collection has gone finds its files missing.
 * </ul>
 *
 * <p>Where the layer stays and only what one attempt has left goes, the announcement itself
 * decides, since it is created at most once: a collection that creates it in the attempt's place
 * ({@link #sweep}) keeps the attempt from ever creating its record. It looks once more at what the
 * layer names by then, as the attempt may have been through with it, and deletes the mark after the
 * files: an attempt that can announce itself again finds them missing.
 *
 * <p>A file that is deleted never comes back under the same name, except one that is named by its
 * content, which is then whole.
 *
 * @param folder of the layer, generation or artifact
 */
public record Claims(Store store, String folder) {
  private static final String CLAIMS = "deleting";
  private static final String ANNOUNCEMENTS = "committing";
  private static final String ENDING = ".json";
  private static final int MAX_BYTES = 1 << 16;

  /** What the names of claims look like, in the folder. */
  public static final String CLAIM_PATTERN = CLAIMS + "/[^/.][^/]*\\.json";

  /** What the names of announcements look like, in the folder. */
  public static final String ANNOUNCEMENT_PATTERN = ANNOUNCEMENTS + "/[^/.][^/]*\\.json";

  /** The run that made the claim in that file, or the name of the announcement in it. */
  public static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1, path.length() - ENDING.length());
  }

  private String claim(String run) {
    return folder + "/" + CLAIMS + "/" + run + ENDING;
  }

  /** Where an announcement is. */
  public String announcement(String name) {
    return folder + "/" + ANNOUNCEMENTS + "/" + name + ENDING;
  }

  /** The collection of that run is about to delete from the folder. */
  public void make(String run) {
    store.create(claim(run), Json.bytes(Json.versioned().put("run", run)));
  }

  /** Takes the claim back: nothing was deleted, or all. */
  public void withdraw(String run) {
    store.tree().delete(List.of(claim(run)));
    store.tree().prune(folder + "/" + CLAIMS);
  }

  /** Whether any collection has begun, or is about to begin, to delete from the folder. */
  public boolean areThere() {
    return !store.list(folder + "/" + CLAIMS).isEmpty();
  }

  /** Refuses a folder that is being collected. */
  public void requireNone() {
    if (areThere()) {
      throw new StoreException(
          store.locate(folder)
              + " is being collected as garbage: let gc --delete run once more, which finishes it,"
              + " or lets go of it if it is kept");
    }
  }

  /** A name that no one else announces. */
  public static String unique(String what) {
    return what + "-" + UUID.randomUUID();
  }

  /**
   * Creates what counts, announced before.
   *
   * @param name of whoever creates it, and of nobody else
   * @param look at everything that it rests on, once it is announced; throws if that is not whole
   * @param create the step that makes it count
   */
  public <T> T announced(String name, Runnable look, Supplier<T> create) {
    announce(name);
    try {
      requireNone();
      look.run();
      return create.get();
    } finally {
      forget(name);
    }
  }

  private void announce(String name) {
    byte[] own = content(name, State.COMMITS);
    // An answer that was lost makes our own look like another's.
    if (!store.create(announcement(name), own) && state(name).equals(Optional.of(State.SWEPT))) {
      throw new StoreException(
          "What "
              + name
              + " wrote in "
              + store.locate(folder)
              + " was collected as garbage while it was paused; it is done again by the next"
              + " attempt");
    }
  }

  /** What an announcement says. */
  private enum State {
    COMMITS,
    SWEPT
  }

  private static byte[] content(String name, State state) {
    return Json.bytes(Json.versioned().put("name", name).put("state", state.name()));
  }

  private Optional<State> state(String name) {
    String path = announcement(name);
    return store
        .readIfPresent(path, MAX_BYTES)
        .map(
            bytes -> {
              JsonFields fields = Json.parse(store.locate(path), bytes);
              fields.schemaVersion(Store.SCHEMA_VERSION);
              fields.text("name");
              State state = State.valueOf(fields.text("state", Claims::isState));
              fields.end();
              return state;
            });
  }

  private static boolean isState(String text) {
    return text.equals(State.COMMITS.name()) || text.equals(State.SWEPT.name());
  }

  /**
   * Keeps somebody who has not announced it yet from making anything count; false if it was
   * announced, and may still.
   */
  public boolean sweep(String name) {
    return store.create(announcement(name), content(name, State.SWEPT))
        || state(name).map(State.SWEPT::equals).orElseGet(() -> sweep(name));
  }

  /** Who announced it is through; or what was swept is deleted, and never found whole again. */
  public void forget(String name) {
    store.deleteQuietly(announcement(name));
    store.removeEmpty(folder + "/" + ANNOUNCEMENTS);
  }

  /** The names of those who have announced something and not said that they are through. */
  public List<String> announcements() {
    return store.list(folder + "/" + ANNOUNCEMENTS).stream()
        .filter(file -> file.endsWith(ENDING))
        .map(Claims::name)
        .filter(name -> state(name).equals(Optional.of(State.COMMITS)))
        .toList();
  }
}
