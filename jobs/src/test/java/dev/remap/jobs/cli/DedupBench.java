package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.evaluation.CopyKind;
import dev.remap.core.evaluation.ImageCopies;
import dev.remap.core.image.ImageException;
import dev.remap.core.image.ImageLimits;
import dev.remap.core.image.ImageShape;
import dev.remap.core.image.decode.ImageDecoder;
import dev.remap.jobs.store.row.NeighborRow;
import dev.remap.jobs.store.segment.RowFormat;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What thresholds of near copies find among photographs and copies of every eighth of them. Run by
 * {@code bin/bench-dedup}, which explains it, not by {@code bin/test}.
 */
class DedupBench {
  private static final Path PHOTOGRAPHS = Path.of(System.getProperty("bench.photographs", ""));
  private static final long SEED = Long.getLong("bench.seed", 1);
  private static final double CHECKED = 0.7;
  private static final double[] THRESHOLDS = {1, 0.95, 0.9, 0.8, CHECKED, 0.65, 0.6, 0.5, 0.4};
  private static final int EVERY = 8;
  private static final String SAME_FILE = "same file";
  private static final ImageLimits LIMITS = new ImageLimits(64 << 20, 200_000_000);
  private static final PrintStream OUT = System.out;

  /** Kinds of copies, as the table has them. */
  private static final List<String> KINDS =
      Stream.concat(
              Stream.of(SAME_FILE),
              Stream.of(
                      CopyKind.RECOMPRESS,
                      CopyKind.SCALE,
                      CopyKind.MIRROR,
                      CopyKind.ROTATE,
                      CopyKind.TEXT,
                      CopyKind.CROP,
                      CopyKind.DARKEN,
                      CopyKind.BLUR)
                  .map(kind -> kind.name().toLowerCase(Locale.ROOT)))
          .toList();

  @TempDir private Path folder;

  @Test
  void precisionAndRecallByKind() throws Exception {
    Path catalogue = Files.createDirectories(folder.resolve("catalogue"));
    Path store = folder.resolve("store");
    int copied = copies(catalogue);
    command("reindex", store, "--catalogue", catalogue.toString());
    command("knn", store);
    Tables tables = new Tables(store);
    Path graphs = store.resolve("graphs");
    String graph = "graphs/" + only(graphs) + "/00000001";
    List<NeighborRow> rows = tables.rows(tables.ledger(graph), "neighbors", RowFormat.neighbors());
    OUT.printf(
        Locale.ROOT,
        "%,d images, %d of them with %d copies each, graph %s%n%n",
        rows.size(),
        copied,
        KINDS.size(),
        only(graphs));
    OUT.println(
        "| threshold | groups | duplicates | precision | " + String.join(" | ", KINDS) + " |");
    OUT.println("|---".repeat(4 + KINDS.size()) + "|");
    for (double threshold : THRESHOLDS) {
      Collection<List<String>> groups = groups(rows, threshold);
      OUT.println(line(threshold, groups, copied));
      if (threshold == CHECKED) {
        int images = groups.stream().mapToInt(List::size).sum();
        // Ours is another way of finding them; of few photographs one group may have most.
        assertThat(
                command(
                    "dedup",
                    store,
                    "--threshold",
                    Double.toString(threshold),
                    "--set",
                    "dedup.max-group-ratio=1",
                    "--set",
                    "dedup.max-group=1000000"))
            .containsPattern(
                String.format(Locale.ROOT, "\\b%,d groups? of %,d images", groups.size(), images));
      }
    }
  }

  /** Every photograph, and copies of every eighth, whose ids begin with their kinds. */
  private int copies(Path catalogue) throws IOException, ImageException {
    List<Path> photographs;
    try (Stream<Path> files = Files.walk(PHOTOGRAPHS)) {
      photographs =
          files
              .filter(file -> file.toString().matches("(?i).*\\.(jpe?g|png|webp)"))
              .map(PHOTOGRAPHS::relativize)
              .sorted()
              .toList();
    }
    int copied = 0;
    for (int i = 0; i < photographs.size(); i++) {
      Path name = photographs.get(i);
      byte[] bytes = Files.readAllBytes(PHOTOGRAPHS.resolve(name));
      write(catalogue, "original", name, bytes);
      if (i % EVERY == 0) {
        copied++;
        write(catalogue, SAME_FILE, name, bytes);
        for (CopyKind kind : CopyKind.values()) {
          var image = new ImageDecoder(LIMITS).decode(bytes, new ImageShape(1 << 20, 1 << 20));
          byte[] copy = ImageCopies.make(image, kind, SEED * 1_000_003 + i);
          write(catalogue, kind.name().toLowerCase(Locale.ROOT), name, copy);
        }
      }
    }
    return copied;
  }

  private static void write(Path catalogue, String kind, Path name, byte[] bytes)
      throws IOException {
    Path file = catalogue.resolve(kind).resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private String command(String command, Path store, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                command,
                "--store",
                store.toUri().toString(),
                "--name",
                "demo",
                "--set",
                "extractor.backbone=" + Remap.CONF.resolve("backbones/mobilenet_v2_140_nsfwjs")));
    words.addAll(List.of(more));
    Remap.Ran ran = Remap.line(words.toArray(String[]::new));
    assertThat(ran.status()).as("%s: %s", words, ran).isZero();
    return ran.out();
  }

  private static String only(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.findFirst().orElseThrow().getFileName().toString();
    }
  }

  /** The groups of more than one, by union-find. */
  private static Collection<List<String>> groups(List<NeighborRow> rows, double threshold) {
    Map<String, String> parents = new HashMap<>();
    rows.forEach(row -> parents.put(row.imageId(), row.imageId()));
    for (NeighborRow row : rows) {
      row.neighbors().stream()
          .filter(neighbor -> neighbor.score() >= (float) threshold)
          .forEach(
              neighbor ->
                  parents.put(root(parents, row.imageId()), root(parents, neighbor.imageId())));
    }
    Map<String, List<String>> groups = new TreeMap<>();
    for (String id : parents.keySet()) {
      groups.computeIfAbsent(root(parents, id), root -> new ArrayList<>()).add(id);
    }
    groups.values().removeIf(group -> group.size() < 2);
    return groups.values();
  }

  private static String root(Map<String, String> parents, String id) {
    String root = id;
    while (!parents.get(root).equals(root)) {
      root = parents.get(root);
    }
    return root;
  }

  private static String line(double threshold, Collection<List<String>> groups, int copied) {
    Map<String, Integer> found = new HashMap<>();
    int duplicates = 0;
    int right = 0;
    for (List<String> group : groups) {
      Map<String, Integer> originals = new HashMap<>();
      group.forEach(id -> originals.merge(original(id), 1, Integer::sum));
      duplicates += group.size() - 1;
      right += originals.values().stream().mapToInt(n -> n).max().orElseThrow() - 1;
      group.stream()
          .filter(id -> group.contains("original/" + original(id)))
          .forEach(id -> found.merge(id.substring(0, id.indexOf('/')), 1, Integer::sum));
    }
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "| %s | %d | %d | %.3f |",
                threshold == 1 ? "1" : Double.toString(threshold),
                groups.size(),
                duplicates,
                duplicates == 0 ? 1 : (double) right / duplicates));
    for (String kind : KINDS) {
      int share = found.getOrDefault(kind, 0);
      line.append(
          share == 0 ? " 0 |" : String.format(Locale.ROOT, " %.2f |", (double) share / copied));
    }
    return line.toString();
  }

  private static String original(String id) {
    return id.substring(id.indexOf('/') + 1);
  }
}
