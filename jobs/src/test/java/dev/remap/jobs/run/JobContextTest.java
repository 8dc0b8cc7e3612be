package dev.remap.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.store.Store;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose Spark is whose. */
class JobContextTest {
  private static SparkContext used(Path store) {
    try (JobContext context = LocalSpark.context(store, Map.of())) {
      return context.spark().sc();
    }
  }

  @Test
  void aSessionThatSomebodyElseHasBegunIsLeftRunningAndItsOwnIsNot(@TempDir Path folder) {
    Path store = folder.resolve("store");
    Store.openOrCreate(store.toString(), new Configuration());
    SparkSession before = LocalSpark.session();
    try {
      assertThat(used(store)).isSameAs(before.sparkContext());
      assertThat(before.sparkContext().isStopped()).isFalse();
    } finally {
      before.stop();
    }

    assertThat(used(store).isStopped()).isTrue();
  }

  /** A direct spark-submit has no bin/remap that would say so. */
  @Test
  void executorsGetTheirEnvironmentFromTheApplication(@TempDir Path folder) {
    LocalSpark.session().stop();
    System.setProperty("spark.executorEnv.OMP_NUM_THREADS", "2");
    try (JobContext context = LocalSpark.context(folder.resolve("store"), Map.of())) {
      SparkConf conf = context.spark().getConf();
      assertThat(conf.get("spark.executorEnv.OMP_NUM_THREADS")).isEqualTo("2");
      assertThat(conf.get("spark.executorEnv.OMP_WAIT_POLICY")).isEqualTo("PASSIVE");
      assertThat(conf.get("spark.executorEnv.THP_MEM_ALLOC_ENABLE")).isEqualTo("1");
    } finally {
      System.clearProperty("spark.executorEnv.OMP_NUM_THREADS");
    }
  }

  @Test
  void aDriverOnTheClusterIsRefused(@TempDir Path folder) {
    System.setProperty("spark.submit.deployMode", "cluster");
    try {
      assertThatThrownBy(() -> LocalSpark.context(folder.resolve("store"), Map.of()))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("leave out --deploy-mode cluster");
    } finally {
      System.clearProperty("spark.submit.deployMode");
    }
    assertThat(folder.resolve("store")).doesNotExist();
  }

  @Test
  void sparksNameOfARunIsTheCommandsUnlessItWasGivenOne(@TempDir Path folder) {
    LocalSpark.session().stop();
    // What spark-submit makes of a missing name.
    System.setProperty("spark.app.name", "dev.remap.jobs.cli.Main");
    try {
      assertThat(name(folder)).isEqualTo("remap test");
      System.setProperty("spark.app.name", "nightly");
      assertThat(name(folder)).isEqualTo("nightly");
    } finally {
      System.clearProperty("spark.app.name");
    }
  }

  private static String name(Path folder) {
    try (JobContext context = LocalSpark.context(folder.resolve("store"), Map.of())) {
      return context.spark().appName();
    }
  }

  @Test
  void printedCommandsNameAnIndexThatThereIs(@TempDir Path folder) throws IOException {
    Path store = folder.resolve("store");
    assertThat(publish(store, Map.of())).contains("--name default");
    Files.createDirectories(store.resolve("indexes/photos/published"));
    assertThat(publish(store, Map.of())).contains("--name photos");
    Files.createDirectories(store.resolve("indexes/paintings/published"));
    assertThat(publish(store, Map.of())).contains("--name paintings");
    assertThat(publish(store, Map.of("index.name", "maps"))).contains("--name maps");
    Files.createDirectories(store.resolve("indexes/default/published"));
    assertThat(publish(store, Map.of())).contains("--name default");
  }

  @Test
  void printedCommandsNameTheIndexOfARunFromWhichNoneHasCome(@TempDir Path folder) {
    Path store = folder.resolve("store");
    run("reindex", "snapshot", store, Map.of("index.name", "photos"));
    run("snapshot", "snapshot", store, Map.of());
    assertThat(publish(store, Map.of())).contains("--name photos");
    assertThat(publish(store, Map.of("index.name", "maps"))).contains("--name maps");
  }

  @Test
  void printedCommandsNameTheCatalogueThatWasListedNotTheUsualOne(@TempDir Path folder)
      throws IOException {
    Path store = folder.resolve("store");
    Path usual = Files.writeString(folder.resolve("usual.conf"), "catalogue.uri = /usual");
    Map<String, String> own = Map.of("store", store.toString());
    assertThat(plan("status", Settings.load(usual, own))).contains("--catalogue /usual");
    run("reindex", "snapshot", store, Map.of("catalogue.uri", "/other"));
    assertThat(plan("status", Settings.load(usual, own))).contains("--catalogue /other");
    // Who is told where the catalogue is means that one.
    assertThat(plan("reindex", Settings.load(usual, own))).contains("--catalogue /usual");
    assertThat(plan("status", Settings.load(usual, own).with("catalogue.uri", "/third")))
        .contains("--catalogue /third");
  }

  private static Console unread() {
    return new Console(
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
  }

  private static String plan(String command, Settings settings) {
    LocalSpark.use("local[2]");
    try (JobContext context = JobContext.look(command, settings, unread())) {
      return context.line("plan").toString();
    }
  }

  private static void run(String command, String job, Path store, Map<String, String> settings) {
    LocalSpark.use("local[2]");
    Map<String, String> pairs = new TreeMap<>(settings);
    pairs.put("store", store.toString());
    Settings said = Settings.load(null, pairs);
    try (JobContext context = JobContext.create(command, said, unread())) {
      RunLog.start(context, job).succeeded(new Counts());
    }
  }

  private static String publish(Path store, Map<String, String> settings) {
    try (JobContext context = LocalSpark.context(store, settings)) {
      return context.line("publish").toString();
    }
  }
}
