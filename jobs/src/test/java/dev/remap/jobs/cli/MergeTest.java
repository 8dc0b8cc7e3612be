package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.index.jfaiss.FileHash;
import dev.remap.index.shard.Shard;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The shards of an index as fewer files: every entry is there once, and nothing is replaced. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MergeTest {
  private static final long SEED = 20270303;

  private Path folder;
  private Remap remap;
  private List<Path> shards;

  @BeforeAll
  void night(@TempDir Path temporary) {
    LocalSpark.use("local[2]");
    folder = temporary;
    DrillStore.catalogue(folder.resolve("catalogue"), SEED);
    remap =
        DrillStore.settings(new Remap(folder.resolve("store")), folder.resolve("backbone"))
            .set("index.shards", 3);
    remap.succeed("reindex", "--catalogue", folder.resolve("catalogue").toString());
    shards =
        remap
            .succeed("files", "--table", "shards")
            .out()
            .lines()
            .sorted()
            .map(URI::create)
            .map(Path::of)
            .toList();
    assertThat(shards).hasSize(3);
  }

  /** Key and list of every entry. */
  private static TreeSet<String> entries(List<Path> files) throws IOException {
    TreeSet<String> all = new TreeSet<>();
    for (Path file : files) {
      try (Shard shard = Shard.open(file, FileHash.of(file), Files.size(file))) {
        IntStream.range(0, shard.spec().lists())
            .forEach(
                list -> {
                  for (long key : shard.keys(list)) {
                    assertThat(all.add(key + " in list " + list)).isTrue();
                  }
                });
      }
    }
    return all;
  }

  private List<Path> unfinished(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches("\\." + name + ".*|remap-verify.*"))
          .toList();
    }
  }

  @Test
  void oneFileHasTheEntriesOfAllShards() throws IOException {
    Path file = folder.resolve("one.faiss");

    String said = remap.succeed("merge", "--out", file.toString()).out();

    assertThat(said).contains("22 entries of 3 shards = 22 in 1 file", FileHash.of(file));
    assertThat(entries(List.of(file))).isEqualTo(entries(shards));
    assertThat(unfinished("one")).isEmpty();
  }

  @Test
  void severalFilesShareTheShardsInTheirOrder() throws IOException {
    String out = folder.resolve("some.faiss").toString();
    // Left by a run that was killed: another's.
    Path half = Files.writeString(folder.resolve(".some-1.faiss.x.part"), "half");

    remap.succeed("merge", "--parts", "2", "--out", out);

    List<Path> files = List.of(folder.resolve("some-1.faiss"), folder.resolve("some-2.faiss"));
    assertThat(entries(files)).isEqualTo(entries(shards));
    assertThat(entries(files.subList(0, 1))).isEqualTo(entries(shards.subList(0, 1)));
    assertThat(half).hasContent("half");
  }

  @Test
  void aFileThatIsThereIsLeftAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("there.faiss"), "mine");

    remap
        .run("merge", "--out", file.toString())
        .assertRefused(2, "there.faiss exists: give another --out, or delete it");
    remap
        .run("merge", "--out", folder.toString())
        .assertRefused(2, "a folder: give the name of a file in it");

    assertThat(file).hasContent("mine");
  }

  @Test
  void aDamagedShardIsToldAndNothingIsWritten() throws IOException {
    Path shard = shards.get(1);
    byte[] sound = Files.readAllBytes(shard);
    byte[] damaged = sound.clone();
    damaged[damaged.length / 2] ^= 1;
    Files.delete(shard);
    Files.write(shard, damaged);
    try {
      Path file = folder.resolve("damaged.faiss");
      Remap.Ran ran = remap.run("merge", "--out", file.toString());

      ran.assertRefused(1, shard.getFileName().toString());
      assertThat(file).doesNotExist();
      assertThat(unfinished("damaged")).isEmpty();

      // The first of three was written before the damage was met.
      remap.run("merge", "--parts", "3", "--out", file.toString()).assertRefused(1);
      assertThat(unfinished("damaged")).isEmpty();
      assertThat(folder.resolve("damaged-1.faiss")).doesNotExist();
    } finally {
      Files.delete(shard);
      Files.write(shard, sound);
    }
  }
}
