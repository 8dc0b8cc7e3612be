package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.Jvm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code gc} takes from a store of five nights, a compaction among them, and what it leaves;
 * also when it is killed, and on an object store.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GcTest {
  private static final String[] NOW = {"--delete", "--grace", "0s", "--keep", "1"};

  private FiveNights nights;
  private Map<String, String> collected;

  @BeforeAll
  void fiveNights(@TempDir Path folder) throws IOException {
    nights = new FiveNights(folder);
  }

  /** The folder of the nights' layers of descriptors; another extractor has some, too. */
  private static String descriptors(Remap remap) throws IOException {
    return FiveNights.list(remap, "descriptors").stream()
        .map(id -> "descriptors/" + id)
        .filter(table -> Files.exists(remap.store().resolve(table + "/00000005")))
        .findFirst()
        .orElseThrow();
  }

  private static Path age(Path file, Duration age) throws IOException {
    long then = System.currentTimeMillis() - age.toMillis();
    return Files.setLastModifiedTime(file, FileTime.fromMillis(then));
  }

  private static Path write(Remap remap, String path, Duration age) throws IOException {
    Path file = remap.store().resolve(path);
    Files.createDirectories(file.getParent());
    return age(Files.writeString(file, "garbage"), age);
  }

  private static Set<String> folders(Remap remap, String of) {
    return remap.contents().keySet().stream()
        .filter(path -> path.matches(of + "/[^/]+/.*"))
        .map(path -> path.substring(of.length() + 1).replaceAll("/.*", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String only(Remap remap, String folder) throws IOException {
    try (Stream<Path> entries = Files.list(remap.store().resolve(folder))) {
      return folder + "/" + entries.collect(Collectors.toList()).get(0).getFileName();
    }
  }

  @Test
  void withoutBeingAskedToItDeletesNothingAndNamesTheGarbage(TestInfo test) {
    Remap remap = nights.copy(test);
    Map<String, String> before = remap.contents();

    String young = remap.succeed("gc").out();
    String all = remap.succeed("gc", "--grace", "0s", "--keep", "1", "--list").out();

    assertThat(remap.contents()).isEqualTo(before);
    assertThat(young).contains("no garbage", "and whatever is younger than 7 d");
    assertThat(all)
        .containsPattern("generation 5 of 'default' +live")
        .containsPattern("generation 4 of 'default' +was live before")
        .containsPattern("generations that are not kept +\\d")
        .containsPattern("layers that nothing needs any more +\\d")
        .contains("indexes/default/00000001/manifest.json", "nothing was deleted")
        .doesNotContain("indexes/default/00000005/")
        .doesNotContain("-compacted/");
  }

  @Test
  void whatIsKeptIsSoundAndTheNextNightGoesOnFromIt(TestInfo test) throws IOException {
    Remap remap = nights.copy(test);
    Map<String, String> before = remap.contents();

    String deleted = remap.succeed("gc", NOW).out();

    assertThat(deleted).contains("deleted: ");
    assertThat(before).containsAllEntriesOf(remap.contents());
    assertThat(folders(remap, "indexes/default"))
        .containsExactly("00000004", "00000005", "published");
    Set<String> layers = Set.of("00000003-compacted", "00000004", "00000005");
    assertThat(folders(remap, "snapshots")).isEqualTo(layers);
    assertThat(folders(remap, descriptors(remap))).isEqualTo(layers);
    assertThat(folders(remap, descriptors(remap).replace("descriptors", "rejects")))
        .isSubsetOf(layers);
    assertThat(folders(remap, only(remap, "vectors"))).isEqualTo(layers);
    assertThat(remap.store().resolve("snapshots/00000001")).doesNotExist();
    // Nobody uses what the other extractor has described.
    for (String kind : List.of("descriptors", "rejects", "extractors")) {
      assertThat(FiveNights.list(remap, kind)).hasSize(1);
    }
    assertThat(remap.contents().keySet())
        .contains("store.json", "indexes/default/published/00000001.json");
    assertThat(remap.succeed("gc", NOW).out()).contains("no garbage");
    assertThat(remap.succeed("verify").out()).contains("all is well");
    assertThat(
            remap
                .succeed("search", "--image", nights.catalogue().resolve("new3.jpg").toString())
                .out())
        .contains("new3.jpg");

    remap.succeed("publish", "--generation", "4");
    remap.succeed("publish");
    nights.change(6);
    String night = remap.succeed("reindex", "--catalogue", nights.catalogue().toString()).out();
    assertThat(night).contains("(2 added, 2 changed, 2 removed)", "live: generation 6");
    assertThat(shards(remap)).hasSize(3).isEqualTo(shardsFromNothing(remap));
    assertThat(remap.succeed("verify").out()).contains("all is well");
  }

  private static List<String> shards(Remap remap) throws IOException {
    List<String> generations =
        List.copyOf(
            folders(remap, "indexes/default").stream().filter(n -> n.matches("\\d+")).toList());
    Path newest =
        remap.store().resolve("indexes/default").resolve(generations.get(generations.size() - 1));
    try (Stream<Path> files = Files.list(newest)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".faiss"))
          .sorted()
          .toList();
    }
  }

  private List<String> shardsFromNothing(Remap other) throws IOException {
    Remap fresh = nights.remap(nights.folder().resolve("fresh"));
    fresh.succeed("snapshot", "--catalogue", nights.catalogue().toString());
    fresh.succeed("extract");
    String whitening = other.store().resolve(only(other, "whitenings")).toString();
    try (Stream<Path> files = Files.list(Path.of(whitening))) {
      Path file = files.filter(f -> f.toString().endsWith(".bin")).findFirst().orElseThrow();
      fresh.succeed("whiten", "--use", file.toString());
    }
    FiveNights.tree(other.store().resolve("quantizers"), fresh.store().resolve("quantizers"));
    fresh.succeed("build");
    return shards(fresh);
  }

  @Test
  void whatKilledRunsLeftGoesOnceItIsOldAndNothingElse(TestInfo test) throws IOException {
    Remap remap = nights.copy(test);
    final Map<String, String> before = remap.contents();
    Duration old = Duration.ofDays(8);
    String run = UUID.randomUUID().toString();
    String layer = descriptors(remap) + "/00000005";
    for (String path :
        List.of(
            layer + "/segments/u000000-" + run + "-7.parquet",
            layer.replace("descriptors", "moments") + "/segments/u000000-" + run + "-7.parquet",
            layer + "/inflight/u000000-" + run + "-7-0.json",
            layer + "/inflight/u000001/" + run + "-7-0.json",
            layer + "/records/.u000000.json." + run + ".tmp",
            "snapshots/00000006/.plan.json." + run + ".tmp",
            "indexes/default/00000005/shard-00000-0123456789abcdef.faiss",
            only(remap, "quantizers") + "/quantizer-0123456789abcdef.faiss",
            "quantizers/0123456789abcdef/quantizer-0123456789abcdef.faiss",
            "whitenings/0123456789abcdef/whitening-0123456789abcdef.bin",
            "extractors/0123456789abcdef/.backbone-0123456789abcdef.pt." + run + ".tmp",
            "indexes/default/published/.00000006.json." + run + ".tmp",
            "heartbeats/now-" + run,
            "heartbeats/" + run + ".since",
            "heartbeats/" + run + ".beat",
            "probe-" + run)) {
      write(remap, path, old);
    }
    Path young =
        write(remap, layer + "/segments/u000001-" + run + "-8.parquet", Duration.ofDays(6));
    Path strange = write(remap, layer + "/segments/notes.txt", old);

    String said = remap.succeed("gc", "--delete").out();

    assertThat(said)
        .contains("deleted: 16 files", "too young to go: 1 file", "left alone: 1 file")
        .containsPattern("heartbeats of dead runs +2 ");
    assertThat(young).exists();
    assertThat(strange).exists();
    Files.delete(young);
    Files.delete(strange);
    assertThat(remap.contents()).isEqualTo(before);
  }

  @Test
  void whatIsYoungerThanARunAtWorkStaysWhateverTheGrace(TestInfo test) throws IOException {
    Remap remap = nights.copy(test);
    String run = UUID.randomUUID().toString();
    Path since = write(remap, "heartbeats/" + run + ".since", Duration.ofHours(3));
    Path beat = write(remap, "heartbeats/" + run + ".beat", Duration.ofMinutes(2));
    String segments = "snapshots/00000005/segments/u000000-";
    Path its = write(remap, segments + run + "-7.parquet", Duration.ofHours(2));
    Path older = write(remap, segments + UUID.randomUUID() + "-7.parquet", Duration.ofHours(4));

    String said = remap.succeed("gc", NOW).out();

    assertThat(said).contains("or than run " + run + ", which began 3 h 0 min ago");
    assertThat(List.of(its, since, beat)).allMatch(Files::exists);
    assertThat(older).doesNotExist();
    // All that the nights have left is younger, too.
    assertThat(folders(remap, "snapshots")).contains("00000001");

    age(beat, Duration.ofHours(2));
    remap.succeed("gc", NOW);

    assertThat(List.of(its, since, beat)).noneMatch(Files::exists);
    assertThat(folders(remap, "snapshots")).doesNotContain("00000001");
  }

  @Test
  void whatWasReplacedWithinTheGraceStays(TestInfo test) throws IOException {
    Remap remap = nights.copy(test);
    for (String file : remap.contents().keySet()) {
      age(remap.store().resolve(file), Duration.ofDays(3));
    }
    Path published = remap.store().resolve("indexes/default/published/00000005.json");
    Path compacted = remap.store().resolve("snapshots/00000003-compacted/ledger.json");
    age(published, Duration.ofHours(1));
    age(compacted, Duration.ofHours(1));
    String[] gc = {"--delete", "--grace", "2d", "--keep", "0"};

    assertThat(remap.succeed("gc", gc).out())
        .containsPattern("generation 4 of 'default' +was live a short time ago");

    assertThat(folders(remap, "indexes/default")).contains("00000004").doesNotContain("00000003");
    assertThat(folders(remap, "snapshots")).contains("00000001", "00000003-compacted");

    age(published, Duration.ofDays(3));
    age(compacted, Duration.ofDays(3));
    remap.succeed("gc", gc);

    assertThat(folders(remap, "indexes/default")).doesNotContain("00000004");
    assertThat(folders(remap, "snapshots")).doesNotContain("00000001");
    assertThat(remap.succeed("verify").out()).contains("all is well");
  }

  @Test
  void runsAndEvaluationsGoAfterATimeOfTheirOwn(TestInfo test) throws IOException {
    Remap remap = nights.copy(test);
    int runs = FiveNights.list(remap, "runs").size();
    String old = FiveNights.list(remap, "runs").get(0);
    for (String file : List.of("started.json", "finished.json")) {
      age(remap.store().resolve("runs/" + old + "/" + file), Duration.ofDays(91));
    }
    write(remap, "evaluations/a/copies/part-0.parquet", Duration.ofDays(91));
    write(remap, "evaluations/a/copies/.part-0.parquet.crc", Duration.ofDays(91));
    write(remap, "evaluations/b/copies/part-0.parquet", Duration.ofDays(89));

    assertThat(remap.succeed("gc", "--delete").out()).contains("deleted: 4 files");

    // The collection itself is a run.
    assertThat(FiveNights.list(remap, "runs")).hasSize(runs).doesNotContain(old);
    assertThat(FiveNights.list(remap, "evaluations")).containsExactly("b");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 30})
  void aCollectionThatIsKilledHarmsNothingThatIsKeptAndTheNextOneFinishes(int page, TestInfo test)
      throws Exception {
    Remap remap = nights.copy(test);
    Map<String, String> undisturbed = collected(test);

    String point = "-Dremap.kill.point=gc.deleting:" + page;
    Process dying = Jvm.start(OwnProcess.class, List.of(point), line(remap.store().toUri()));
    assertThat(dying.waitFor()).isEqualTo(137);

    assertThat(remap.contents()).hasSizeGreaterThan(undisturbed.size());
    // Half of what was to go may be missed, but nothing else.
    assertThat(remap.run("verify").out().lines().filter(line -> line.contains("/")).skip(1))
        .filteredOn(line -> !line.contains("Next: "))
        .allMatch(line -> line.matches("  indexes/default/0000000[123]/.*"));
    remap.succeed("gc", NOW);
    assertThat(remap.succeed("verify").out()).contains("all is well");
    // The dead one's heartbeat is still young.
    Map<String, String> contents = new TreeMap<>(remap.contents());
    contents.keySet().removeIf(name -> name.startsWith("heartbeats/"));
    assertThat(contents).isEqualTo(undisturbed);
  }

  /** What a collection leaves that nobody disturbs: the same in every copy. */
  private Map<String, String> collected(TestInfo test) throws IOException {
    if (collected == null) {
      Remap remap = nights.copy(test);
      remap.succeed("gc", NOW);
      collected = remap.contents();
    }
    return collected;
  }

  private static String[] line(URI store) {
    Stream<String> command = Stream.of("gc", "--store", store.toString());
    return Stream.concat(command, Stream.of(NOW)).toArray(String[]::new);
  }

  @Test
  void anObjectStoreIsLeftWithTheSame(TestInfo test) throws Exception {
    Set<String> local = collected(test).keySet();
    try (Bucket bucket = new Bucket(nights.folder().resolve("s3"))) {
      bucket.upload(nights.store());
      String root = bucket.root().toString();
      assertThat(Remap.line("gc", "--store", root, "--grace", "0s").out())
          .contains("nothing was deleted");
      Remap.Ran ran = Remap.line(line(bucket.root()));
      assertThat(ran.status()).as(ran.toString()).isZero();
      assertThat(bucket.files()).isEqualTo(local);
      assertThat(Remap.line("verify", "--store", root).out()).contains("all is well");
    }
  }
}
