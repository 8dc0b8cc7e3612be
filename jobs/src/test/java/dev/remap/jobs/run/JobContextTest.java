package dev.remap.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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

  private static String publish(Path store, Map<String, String> settings) {
    try (JobContext context = LocalSpark.context(store, settings)) {
      return context.line("publish").toString();
    }
  }
}
