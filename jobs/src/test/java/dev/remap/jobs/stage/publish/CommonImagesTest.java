package dev.remap.jobs.stage.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Layers;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.table.Vectors;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two random tables of vectors beside each other, compared with what maps say. */
class CommonImagesTest {
  private static final int KEYS = 40;
  private static final long STEP = Long.MAX_VALUE / KEYS;

  @TempDir private Path folder;

  private static TreeMap<Long, VectorRow> write(Store store, Vectors vectors, Random random) {
    TreeMap<Long, VectorRow> rows = new TreeMap<>();
    for (int i = 0; i < KEYS; i++) {
      long key = i * STEP;
      if (random.nextInt(3) > 0) {
        String version = "v" + random.nextInt(3);
        float[] vector = {random.nextFloat(), 1};
        rows.put(
            key,
            random.nextInt(4) == 0
                ? VectorRow.delete(key, "i" + i)
                : new VectorRow(key, Change.PUT, "i" + i, version, 1, 1, vector));
      }
    }
    int units = 1 + random.nextInt(3);
    Layers.write(store, vectors.folder(), units, vectors.format(), rows.values());
    rows.values().removeIf(row -> row.change() == Change.DELETE);
    return rows;
  }

  @Test
  void imagesOfEitherComeOnceAndThoseOfOneVersionInBothAreCommon() {
    for (int seed = 0; seed < 12; seed++) {
      Random random = new Random(seed);
      Store store =
          Store.openOrCreate(folder.resolve("store" + seed).toString(), new Configuration());
      Vectors left = new Vectors("left", 1, 2);
      Vectors right = new Vectors("right", 2, 2);
      TreeMap<Long, VectorRow> lefts = write(store, left, random);
      TreeMap<Long, VectorRow> rights = write(store, right, random);
      TreeSet<Long> keys = new TreeSet<>(lefts.keySet());
      keys.addAll(rights.keySet());

      for (KeyRange range : Layers.ranges()) {
        List<CommonImages.Image> wanted =
            keys.stream()
                .filter(range::contains)
                .map(
                    key ->
                        new CommonImages.Image(
                            key,
                            "i" + key / STEP,
                            lefts.containsKey(key)
                                && rights.containsKey(key)
                                && lefts.get(key).version().equals(rights.get(key).version())))
                .toList();
        try (CommonImages images = new CommonImages(store, left, right, range)) {
          assertThat(Layers.rest(images)).as("seed %d, %s", seed, range).isEqualTo(wanted);
        }
      }
    }
  }
}
