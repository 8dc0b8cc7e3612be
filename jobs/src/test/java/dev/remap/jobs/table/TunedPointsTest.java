package dev.remap.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.index.quantizer.Probing;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.settings.KeptSettings;
import dev.remap.jobs.table.TunedPoints.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TunedPointsTest {
  private static final String ONE = "0123456789abcdef";
  private static final String OTHER = "fedcba9876543210";

  @TempDir private Path folder;

  private static String kept(Store store) {
    return KeptSettings.newest(store).values().get("search.tuned");
  }

  private static Point point(int nprobe, int depth) {
    return new Point(new Probing(nprobe, 0), depth, "");
  }

  @Test
  void pointsAreKeptByQuantizerAndGoWithIt() throws IOException {
    Files.createDirectories(folder.resolve("quantizers").resolve(ONE));
    Files.createDirectories(folder.resolve("quantizers").resolve(OTHER));
    Store store = Store.openOrCreate(folder.toUri().toString(), new Configuration());

    TunedPoints.keep(store, ONE, point(8, 0));
    assertThat(kept(store)).isEqualTo(ONE + " 8 0");
    TunedPoints.keep(store, OTHER, new Point(new Probing(16, 128), 50, "copies"));
    TunedPoints.keep(store, ONE, point(4, 20));
    assertThat(kept(store)).isEqualTo(ONE + " 4 20; " + OTHER + " 16 50 128 copies");

    TunedPoints points = TunedPoints.parse(kept(store));
    assertThat(points.of(ONE)).contains(point(4, 20));
    assertThat(points.of(OTHER).orElseThrow().probing()).isEqualTo(new Probing(16, 128));
    assertThat(points.of(OTHER).orElseThrow().queries()).isEqualTo("copies");
    assertThat(points.of(OTHER).orElseThrow().rerank()).isEqualTo("exact:n=50");
    assertThat(points.of("0000000000000000")).isEmpty();

    Files.delete(folder.resolve("quantizers").resolve(OTHER));
    TunedPoints.keep(store, ONE, point(4, 0));
    assertThat(kept(store)).isEqualTo(ONE + " 4 0");
    assertThat(TunedPoints.newest(store).of(ONE)).isPresent();
    TunedPoints.keep(store, OTHER, point(4, 0));
    assertThat(TunedPoints.newest(store).of(OTHER)).as("its quantizer is gone").isEmpty();
    assertThat(TunedPoints.parse("none").byQuantizer()).isEmpty();
  }

  @Test
  void whatHasNoGraphSaysWhatItWasMeasuredWithToo() throws IOException {
    Files.createDirectories(folder.resolve("quantizers").resolve(ONE));
    Store store = Store.openOrCreate(folder.toUri().toString(), new Configuration());
    Point vectors = new Point(new Probing(8, 0), 20, "vectors");

    TunedPoints.keep(store, ONE, vectors);

    assertThat(kept(store)).isEqualTo(ONE + " 8 20 0 vectors");
    assertThat(TunedPoints.newest(store).of(ONE)).contains(vectors);
    // As stores have them from before.
    assertThat(TunedPoints.parse(ONE + " 8 20").of(ONE)).contains(point(8, 20));
    assertThat(TunedPoints.parse(ONE + " 8 20 64").of(ONE).orElseThrow())
        .isEqualTo(new Point(new Probing(8, 64), 20, ""));
  }
}
