package dev.remap.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.cli.Remap;
import dev.remap.jobs.cluster.StandaloneCluster.Worker;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.HdfsCluster;
import dev.remap.jobs.store.S3Server;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The command as delivered on clusters of real processes: with its store on S3 and on HDFS, and on
 * YARN, it makes the shards of {@code local[2]} on a local folder, and it works on the GPUs that
 * workers offer. Run by {@code bin/cluster-test}, which builds the command first; not by {@code
 * bin/test}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterDrill {
  private static final long SEED = Long.getLong("drill.seed", 1);
  private static final int PHOTOGRAPHS = 24;
  private static final Pattern UNITS =
      Pattern.compile("\"units on ([a-z:0-9-]+), executor (\\d+)\" : (\\d+)");
  private static final Pattern EXTRACTORS =
      Pattern.compile("\"extractors on ([a-z:0-9-]+), executor (\\d+)\" : (\\d+)");

  private final Path work = Path.of("target/cluster-test").toAbsolutePath();
  private final Console console = new Console(System.out);
  private final List<List<String>> table = new ArrayList<>();
  private TwoNights nights;
  private final Map<Integer, LiveIndex> reference = new TreeMap<>();

  @BeforeAll
  void makeTheReference() throws IOException {
    table.add(List.of("what", "seconds", "found"));
    nights = new TwoNights(work.resolve("photographs"), PHOTOGRAPHS, SEED);
    LocalSpark.use("local[2]");
    Place place = Place.local(work.resolve("local"));
    Remap remap = new Remap(work.resolve("local/store"));
    settings().forEach(remap::set);
    for (int night : List.of(1, 2)) {
      nights.bring(night, place.at("catalogue"), place.configuration());
      long start = System.nanoTime();
      remap.succeed("reindex", "--catalogue", place.at("catalogue"));
      LiveIndex live = live(place);
      reference.put(night, live);
      tell("local[2], folder, night " + night, start, summary(live));
      assertThat(live.keys()).isEqualTo(LiveIndex.keys(nights.images(night)));
    }
    assertThat(reference.get(2).shards()).isNotEqualTo(reference.get(1).shards());
  }

  @AfterAll
  void report() {
    console.say("cluster-test, seed %d", SEED);
    console.table(table);
  }

  /** By which all is small. */
  static Map<String, String> settings() {
    return Map.of(
        "extractor.backbone",
        Command.DELIVERED.resolve("conf/backbones/mobilenet_v2_140_nsfwjs").toString(),
        "extractor.scales",
        "[{long-side=128,short-side=96,weight=1}]",
        "extractor.aggregator",
        "gem",
        "unit.images",
        "8",
        "index.shards",
        "3",
        "whitening.dimension",
        "8",
        "publish.copies",
        "8");
  }

  private LiveIndex live(Place place) throws IOException {
    return LiveIndex.read(place.at("store"), place.configuration(), work.resolve("scratch"));
  }

  private void tell(String what, long start, String found) {
    table.add(List.of(what, String.format("%.1f", (System.nanoTime() - start) / 1e9), found));
  }

  private static String summary(LiveIndex live) {
    return live.keys().size() + " entries, " + live.shards().size() + " shards";
  }

  @Test
  void onS3ItMakesTheShardsOfOneMachineAndAFolder() throws Exception {
    try (S3Server server = S3Server.start(work.resolve("s3/blobs"))) {
      Map<String, String> buffers =
          Map.of("fs.s3a.buffer.dir", work.resolve("s3/buffers").toString());
      assertMakesTheReference(
          "S3", Place.s3(S3Server.root("drill"), server.endpoint().toString(), buffers));
    }
  }

  /** The jar alone: from any folder, without the scripts and the files of settings. */
  @Test
  void submittedWithTheJarAloneItMakesTheShardsOfOneMachineAndAFolder() throws Exception {
    Path folder = work.resolve("submit");
    try (S3Server server = S3Server.start(folder.resolve("blobs"));
        StandaloneCluster cluster =
            StandaloneCluster.start(
                folder.resolve("spark"), List.of(new Worker(2), new Worker(2)))) {
      Map<String, String> buffers =
          Map.of("fs.s3a.buffer.dir", folder.resolve("buffers").toString());
      Place place = Place.s3(S3Server.root("submit"), server.endpoint().toString(), buffers);
      Map<String, String> settings = new TreeMap<>(settings());
      settings.remove("extractor.backbone");
      Command command =
          new Command(cluster.url(), folder)
              .with(place.properties())
              .set(settings)
              .submittedBy(StandaloneCluster.SPARK);
      assertMakesTheReference("spark-submit", place, command);
      assertThat(cluster.isWhole()).isTrue();
    }
  }

  @Test
  void onHdfsItMakesTheShardsOfOneMachineAndAFolder() throws Exception {
    try (HdfsCluster hdfs = new HdfsCluster(work.resolve("hdfs/blocks"))) {
      assertMakesTheReference(
          "HDFS", new Place(hdfs.root("drill"), Map.of("dfs.replication", "1")));
    }
  }

  /** By a Spark that talks to YARN, which the embedded one does not. */
  @Test
  void onYarnItMakesTheShardsOfOneMachineAndAFolder() throws Exception {
    Path folder = work.resolve("yarn");
    Path spark = Path.of(System.getProperty("drill.spark"));
    try (YarnCluster yarn = YarnCluster.start(folder)) {
      Map<String, String> environment =
          Map.of("SPARK_HOME", spark.toString(), "HADOOP_CONF_DIR", yarn.configuration());
      Command command =
          new Command("yarn", folder)
              .by(Command.DELIVERED.resolve("conf/cluster/yarn-cpu.conf"))
              .in(environment)
              .with(yarn.properties(spark))
              .set(settings());
      assertMakesTheReference("YARN", Place.local(folder), command);
      assertThat(yarn.applications()).isEqualTo(4);
    }
  }

  private void assertMakesTheReference(String name, Place place) throws IOException {
    Path folder = work.resolve(name.toLowerCase(java.util.Locale.ROOT));
    try (StandaloneCluster cluster =
        StandaloneCluster.start(folder.resolve("spark"), List.of(new Worker(2), new Worker(2)))) {
      Command command = new Command(cluster.url(), folder).with(place.properties()).set(settings());
      assertMakesTheReference(name, place, command);
      assertThat(cluster.isWhole()).isTrue();
    }
  }

  private void assertMakesTheReference(String name, Place place, Command command)
      throws IOException {
    for (int night : List.of(1, 2)) {
      nights.bring(night, place.at("catalogue"), place.configuration());
      long start = System.nanoTime();
      String said =
          command.succeed(
              "reindex", "--store", place.at("store"), "--catalogue", place.at("catalogue"));
      LiveIndex live = live(place);
      boolean same = live.shards().equals(reference.get(night).shards());
      tell(
          "cluster, " + name + ", night " + night,
          start,
          summary(live) + (same ? ", byte for byte those of local[2]" : ", OTHER BYTES"));
      assertThat(live).as("%s night %d: %s", name, night, said).isEqualTo(reference.get(night));
    }
    assertSoundAndDone(command, place, name);
  }

  /** What comes after the nights: a look at all files, and a night without changes. */
  private void assertSoundAndDone(Command command, Place place, String name) {
    long start = System.nanoTime();
    String said = command.succeed("verify", "--store", place.at("store"));
    // Without a file of log4j's, Spark says some hundred lines.
    assertThat(said).contains("all is well").doesNotContain(" INFO ", "S3AInstrumentation");
    tell("cluster, " + name + ", verify", start, "all is well");
    start = System.nanoTime();
    assertThat(
            command.succeed(
                "reindex", "--store", place.at("store"), "--catalogue", place.at("catalogue")))
        .contains("nothing to do");
    tell("cluster, " + name + ", no change", start, "nothing to do");
  }

  @Test
  void tasksWorkOnTheGpuThatTheirWorkerOffersAndTheCpuTakesOverOnlyWhereThatIsAsked()
      throws Exception {
    Path folder = work.resolve("gpu");
    try (StandaloneCluster cluster =
        StandaloneCluster.start(
            folder.resolve("spark"), List.of(gpus(folder, "0 1"), gpus(folder, "2 3")))) {
      Place place = Place.local(folder);
      nights.bring(1, place.at("catalogue"), place.configuration());
      Map<String, String> gpus =
          Map.of(
              "spark.executor.resource.gpu.amount",
              "2",
              "spark.task.resource.gpu.amount",
              "1",
              // All four are there before the first unit is placed.
              "spark.scheduler.minRegisteredResourcesRatio",
              "1.0");
      Command command = new Command(cluster.url(), folder).with(gpus).set(settings());
      command.succeed(
          "snapshot", "--store", place.at("store"), "--catalogue", place.at("catalogue"));
      assertRefusedWithoutFallback(command, place);
      assertOneExtractorForEachAddress(command, place);
    }
  }

  @Test
  void anAddressThatIsNoIndexIsRefused() throws Exception {
    Path folder = work.resolve("gpu-names");
    try (StandaloneCluster cluster =
        StandaloneCluster.start(folder.resolve("spark"), List.of(gpus(folder, "GPU-8f1c")))) {
      Place place = Place.local(folder);
      nights.bring(1, place.at("catalogue"), place.configuration());
      Map<String, String> gpus =
          Map.of("spark.executor.resource.gpu.amount", "1", "spark.task.resource.gpu.amount", "1");
      Command command = new Command(cluster.url(), folder).with(gpus).set(settings());
      command.succeed(
          "snapshot", "--store", place.at("store"), "--catalogue", place.at("catalogue"));
      long start = System.nanoTime();
      String said = command.fail("extract", "--store", place.at("store"));
      assertThat(said).contains("GPU-8f1c").contains("must be the index that CUDA gives it");
      tell("GPUs by name", start, "refused: an address must be an index");
    }
  }

  private void assertRefusedWithoutFallback(Command command, Place place) {
    long start = System.nanoTime();
    String said = command.fail("extract", "--store", place.at("store"), "--set", "unit.attempts=1");
    assertThat(said)
        .containsPattern("Device gpu:[0-3] is not there: this libtorch is for CPUs only")
        .contains("units failed")
        .contains("extract.fallback=cpu");
    tell("GPUs that libtorch cannot use, fallback none", start, "exit 1, units not committed");
  }

  private void assertOneExtractorForEachAddress(Command command, Place place) throws IOException {
    long start = System.nanoTime();
    String said =
        command.succeed("extract", "--store", place.at("store"), "--set", "extract.fallback=cpu");
    Matcher warning =
        Pattern.compile("WARNING: (\\d+) of \\1 units fell back to the CPU").matcher(said);
    assertThat(warning.find()).as(said).isTrue();
    int units = Integer.parseInt(warning.group(1));
    // No unit has more than eight images.
    assertThat(units).isGreaterThanOrEqualTo((2 * PHOTOGRAPHS + 2 + 7) / 8);
    String records = records(place);
    Map<String, Set<String>> devices = new TreeMap<>();
    long counted = 0;
    for (Matcher found = UNITS.matcher(records); found.find(); ) {
      devices.computeIfAbsent(found.group(2), e -> new TreeSet<>()).add(found.group(1));
      counted += Long.parseLong(found.group(3));
    }
    assertThat(counted).isEqualTo(units);
    assertThat(devices.values())
        .containsExactlyInAnyOrder(insteadOf("gpu:0", "gpu:1"), insteadOf("gpu:2", "gpu:3"));
    long extractors = 0;
    for (Matcher found = EXTRACTORS.matcher(records); found.find(); extractors++) {
      assertThat(found.group(3)).as(found.group()).isEqualTo("1");
    }
    assertThat(extractors).isEqualTo(4);
    tell("GPUs that libtorch cannot use, fallback cpu", start, devices + ", one extractor each");
  }

  private static Set<String> insteadOf(String... gpus) {
    return new TreeSet<>(Stream.of(gpus).map(gpu -> "cpu-instead-of-" + gpu).toList());
  }

  private static String records(Place place) throws IOException {
    StringBuilder text = new StringBuilder();
    Path runs = Path.of(java.net.URI.create(place.at("store/runs")));
    try (Stream<Path> files = Files.walk(runs)) {
      for (Path file : files.filter(f -> f.endsWith("finished.json")).toList()) {
        text.append(Files.readString(file, StandardCharsets.UTF_8));
      }
    }
    return text.toString();
  }

  /** A worker whose {@code nvidia-smi}, a stand-in, knows these GPUs. */
  private static Worker gpus(Path folder, String addresses) throws IOException {
    Path tools = Files.createDirectories(folder.resolve("tools-" + addresses.replace(' ', '-')));
    Path smi = tools.resolve("nvidia-smi");
    Files.writeString(smi, "#!/bin/sh\nprintf '%s\\n' " + addresses + "\n");
    Files.setPosixFilePermissions(smi, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new Worker(
        2,
        Map.of("PATH", tools + ":" + System.getenv("PATH")),
        Map.of(
            "spark.worker.resource.gpu.amount",
            Integer.toString(addresses.split(" ").length),
            "spark.worker.resource.gpu.discoveryScript",
            Command.DELIVERED.resolve("conf/discover-gpus").toString()));
  }
}
