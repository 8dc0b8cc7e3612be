package dev.remap.jobs.night;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes a command that was killed between two of its jobs one that was killed in the midst of the
 * first: of what that has written since, the ledger goes, and every second unit's record; of a
 * training, if that was the first, the quantizer and the later checkpoints. Their files stay, as
 * those of attempts do that were killed.
 */
final class LostHalf {
  private static final Map<String, List<String>> MAKING =
      Map.of(
          "reindex.listed", List.of("snapshots"),
          "reindex.described", List.of("descriptors"),
          "reindex.whitened", List.of("vectors"),
          "reindex.trained", List.of("vectors"),
          "reindex.built", List.of("indexes"),
          "compact.merged", List.of("snapshots", "descriptors", "vectors"));

  private final Path store;
  private final Set<Path> before;
  private final Set<Path> artifacts;

  /** Knows what there is from now on. */
  LostHalf(Path store) throws IOException {
    this.store = store;
    this.before = layers("");
    this.artifacts = artifacts("");
  }

  /** The manifests below a folder. */
  private Set<Path> artifacts(String below) throws IOException {
    return found(below, file -> file.endsWith("manifest.json"));
  }

  private Set<Path> found(String below, Predicate<Path> isMeant) throws IOException {
    Path folder = store.resolve(below);
    if (!Files.exists(folder)) {
      return new TreeSet<>();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(isMeant).collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** The folders of layers below one; those that are complete, or half done by a compaction. */
  private Set<Path> layers(String below) throws IOException {
    Predicate<Path> isLayer =
        file ->
            file.endsWith("ledger.json")
                || (file.endsWith("plan.json")
                    && !Files.exists(file.resolveSibling("ledger.json")));
    return found(below, isLayer).stream()
        .map(file -> file.resolveSibling(file.endsWith("ledger.json") ? "done" : "begun"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Loses it.
   *
   * @param point at which the command was killed
   * @param which of every two units
   */
  void lose(String point, int which) throws IOException {
    if (point.equals("reindex.trained") && loseTraining(which)) {
      return;
    }
    for (String table : MAKING.getOrDefault(point, List.of())) {
      Set<Path> since = layers(table);
      since.removeAll(before);
      boolean isCompaction = point.startsWith("compact.");
      // The last is the newest: nights that finish an earlier one first make two.
      List<Path> made =
          since.stream()
              .filter(path -> path.endsWith(isCompaction ? "begun" : "done"))
              .map(Path::getParent)
              .filter(path -> isCompaction == path.getFileName().toString().contains("-"))
              .toList();
      if (!made.isEmpty()) {
        lose(made.get(made.size() - 1), which);
      }
    }
  }

  /** Whether there was one; of its checkpoints the first stays, or the first two. */
  private boolean loseTraining(int which) throws IOException {
    Set<Path> quantizers = artifacts("quantizers");
    quantizers.removeAll(artifacts);
    List<Path> checkpoints = new ArrayList<>(artifacts("trainings"));
    checkpoints.removeAll(artifacts);
    for (Path later : checkpoints.stream().skip(1 + which).toList()) {
      Files.delete(later);
    }
    for (Path quantizer : quantizers) {
      Files.delete(quantizer);
    }
    return !quantizers.isEmpty();
  }

  private static void lose(Path layer, int which) throws IOException {
    Files.deleteIfExists(layer.resolve("manifest.json"));
    Files.deleteIfExists(layer.resolve("ledger.json"));
    try (Stream<Path> records = Files.list(layer.resolve("records"))) {
      for (Path record : records.toList()) {
        if (Integer.parseInt(record.getFileName().toString().replaceAll("[^0-9]", "")) % 2
            == which) {
          Files.delete(record);
        }
      }
    }
  }
}
