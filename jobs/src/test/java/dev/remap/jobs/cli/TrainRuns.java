package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactDraft;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.row.MinedRow;
import dev.remap.jobs.store.row.MinedRow.Role;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/** What trainings leave and print. */
final class TrainRuns {
  private TrainRuns() {}

  /** A file of weights, by the beginning of its name. */
  static Path file(Remap remap, String id, String name) throws IOException {
    return in(remap, "weights/" + id, name);
  }

  static Path in(Remap remap, String folder, String name) throws IOException {
    return FiveNights.list(remap, folder).stream()
        .filter(file -> file.matches(name + "-[0-9a-f]{16}\\..*"))
        .map(remap.store().resolve(folder)::resolve)
        .findFirst()
        .orElseThrow();
  }

  /** What the last epoch of a training has mined, tuple by tuple. */
  static List<List<MinedRow>> mined(Remap remap, String id) {
    Store store = Store.open(remap.store().toUri().toString(), new Configuration());
    SortedMap<Integer, List<MinedRow>> tuples = new TreeMap<>();
    try (SegmentReader<MinedRow> rows =
        SegmentReader.open(
            store,
            new Artifacts(store).require("weights/" + id).file("mined.parquet"),
            RowFormat.mined())) {
      rows.forEachRemaining(
          row -> tuples.computeIfAbsent(row.tuple(), tuple -> new ArrayList<>()).add(row));
    }
    assertThat(tuples.lastKey()).as("the last tuple").isEqualTo(tuples.size() - 1);
    return List.copyOf(tuples.values());
  }

  /** A query, a positive and negatives, whose groups are folders: {@code g01/p002.jpg}. */
  static void assertIsATuple(List<MinedRow> tuple) {
    assertThat(tuple).hasSizeGreaterThan(2);
    String group = folder(tuple.get(0).imageId());
    for (int place = 0; place < tuple.size(); place++) {
      MinedRow row = tuple.get(place);
      assertThat(row.role())
          .isEqualTo(place == 0 ? Role.QUERY : place == 1 ? Role.POSITIVE : Role.NEGATIVE);
      assertThat(row.rank()).isEqualTo(Math.max(0, place - 1));
      assertThat(folder(row.group())).isEqualTo(folder(row.imageId()));
      assertThat(folder(row.imageId()).equals(group)).isEqualTo(place < 2);
    }
    assertThat(tuple.get(1).imageId()).isNotEqualTo(tuple.get(0).imageId());
  }

  private static String folder(String id) {
    return id.substring(0, 4);
  }

  /** Makes of weights what earlier versions left: what was mined is in another file. */
  static void asOfEarlierVersions(Remap remap, String id) throws IOException {
    Store store = Store.open(remap.store().toUri().toString(), new Configuration());
    ArtifactManifest now = new Artifacts(store).require("weights/" + id);
    Map<String, ByteSource> files = new TreeMap<>();
    now.files().forEach((name, file) -> files.put(name, ByteSource.of(store.readVerified(file))));
    assertThat(files.remove("mined.parquet")).isNotNull();
    String mined = "{\"query\":\"g00/a.jpg\",\"positive\":\"g00/b.jpg\",\"negatives\":[]}\n";
    files.put("mined.jsonl", ByteSource.of(mined.getBytes(StandardCharsets.UTF_8)));
    Files.delete(file(remap, id, "mined"));
    Files.delete(remap.store().resolve("weights/" + id + "/manifest.json"));
    new Artifacts(store)
        .commit(
            "weights/" + id,
            new ArtifactDraft(id, now.kind(), now.inputs(), now.run()),
            files,
            "test");
  }

  /** What a training leaves, but for who made it. */
  static Map<String, String> files(Remap remap) {
    Map<String, String> files = new TreeMap<>(remap.contents());
    files
        .keySet()
        .removeIf(name -> !name.matches("(weights|trainings)/.*-[0-9a-f]{16}\\.[a-z0-9]+"));
    return files;
  }

  /** Leaves another store as a run does that is killed after its second epoch. */
  static void killedAfterTwoEpochs(Remap whole, Remap killed) throws IOException {
    String name =
        FiveNights.list(whole, "trainings").stream()
            .filter(it -> it.endsWith("-00002"))
            .findFirst()
            .orElseThrow();
    Path trainings = Files.createDirectories(killed.store().resolve("trainings"));
    FiveNights.tree(whole.store().resolve("trainings").resolve(name), trainings.resolve(name));
  }

  /** The line that a run prints for a command. */
  static String printed(Remap.Ran ran, String command) {
    return PrintedLines.in(ran.out()).stream()
        .filter(line -> line.startsWith("remap " + command + " "))
        .findFirst()
        .orElseThrow();
  }

  /** The line that verify prints to make a damaged training again. */
  static String repair(Remap remap) {
    remap.run("verify");
    return remap
        .run("verify", "--repair")
        .out()
        .lines()
        .filter(printed -> printed.contains("remap train "))
        .findFirst()
        .orElseThrow();
  }

  /** Runs a printed line. */
  static Remap.Ran run(String line) {
    Remap.Ran ran = Remap.line(PrintedLines.words(line));
    assertThat(ran.status()).as("%s: %s", line, ran).isZero();
    return ran;
  }
}
