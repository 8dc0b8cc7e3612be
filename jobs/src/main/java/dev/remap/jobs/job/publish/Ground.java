package dev.remap.jobs.job.publish;

import dev.remap.jobs.job.Descriptors;
import dev.remap.jobs.job.Generation;
import dev.remap.jobs.job.Snapshots;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a generation rests on.
 *
 * @param folders of its layers and artifacts, in full
 */
record Ground(Set<String> folders) {
  static Ground of(Store store, Generation generation) {
    Descriptors descriptors = generation.descriptors(store);
    Set<String> folders = new HashSet<>();
    folders.add(generation.folder());
    folders.addAll(generation.vectors().chain(store).folders());
    folders.addAll(descriptors.chain(store).folders());
    folders.addAll(new Snapshots(store).chain(descriptors.snapshot()).folders());
    folders.addAll(
        List.of(
            Layout.extractor(generation.input("extractor")),
            Layout.whitening(generation.input("whitening")),
            Layout.quantizer(generation.input("quantizer"))));
    return new Ground(folders.stream().map(store::locate).collect(Collectors.toSet()));
  }

  /** Whether a file, named in full, is part of it. */
  boolean holds(String file) {
    return folders.stream().anyMatch(folder -> file.startsWith(folder + "/"));
  }
}
