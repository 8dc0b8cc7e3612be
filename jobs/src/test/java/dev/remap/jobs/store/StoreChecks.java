package dev.remap.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.layer.Extraction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/** What a store does on every kind of file system. */
final class StoreChecks {
  private StoreChecks() {}

  static void holdsAStore(String root, Configuration conf) {
    byte[] bytes = "some bytes".getBytes(StandardCharsets.UTF_8);
    Store store = Store.openOrCreate(root, conf);
    FileRef kept;
    try (StoreOutput out = store.write("data/kept")) {
      out.write(bytes, 0, bytes.length);
      kept = out.finish();
    }
    try (StoreOutput out = store.write("data/dropped")) {
      out.write(bytes, 0, bytes.length);
    }
    Store again = Store.open(root, conf);
    assertThat(again.list("data")).containsExactly("kept");
    assertThat(again.list("nowhere")).isEmpty();
    assertThat(again.readVerified(kept)).isEqualTo(bytes);
    assertThat(again.exists("data/kept")).isTrue();
    assertThat(again.exists("data/dropped")).isFalse();
    assertThat(again.create("one", bytes)).isTrue();
    assertThat(again.create("one", new byte[0])).isFalse();
    again.deleteQuietly("one");
    assertThat(again.readIfPresent("one", 100)).isEmpty();
    holdsATree(again);
    assertThat(Extraction.commitsOnceAndReadsBack(again)).isTrue();
  }

  private static void holdsATree(Store store) {
    StoreTree tree = store.tree();
    store.overwrite("tree/a/other", new byte[3]);
    store.overwrite("tree/b/plain", new byte[4]);
    store.overwrite("tree/b/plain", new byte[5]);
    Map<String, Long> found = new TreeMap<>();
    tree.walk("tree", file -> found.put(file.path(), file.bytes()));
    assertThat(found).isEqualTo(Map.of("tree/a/other", 3L, "tree/b/plain", 5L));
    tree.walk("nowhere", file -> found.clear());
    assertThat(tree.files("tree/b").get(0).name()).isEqualTo("plain");
    assertThat(tree.files("")).extracting(StoreFile::path).contains(Store.MARK);
    assertThat(tree.modified("tree/b/plain").orElseThrow()).isBetween(1L, tree.now());
    assertThat(tree.modified("tree/never")).isEmpty();
    tree.delete(List.of("tree/a/other", "tree/never"));
    tree.prune("tree");
    assertThat(store.list("tree")).containsExactly("b");
    assertThat(found).hasSize(2);
    tree.delete(List.of("tree/b/plain"));
    tree.prune("tree");
    assertThat(store.exists("tree")).isFalse();
  }
}
