package dev.remap.jobs.cluster;

import dev.remap.index.shard.Shard;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.segment.KeyRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * What the live generation of a store holds, read from its shards.
 *
 * @param generation its number
 * @param shards names and SHA-256 of the shards' files, in order of keys
 * @param keys of all entries, ascending, with what is there twice
 */
record LiveIndex(int generation, List<String> shards, List<Long> keys) {
  private static final String NAME = "default";

  static LiveIndex read(String root, Configuration conf, Path scratch) throws IOException {
    Store store = Store.open(root, conf);
    Published live = new Publication(store, NAME).latest().orElseThrow();
    String folder = live.manifest().path().replace("/manifest.json", "");
    List<String> shards = new ArrayList<>();
    List<Long> keys = new ArrayList<>();
    for (FileRef file : files(store, folder)) {
      String name = file.path().substring(folder.length() + 1);
      shards.add(name + " " + file.sha256());
      keys.addAll(keys(store, file, scratch));
    }
    keys.sort(null);
    return new LiveIndex(
        Integer.parseInt(folder.substring(folder.lastIndexOf('/') + 1)), shards, keys);
  }

  private static List<FileRef> files(Store store, String folder) {
    return new Layer(store, folder)
        .requireLedger()
        .segments("shards", KeyRange.ALL)
        .map(placed -> placed.segment().file())
        .toList();
  }

  private static Collection<Long> keys(Store store, FileRef file, Path scratch) throws IOException {
    Path copy = Files.createDirectories(scratch).resolve(file.sha256() + ".faiss");
    store.copyVerified(file, copy);
    List<Long> keys = new ArrayList<>();
    try (Shard shard = Shard.open(copy, file.sha256(), file.bytes())) {
      for (int list = 0; list < shard.spec().lists(); list++) {
        for (long key : shard.keys(list)) {
          keys.add(key);
        }
      }
    }
    Files.delete(copy);
    return keys;
  }

  /** The keys that a store gives these ids, ascending. */
  static List<Long> keys(Collection<String> imageIds) {
    return keys(imageIds.stream()).toList();
  }

  private static Stream<Long> keys(Stream<String> imageIds) {
    return imageIds.map(id -> KeyHash.SHA_256.key(id, 0)).sorted();
  }
}
