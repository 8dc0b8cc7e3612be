package dev.remap.jobs.upkeep.gc;

import dev.remap.jobs.store.Claims;
import dev.remap.jobs.store.StoreFile;
import dev.remap.jobs.store.layer.Layer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Tells what is garbage among the layers of a table, and in those that are kept. */
final class GcLayers {
  private final GcAge age;
  private final Consumer<GcFolder> found;

  GcLayers(GcAge age, Consumer<GcFolder> found) {
    this.age = age;
    this.found = found;
  }

  /**
   * Goes through a table, the newest layer first: none is left without what it lies on.
   *
   * @param folders its own, and those with what lies beside its layers under the same names
   */
  void scan(GcTable table, List<String> folders) {
    Set<String> named = table.named();
    Set<String> names = new TreeSet<>(Collections.reverseOrder());
    folders.forEach(folder -> names.addAll(age.store().list(folder)));
    names.removeIf(name -> !GcTable.isLayer(name));
    GcKind kind = table.isIndex() ? GcKind.GENERATION : GcKind.LAYER;
    for (String name : names) {
      String layer = table.folder() + "/" + name;
      // Together, since one record names files of all tables; its own first, with the books.
      List<String> all = folders.stream().map(folder -> folder + "/" + name).toList();
      if (table.kept().contains(layer)) {
        kept(GcFolder.staying(all), new Layer(age.store(), layer), named);
      } else {
        found.accept(GcFolder.going(all).takeAll(age, kind, named));
      }
    }
  }

  private void kept(GcFolder folder, Layer layer, Set<String> named) {
    List<StoreFile> others = new ArrayList<>(folder.files(age.store()));
    others.removeIf(file -> named.contains(file.path()) || folder.name(file).role().isBook());
    if (others.isEmpty()) {
      return;
    }
    boolean complete = age.store().exists(layer.ledgerPath());
    Set<Integer> done = complete ? Set.of() : layer.recordedUnits().collect(Collectors.toSet());
    // What the layer names is read after what is done in it, and not the other way round: else a
    // unit recorded in between would be done, and its shard, which may be old as it is named by its
    // content, named by nothing.
    Set<String> own = GcTable.named(layer);
    others.removeIf(file -> own.contains(file.path()));
    for (StoreFile file : others) {
      GcName name = folder.name(file);
      switch (name.role()) {
        case SEGMENT -> folder.take(age, file, GcKind.LEFT, name.role());
        case TEMPORARY -> folder.take(age, file, GcKind.TEMPORARY, name.role());
        case NOTE, SHARD -> {
          // Whoever does the unit looks for the one and may take the other as it is.
          if (complete || done.contains(name.unit().orElseThrow())) {
            folder.take(age, file, GcKind.LEFT, name.role());
          }
        }
        case ANNOUNCEMENT -> {
          if (GcSweep.isOver(layer, Claims.name(file.path()))) {
            folder.take(age, file, GcKind.LEFT, name.role());
          }
        }
        case CLAIM -> {
          // Of a collection that was killed, before others came to keep the generation.
          if (!age.isAtWork(Claims.name(file.path()))) {
            folder.add(file, GcKind.LEFT, name.role());
          }
        }
        default -> folder.addUnknown(file);
      }
    }
    found.accept(folder);
  }
}
