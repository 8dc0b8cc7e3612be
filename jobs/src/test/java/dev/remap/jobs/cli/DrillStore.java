package dev.remap.jobs.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A small but complete store: a few pictures, two files that are none, several units and shards.
 */
final class DrillStore {
  static final List<String> STAGES =
      List.of("snapshot", "extract", "whiten", "quantize", "build", "publish");

  private DrillStore() {}

  static void catalogue(Path folder, long seed) {
    Pictures.folders(folder, 2, 11, seed);
    try {
      Files.writeString(folder.resolve("g00/text.jpg"), "no image", StandardCharsets.UTF_8);
      Files.writeString(folder.resolve("g01/none.png"), "nor this", StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Remap settings(Remap remap, Path backbone) {
    return remap
        .tinyBackbone(backbone)
        .set("unit.images", 8)
        .set("index.shards", 2)
        .set("extract.access-allowance", 0)
        .set("publish.min-self-retrieval", 0);
  }
}
