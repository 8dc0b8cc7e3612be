package dev.remap.jobs.cli;

import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInfo;

/** A store of five nights, a compaction and another extractor among them, and copies of it. */
record FiveNights(Path folder, Path store, Path catalogue) {
  private static final long SEED = 7777;

  FiveNights(Path folder) throws IOException {
    this(folder, folder.resolve("nights"), folder.resolve("catalogue"));
    LocalSpark.use("local[2]");
    Pictures.folders(catalogue, 2, 12, SEED);
    Files.writeString(catalogue.resolve("g00/text.jpg"), "no image");
    Remap remap = remap(store);
    for (int night = 1; night <= 5; night++) {
      remap.succeed("reindex", "--catalogue", catalogue.toString());
      if (night == 2) {
        remap(store).set("extractor.aggregator", "gem").succeed("extract");
      }
      if (night == 3) {
        remap.succeed("compact", "--full");
      }
      change(night);
    }
  }

  Remap remap(Path store) {
    return DrillStore.settings(new Remap(store), folder.resolve("backbone"))
        .set("index.shards", 3)
        .set("whitening.dimension", 4)
        .set("compact.max-delta-ratio", 1000)
        .set("compact.max-layers", 1000);
  }

  /** One picture goes, one is replaced, one comes. */
  void change(int night) throws IOException {
    Random random = new Random(SEED + night);
    Files.delete(catalogue.resolve("g00/p00" + night + ".jpg"));
    Path replaced = catalogue.resolve("g01/p00" + night + ".jpg");
    Pictures.write(replaced, random, Pictures.LONG + 16, Pictures.SHORT);
    Path added = catalogue.resolve("new" + night + ".jpg");
    Pictures.write(added, random, Pictures.LONG, Pictures.SHORT);
  }

  /** A store of one test's own. */
  Remap copy(TestInfo test) {
    Path copy = folder.resolve(UUID.randomUUID() + test.getTestMethod().orElseThrow().getName());
    tree(this.store, copy);
    return remap(copy);
  }

  static void tree(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Names of what lies in a folder of the store. */
  static List<String> list(Remap remap, String of) throws IOException {
    try (Stream<Path> entries = Files.list(remap.store().resolve(of))) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
