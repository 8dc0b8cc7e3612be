package dev.remap.jobs.upkeep.gc;

import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreFile;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.TableId;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.run.Heartbeats.Beat;
import dev.remap.jobs.table.RegionWhitenings;
import dev.remap.jobs.table.Tables;
import dev.remap.jobs.table.Weights;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Goes through a store and tells, folder by folder, what in it is garbage: what is made from
 * something before that, the newest first, so that whatever is left of a killed deletion is whole.
 */
final class GcScan {
  private final Store store;
  private final GcAge age;
  private final GcRoots roots;
  private final String ownRun;
  private final long keepRuns;
  private final Consumer<GcFolder> found;
  private final GcLayers layers;

  /**
   * @param ownRun the id of the run that looks
   * @param keepRuns how old the records of runs become, in milliseconds
   */
  GcScan(GcAge age, GcRoots roots, String ownRun, long keepRuns, Consumer<GcFolder> found) {
    this.store = age.store();
    this.age = age;
    this.roots = roots;
    this.ownRun = ownRun;
    this.keepRuns = keepRuns;
    this.found = found;
    this.layers = new GcLayers(age, found);
  }

  void run() {
    for (String index : store.list(TableKind.SHARDS.folder())) {
      temporaries(Layout.published(index));
    }
    List<TableKind> kinds = new ArrayList<>(List.of(TableKind.values()));
    Collections.reverse(kinds);
    // Shards without duplicates rest on these, and a graph of shards that are gone harms nobody.
    kinds.remove(TableKind.SHARDS);
    kinds.add(0, TableKind.SHARDS);
    for (TableKind kind : kinds) {
      Tables.withRemnants(store, kind).forEach(this::table);
      artifacts(kind == TableKind.SHARDS ? "quantizers" : kind.artifacts());
    }
    artifacts(Layout.TRAININGS);
    artifacts(Weights.FOLDER);
    artifacts(RegionWhitenings.FOLDER);
    temporaries(Layout.KEY_EXCEPTIONS);
    temporaries(Layout.SETTINGS);
    temporaries("");
    records("evaluations");
    records("runs");
    heartbeats();
  }

  private void table(TableId table) {
    List<String> folders =
        table.kind().folders().stream().map(folder -> table.beside(folder)).toList();
    layers.scan(roots.table(table.folder()), folders);
    String maker = table.kind().artifacts();
    boolean isEmptied =
        table.kind().isOfGenerations() && roots.table(table.folder()).kept().isEmpty();
    if (isEmptied || (!maker.isEmpty() && !roots.keeps(maker, table.id()))) {
      folders.forEach(folder -> found.accept(GcFolder.going(folder)));
    }
  }

  /** Those of one folder; of none if it has no name. */
  private void artifacts(String kind) {
    if (kind.isEmpty()) {
      return;
    }
    for (String id : store.list(kind)) {
      String path = kind + "/" + id;
      if (roots.keeps(kind, id)) {
        keptArtifact(GcFolder.staying(path));
      } else {
        GcFolder folder = GcFolder.going(path).takeAll(age, GcKind.ARTIFACT, Set.of());
        // An empty one may be that of an artifact that is being made.
        if (!folder.isEmpty()) {
          found.accept(folder);
        }
      }
    }
  }

  /** What no manifest names may be on its way to one that is not there yet. */
  private void keptArtifact(GcFolder folder) {
    Set<String> named =
        new Artifacts(store)
            .find(folder.path()).stream()
                .flatMap(manifest -> manifest.files().values().stream())
                .map(FileRef::path)
                .collect(Collectors.toSet());
    for (StoreFile file : folder.files(store)) {
      if (named.contains(file.path())) {
        continue;
      }
      switch (GcName.of(folder.path(), file).role()) {
        case MANIFEST -> {}
        case TEMPORARY -> folder.take(age, file, GcKind.TEMPORARY, GcName.Role.TEMPORARY);
        case FILE -> {
          if (!named.isEmpty()) {
            folder.take(age, file, GcKind.LEFT, GcName.Role.FILE);
          }
        }
        default -> folder.addUnknown(file);
      }
    }
    found.accept(folder);
  }

  /** Of a folder in which everything else is for ever. */
  private void temporaries(String path) {
    GcFolder folder = GcFolder.staying(path);
    for (StoreFile file : store.tree().files(path)) {
      if (GcName.of(path, file).role() == GcName.Role.TEMPORARY) {
        folder.take(age, file, GcKind.TEMPORARY, GcName.Role.TEMPORARY);
      }
    }
    found.accept(folder);
  }

  /** What runs left for people to read, each as old as its newest file. */
  private void records(String kind) {
    Map<String, List<StoreFile>> runs = new TreeMap<>();
    for (StoreFile file : GcFolder.staying(kind).files(store)) {
      int slash = file.path().indexOf('/', kind.length() + 1);
      if (slash > 0) {
        runs.computeIfAbsent(file.path().substring(0, slash), r -> new ArrayList<>()).add(file);
      }
    }
    GcFolder folder = GcFolder.staying(kind);
    runs.forEach(
        (run, files) -> {
          boolean own = run.startsWith(kind + "/" + ownRun);
          if (!own && files.stream().allMatch(this::isOldRecord)) {
            files.forEach(file -> folder.add(file, GcKind.RUN, GcName.of(run, file).role()));
            folder.addEmptied(run);
          }
        });
    found.accept(folder);
  }

  private boolean isOldRecord(StoreFile file) {
    return age.isOld(file) && file.modified() <= age.now() - keepRuns;
  }

  private void heartbeats() {
    GcFolder folder = GcFolder.staying("heartbeats");
    for (Beat beat : age.dead()) {
      beat.files().stream()
          .filter(file -> age.isOld(beat.last()))
          .forEach(file -> folder.add(file, GcKind.HEARTBEAT, GcName.Role.FILE));
    }
    store.tree().files(folder.path()).stream()
        .filter(file -> file.name().startsWith("now-") || file.name().endsWith(".tmp"))
        .forEach(file -> folder.take(age, file, GcKind.TEMPORARY, GcName.Role.TEMPORARY));
    found.accept(folder);
  }
}
