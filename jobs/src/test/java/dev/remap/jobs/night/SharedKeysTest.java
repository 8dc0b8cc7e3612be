package dev.remap.jobs.night;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.stage.snapshot.SnapshotJob;
import dev.remap.jobs.store.keys.KeyExceptions;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Snapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ids that the hash gives one key: with SHA-256 that is met at a billion images, here at two. */
class SharedKeysTest {
  /** Ids that begin with 'x' share a key, and those with 'y' also share the first salted one. */
  private static final KeyHash CROWDED =
      (imageId, salt) -> {
        if (imageId.startsWith("x") && salt == 0) {
          return 5;
        }
        return imageId.startsWith("y") && salt <= 1 ? 7 + salt : KeyHash.SHA_256.key(imageId, salt);
      };

  @TempDir private Path folder;

  private Path catalogue(String... names) throws IOException {
    Path catalogue = folder.resolve("catalogue");
    for (String name : names) {
      Files.createDirectories(catalogue);
      Files.write(catalogue.resolve(name + ".jpg"), new byte[] {1});
    }
    return catalogue;
  }

  /** Keys by image id, after a snapshot. */
  private Map<String, Long> snapshot(Path catalogue) {
    Map<String, String> settings =
        Map.of("catalogue.uri", catalogue.toString(), "unit.images", "2");
    try (JobContext context = LocalSpark.sharing(folder.resolve("store"), settings)) {
      int number = new SnapshotJob(context, SnapshotJob.Unchanged.KEEP, CROWDED).execute().number();
      Map<String, Long> keys = new TreeMap<>();
      List<Long> order = new ArrayList<>();
      try (TableReader<SnapshotRow> rows =
          new Snapshots(context.store()).table(number).read(KeyRange.ALL, Verification.FULL)) {
        rows.forEachRemaining(
            row -> {
              keys.put(row.imageId().replace(".jpg", ""), row.key());
              order.add(row.key());
            });
      }
      assertThat(order).isSorted().doesNotHaveDuplicates().hasSameSizeAs(keys.keySet());
      return keys;
    }
  }

  private int exceptions() {
    try (JobContext context = LocalSpark.sharing(folder.resolve("store"), Map.of())) {
      return KeyExceptions.load(context.store()).size();
    }
  }

  @Test
  void twoIdsWithOneKeyAreBothListedAndTheSecondIsAnException() throws IOException {
    Path catalogue = catalogue("x1", "x2", "a", "b");

    Map<String, Long> keys = snapshot(catalogue);

    assertThat(keys).hasSize(4).containsEntry("x1", 5L);
    assertThat(keys.get("x2")).isEqualTo(KeyHash.SHA_256.key("x2.jpg", 1));
    assertThat(keys.get("a")).isEqualTo(KeyHash.SHA_256.key("a.jpg", 0));
    assertThat(exceptions()).isEqualTo(1);
  }

  @Test
  void theNextSnapshotGivesTheSameKeys() throws IOException {
    Map<String, Long> first = snapshot(catalogue("x1", "x2", "a"));

    Map<String, Long> unchanged = snapshot(catalogue());
    Map<String, Long> grown = snapshot(catalogue("b"));

    assertThat(unchanged).isEqualTo(first);
    assertThat(grown).containsAllEntriesOf(first).hasSize(4);
    assertThat(exceptions()).isEqualTo(1);
  }

  @Test
  void aKeyStaysWithItsIdWhileTheIdIsGone() throws IOException {
    Map<String, Long> first = snapshot(catalogue("x1", "x2", "a"));
    Files.delete(folder.resolve("catalogue/x1.jpg"));

    Map<String, Long> without = snapshot(catalogue("x0"));
    Map<String, Long> again = snapshot(catalogue("x1"));

    assertThat(without.get("x2")).isEqualTo(first.get("x2"));
    assertThat(without.get("x0")).isNotEqualTo(5);
    assertThat(again).containsAllEntriesOf(first).containsAllEntriesOf(without);
    assertThat(exceptions()).isEqualTo(2);
  }

  @Test
  void idsThatAlsoShareTheirNextKeyAreToldApartInFurtherRounds() throws IOException {
    Map<String, Long> keys = snapshot(catalogue("x1", "x2", "x3", "y1", "y2", "y3", "a"));

    assertThat(keys).hasSize(7).containsEntry("y1", 7L).containsEntry("y2", 8L);
    assertThat(keys.get("y3")).isEqualTo(KeyHash.SHA_256.key("y3.jpg", 2));
    assertThat(exceptions()).isEqualTo(4);
  }
}
