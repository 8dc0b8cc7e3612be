package dev.remap.jobs.job.gc;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** What was found in one folder: its garbage, what may become garbage, and what nobody knows. */
final class GcFolder {
  private final String path;
  private final List<String> emptied = new ArrayList<>();
  private final List<Garbage> garbage = new ArrayList<>();
  private final List<StoreFile> waiting = new ArrayList<>();
  private final List<StoreFile> unknown = new ArrayList<>();

  private GcFolder(String path) {
    this.path = path;
  }

  /** One that stays, whatever in it goes. */
  static GcFolder staying(String path) {
    return new GcFolder(path);
  }

  /** One that goes itself once it is empty. */
  static GcFolder going(String path) {
    GcFolder folder = new GcFolder(path);
    folder.emptied.add(path);
    return folder;
  }

  /** A folder below it goes itself once it is empty. */
  void addEmptied(String below) {
    emptied.add(below);
  }

  /** Folders that are of no more use, as far as they are empty then. */
  List<String> emptied() {
    return waiting.isEmpty() && unknown.isEmpty() ? emptied : List.of();
  }

  /**
   * A file that can go.
   *
   * @param role decides in which order
   */
  record Garbage(StoreFile file, GcKind kind, GcName.Role role) {}

  String path() {
    return path;
  }

  boolean isEmpty() {
    return garbage.isEmpty() && waiting.isEmpty() && unknown.isEmpty();
  }

  void add(StoreFile file, GcKind kind, GcName.Role role) {
    garbage.add(new Garbage(file, kind, role));
  }

  /** A file that can go if it is old. */
  void take(GcAge age, StoreFile file, GcKind kind, GcName.Role role) {
    if (age.isOld(file)) {
      add(file, kind, role);
    } else {
      waiting.add(file);
    }
  }

  /**
   * Takes the whole folder, once nothing in it is young; returns itself.
   *
   * @param except files in it that something else names
   */
  GcFolder takeAll(GcAge age, GcKind kind, Set<String> except) {
    List<StoreFile> files =
        files(age.store()).stream().filter(file -> !except.contains(file.path())).toList();
    boolean isYoung =
        files.stream()
            // A collection that was killed has left it a short time ago.
            .filter(file -> GcName.of(path, file).role() != GcName.Role.CLAIM)
            .anyMatch(file -> !age.isOld(file));
    for (StoreFile file : files) {
      GcName.Role role = GcName.of(path, file).role();
      if (role == GcName.Role.UNKNOWN) {
        unknown.add(file);
      } else if (isYoung) {
        waiting.add(file);
      } else {
        add(file, role == GcName.Role.TEMPORARY ? GcKind.TEMPORARY : kind, role);
      }
    }
    return this;
  }

  /** All files in it. */
  List<StoreFile> files(Store store) {
    List<StoreFile> files = new ArrayList<>();
    store.tree().walk(path, files::add);
    return files;
  }

  void addUnknown(StoreFile file) {
    unknown.add(file);
  }

  /** In the order in which it has to go, so that a kill leaves no book without its data. */
  List<Garbage> garbage() {
    garbage.sort(Comparator.comparing(Garbage::role).thenComparing(found -> found.file().path()));
    return garbage;
  }

  /** What nothing needs, but is too young. */
  List<StoreFile> waiting() {
    return waiting;
  }

  /** What no run can have written. */
  List<StoreFile> unknown() {
    return unknown;
  }
}
