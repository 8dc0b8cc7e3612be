package dev.remap.jobs.stage.publish;

import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Snapshots;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a generation rests on.
 *
 * @param folders of its layers and artifacts, in full
 */
record Lineage(Set<String> folders) {
  static Lineage of(Store store, Generation generation) {
    Descriptors descriptors = generation.descriptors(store);
    Set<String> folders = new HashSet<>();
    folders.add(generation.folder());
    folders.addAll(generation.vectors().chain(store).folders());
    generation.inputs().find(Inputs.DUPLICATES).ifPresent(folders::add);
    folders.addAll(descriptors.chain(store).folders());
    folders.addAll(new Snapshots(store).chain(descriptors.snapshot()).folders());
    folders.addAll(
        List.of(
            Layout.extractor(generation.inputs().extractor()),
            Layout.whitening(generation.inputs().whitening()),
            Layout.quantizer(generation.inputs().quantizer())));
    return new Lineage(folders.stream().map(store::locate).collect(Collectors.toSet()));
  }

  /** Whether a file, named in full, is part of it. */
  boolean holds(String file) {
    return folders.stream().anyMatch(folder -> file.startsWith(folder + "/"));
  }
}
