package dev.remap.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.layer.Extraction;
import java.nio.charset.StandardCharsets;
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
    assertThat(Extraction.commitsOnceAndReadsBack(again)).isTrue();
  }
}
