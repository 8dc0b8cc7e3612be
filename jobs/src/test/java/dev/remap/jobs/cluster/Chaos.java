package dev.remap.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.cli.Remap;
import dev.remap.jobs.cluster.StandaloneCluster.Worker;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.S3Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;

/**
 * What all cases of the chaos share: a cluster, a catalogue on two nights, stores as they are
 * before a night, and what undisturbed nights make of them.
 */
final class Chaos implements AutoCloseable {
  private static final Path BACKBONE = Path.of("target/chaos/backbone").toAbsolutePath();
  static final Map<String, String> SETTINGS = settings();
  static final Map<String, String> ENVIRONMENT =
      Map.of("OMP_NUM_THREADS", "1", "OMP_WAIT_POLICY", "PASSIVE", "OPENCV_LOG_LEVEL", "SILENT");
  static final String CLASS_PATH =
      StandaloneCluster.SPARK.resolve("jars") + "/*:" + StandaloneCluster.JAR;
  private static final int PHOTOGRAPHS = 30;

  private final Path work;
  private final TwoNights nights;
  private final Place local;
  private final StandaloneCluster cluster;
  private final List<LiveIndex> twins = new ArrayList<>();
  private final List<Integer> kibibytes = new ArrayList<>();
  private S3Server server;
  private int startMillis;
  private int workMillis;
  private String archiving = "ArchiveClassesAtExit";

  Chaos(Path work, long seed) throws Exception {
    this.work = work;
    this.local = Place.local(Files.createDirectories(work.resolve("local")));
    this.nights = new TwoNights(work.resolve("photographs"), PHOTOGRAPHS, seed);
    LocalSpark.use("local[2]");
    new Remap(work).tinyBackbone(BACKBONE);
    show("catalogue-1", 1);
    makeTwins();
    this.cluster =
        StandaloneCluster.start(work.resolve("spark"), List.of(new Worker(4), new Worker(4)));
    keepClasses();
    measure();
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("extractor.backbone", BACKBONE.toString());
    settings.put("extractor.scales", "[{long-side=128,short-side=96,weight=1}]");
    settings.put("extract.window", "4");
    // In units of eight images, none may be out of reach: a whitening fitted without it would be
    // another.
    settings.put("extract.access-allowance", "0");
    settings.put("unit.images", "8");
    settings.put("unit.retry-wait", "1s");
    settings.put("index.shards", "3");
    settings.put("quantizer.spec", "IVF3,PQ8x4np");
    settings.put("compact.max-delta-ratio", "0.05");
    settings.put("publish.min-self-retrieval", "0");
    settings.put("publish.copies", "0");
    return settings;
  }

  /** Spark's properties for every driver. */
  Map<String, String> properties() {
    Map<String, String> properties = new TreeMap<>();
    properties.put("spark.master", cluster.url());
    properties.put("spark.cores.max", "4");
    properties.put("spark.executor.cores", "2");
    properties.put("spark.executor.memory", "500m");
    properties.put("spark.executor.extraClassPath", StandaloneCluster.JAR.toString());
    properties.put("spark.executor.extraJavaOptions", executorOptions());
    properties.put("spark.driver.host", "127.0.0.1");
    properties.put("spark.driver.bindAddress", "127.0.0.1");
    properties.put("spark.ui.enabled", "false");
    properties.put("spark.sql.shuffle.partitions", "2");
    ENVIRONMENT.forEach((key, value) -> properties.put("spark.executorEnv." + key, value));
    return properties;
  }

  /** Options of every executor's Java. */
  String executorOptions() {
    return Java.SHORT_LIVED + " " + archive("executor");
  }

  /**
   * The option of Java that uses the classes of the first night, or on the first night keeps them.
   */
  String archive(String process) {
    return "-XX:" + archiving + "=" + work.resolve(process + ".jsa");
  }

  private void makeTwins() throws IOException {
    String base = local.at("base/store");
    showNight(1);
    undisturbed(base, "catalogue-2", local);
    keep(base);
    showNight(2);
    String twin = local.at("twin/store");
    copy(base, twin, local.configuration());
    undisturbed(twin, "catalogue-2", local);
    keep(twin);
    assertThat(shards(2)).isNotEqualTo(shards(1));
  }

  private static void undisturbed(String store, String catalogue, Place place) {
    List<String> line = new ArrayList<>(List.of("reindex", "--store", store));
    line.addAll(List.of("--catalogue", place.at(catalogue)));
    SETTINGS.forEach((key, value) -> line.addAll(List.of("--set", key + "=" + value)));
    Remap.Ran ran = Remap.line(line.toArray(String[]::new));
    assertThat(ran.status()).as("%s", ran).isZero();
  }

