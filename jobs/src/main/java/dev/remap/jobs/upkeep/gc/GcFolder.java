package dev.remap.jobs.upkeep.gc;

import dev.remap.jobs.store.Claims;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What was found in one folder, or in those of one layer's tables together: its garbage, what may
 * become garbage, and what nobody knows.
 */
final class GcFolder {
  private final List<String> paths;
  private final List<String> emptied = new ArrayList<>();
  private final List<Garbage> garbage = new ArrayList<>();
  private final List<StoreFile> waiting = new ArrayList<>();
  private final List<StoreFile> unknown = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();

  private GcFolder(List<String> paths) {
    this.paths = List.copyOf(paths);
  }

  /** One that stays, whatever in it goes. */
  static GcFolder staying(String path) {
    return staying(List.of(path));
  }

  /** Those of a layer that stays. */
  static GcFolder staying(List<String> paths) {
    return new GcFolder(paths);
  }

  /** One that goes itself once it is empty. */
  static GcFolder going(String path) {
    return going(List.of(path));
  }

  /** Those of a layer that goes. */
  static GcFolder going(List<String> paths) {
    GcFolder folder = new GcFolder(paths);
    folder.emptied.addAll(paths);
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

  /** The folder; of a layer, the one that has its books. */
  String path() {
    return paths.get(0);
  }

  boolean isEmpty() {
    return garbage.isEmpty() && waiting.isEmpty() && unknown.isEmpty();
  }

  /** What a file's name says in the folder that it lies in. */
  GcName name(StoreFile file) {
    String folder =
        paths.stream()
            .filter(path -> file.path().startsWith(path + "/"))
            .findFirst()
            .orElse(path());
    return GcName.of(folder, file);
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
    if (isCollected(files) && !new Claims(age.store(), path()).announcements().isEmpty()) {
      // But for somebody who may still wake up, see Claims.
      emptied.clear();
      return this;
    }
    boolean isYoung =
        files.stream()
            // A collection that was killed has left it a short time ago.
            .filter(file -> name(file).role() != GcName.Role.CLAIM)
            .anyMatch(file -> !age.isOld(file));
    for (StoreFile file : files) {
      GcName.Role role = name(file).role();
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

  private boolean isCollected(List<StoreFile> files) {
    return !files.isEmpty() && files.stream().allMatch(file -> name(file).role().isClaim());
  }

  /** All files in it. */
  List<StoreFile> files(Store store) {
    List<StoreFile> files = new ArrayList<>();
    paths.forEach(path -> store.tree().walk(path, files::add));
    files.forEach(file -> seen.add(file.path()));
    return files;
  }

  /** Whether files have come since it was looked through, claims excepted. */
  boolean hasMore(Store store) {
    List<StoreFile> now = new ArrayList<>();
    paths.forEach(path -> store.tree().walk(path, now::add));
    return now.stream()
        .anyMatch(file -> !seen.contains(file.path()) && !name(file).role().isClaim());
  }

  void addUnknown(StoreFile file) {
    unknown.add(file);
  }

  /** Whether something of it may be made to count by others, so that they have to be told. */
  boolean needsClaim() {
    return garbage.stream()
        .anyMatch(
            found ->
                switch (found.kind()) {
                  case GENERATION, LAYER, ARTIFACT -> true;
                  default -> found.role() == GcName.Role.FILE && paths.size() == 1 && isArtifact();
                });
  }

  boolean isArtifact() {
    return path().matches("(extractors|weights|whitenings|trainings|quantizers)/.*");
  }

  /** Leaves what was taken for garbage, where that turns out not to be. */
  void spare(Set<String> paths) {
    garbage.stream()
        .filter(found -> paths.contains(found.file().path()))
        .forEach(found -> waiting.add(found.file()));
    garbage.removeIf(found -> paths.contains(found.file().path()));
  }

  /** Leaves everything for the next time. */
  void spareAll() {
    spare(garbage.stream().map(found -> found.file().path()).collect(Collectors.toSet()));
  }

  /** Leaves these files, whose folder is of no use otherwise. */
  void keep(Set<String> paths) {
    garbage.removeIf(found -> paths.contains(found.file().path()));
    if (!paths.isEmpty()) {
      emptied.clear();
    }
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