  private void keep(String store) throws IOException {
    LiveIndex live = LiveIndex.read(store, local.configuration(), work.resolve("scratch"));
    twins.add(live);
    kibibytes.add(FullDisk.used(Path.of(URI.create(store))));
    assertThat(live.keys()).isEqualTo(LiveIndex.keys(nights.images(twins.size())));
  }

  /** A night keeps the classes that such JVMs load: a third less time for each of the others. */
  private void keepClasses() throws IOException {
    try (Scene scene = scene("classes", new Random(1), local, 1)) {
      // One executor: two would write one file.
      scene.with("spark.cores.max", "2");
      assertThat(Scene.endsWell(scene.start())).isTrue();
      archiving = "SharedArchiveFile";
    }
  }

  /** An undisturbed night, to know how long it takes and that it makes the same. */
  private void measure() throws InterruptedException, IOException {
    try (Scene scene = scene("measure", new Random(1), local, 1)) {
      long start = System.nanoTime();
      Child night = scene.start();
      assertThat(awaitExecutors(night)).isTrue();
      startMillis = (int) ((System.nanoTime() - start) / 1_000_000);
      assertThat(Scene.endsWell(night)).as("%s", night.text()).isTrue();
      workMillis = (int) ((System.nanoTime() - start) / 1_000_000) - startMillis;
      scene.finish();
    }
  }

  /** A new case. */
  Scene scene(String name, Random random, Place place, int night) throws IOException {
    Path folder = Files.createDirectories(work.resolve("local").resolve(name));
    Scene scene = new Scene(this, random, folder, place, night);
    if (night == 2) {
      copy(place.at("base/store"), scene.store(), place.configuration());
    }
    return scene;
  }

  Place local() {
    return local;
  }

  /** Stores in a bucket; the server starts with the first call. */
  Place s3() throws Exception {
    Map<String, String> patience =
        Map.of(
            "fs.s3a.attempts.maximum",
            "3",
            "fs.s3a.retry.interval",
            "100ms",
            "fs.s3a.retry.throttle.interval",
            "100ms",
            "fs.s3a.buffer.dir",
            work.resolve("buffers").toString());
    boolean first = server == null;
    if (first) {
      server = S3Server.start(work.resolve("blobs"));
    }
    Place place = Place.s3(S3Server.root("chaos"), s3Server().toString(), patience);
    if (first) {
      place.properties().forEach(System::setProperty);
      nights.bring(1, place.at("catalogue-1"), place.configuration());
      nights.bring(1, place.at("catalogue-2"), place.configuration());
      undisturbed(place.at("base/store"), "catalogue-2", place);
      nights.bring(2, place.at("catalogue-2"), place.configuration());
    }
    return place;
  }

  static boolean isS3(Place place) {
    return place.root().startsWith("s3a:");
  }

  URI s3Server() throws ReflectiveOperationException {
    return server.endpoint();
  }

  /** Lets the second catalogue be what it is on that night. */
  void showNight(int night) throws IOException {
    show("catalogue-2", night);
  }

  private void show(String name, int night) throws IOException {
    Path link = work.resolve("local").resolve(name);
    Path next = link.resolveSibling(name + ".next");
    Files.createSymbolicLink(next, nights.catalogue(night));
    Files.move(next, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  static void copy(String from, String to, Configuration conf) throws IOException {
    org.apache.hadoop.fs.Path source = new org.apache.hadoop.fs.Path(from);
    org.apache.hadoop.fs.Path target = new org.apache.hadoop.fs.Path(to);
    try (FileSystem fs = FileSystem.newInstance(source.toUri(), conf)) {
      fs.setWriteChecksum(false);
      FileUtil.copy(fs, source, fs, target, false, conf);
    }
  }

  StandaloneCluster cluster() {
    return cluster;
  }

  /** Waits for the executors of a night; false if it ends before they come. */
  boolean awaitExecutors(Child night) throws InterruptedException {
    while (cluster.executors().isEmpty()) {
      if (night.endsWithin(100)) {
        return false;
      }
    }
    return true;
  }

  /** How long a night takes until its executors come. */
  int startMillis() {
    return startMillis;
  }

  /** How long it takes from then on. */
  int workMillis() {
    return workMillis;
  }

  List<Long> keys(int night) {
    return twins.get(night - 1).keys();
  }

  List<String> shards(int night) {
    return twins.get(night - 1).shards();
  }

  /** What a night adds to a store. */
  int nightKibibytes(int night) {
    return night == 1 ? kibibytes.get(0) : kibibytes.get(1) - kibibytes.get(0);
  }

  @Override
  public void close() {
    cluster.close();
    if (server != null) {
      server.close();
    }
  }
}
