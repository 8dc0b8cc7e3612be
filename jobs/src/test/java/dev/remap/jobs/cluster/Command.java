package dev.remap.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code bin/remap} as its user calls it, on a cluster; or {@code spark-submit} with its jar. */
final class Command {
  /** What the user has: a release, or the sources with what was built of them. */
  static final Path DELIVERED =
      Path.of(System.getProperty("drill.home", StandaloneCluster.HOME.toString()));

  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final String master;
  private final Path folder;
  private final List<String> options = new ArrayList<>();
  private final Map<String, String> environment = new TreeMap<>();
  private final Map<String, String> properties = new TreeMap<>();
  private final Map<String, String> settings = new TreeMap<>();
  private Path spark;
  private int runs;

  /**
   * @param master as {@code --master} takes it
   * @param folder for logs
   */
  Command(String master, Path folder) {
    this.master = master;
    this.folder = folder;
    properties.put("spark.executor.cores", "2");
    properties.put("spark.executor.extraJavaOptions", Java.SHORT_LIVED);
    properties.put("spark.driver.host", "127.0.0.1");
    properties.put("spark.driver.bindAddress", "127.0.0.1");
  }

  /** Spark's properties for all calls. */
  Command with(Map<String, String> more) {
    properties.putAll(more);
    return this;
  }

  /** A file of Spark's properties for all calls; the others win. */
  Command by(Path file) {
    options.addAll(List.of("--properties-file", file.toString()));
    return this;
  }

  /** Variables for all calls. */
  Command in(Map<String, String> more) {
    environment.putAll(more);
    return this;
  }

  Command set(Map<String, String> more) {
    settings.putAll(more);
    return this;
  }

  /**
   * From now on {@code spark-submit} of this Spark runs the jar, and nothing of ours comes before.
   */
  Command submittedBy(Path spark) {
    this.spark = spark;
    return this;
  }

  /** Runs it; returns what it said. */
  String succeed(String... arguments) {
    return run(0, arguments);
  }

  /** As {@link #succeed}, where the exit status must be 1. */
  String fail(String... arguments) {
    return run(1, arguments);
  }

  private String run(int status, String... arguments) {
    List<String> cluster = new ArrayList<>(List.of("--master", master, "--executor-memory", "1g"));
    cluster.addAll(options);
    cluster.addAll(Place.options(properties));
    List<String> own = new ArrayList<>(List.of(arguments));
    settings.forEach((key, value) -> own.addAll(List.of("--set", key + "=" + value)));
    ProcessBuilder process =
        inItsPlace(spark == null ? byRemap(own, cluster) : bySparkSubmit(own, cluster));
    process.environment().put("JAVA_TOOL_OPTIONS", Java.SHORT_LIVED);
    Path log = folder.resolve("remap-" + ++runs + "-" + arguments[0] + ".log");
    try (Child child = Child.start(process, log)) {
      int ended = child.exit(LIMIT);
      assertThat(ended).as("remap %s: %s", List.of(arguments), child.text()).isEqualTo(status);
      return child.text();
    }
  }

  private static List<String> byRemap(List<String> own, List<String> cluster) {
    List<String> line = new ArrayList<>(List.of(DELIVERED.resolve("bin/remap").toString()));
    line.addAll(own);
    line.addAll(cluster);
    return line;
  }

  /**
   * The line that Spark's own script runs: its launcher prints it, each word with a zero behind.
   */
  private List<String> bySparkSubmit(List<String> own, List<String> cluster) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-cp", spark.resolve("jars") + File.separator + "*"));
    line.add("org.apache.spark.launcher.Main");
    line.add("org.apache.spark.deploy.SparkSubmit");
    line.addAll(List.of("--class", "dev.remap.jobs.cli.Main"));
    line.addAll(cluster);
    line.add(jar().toString());
    line.addAll(own);
    try {
      Process launcher = inItsPlace(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String printed = new String(launcher.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return List.of(printed.substring(printed.indexOf('\n') + 1).split("\0"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path jar() {
    Path released = DELIVERED.resolve("lib/remap-index.jar");
    return released.toFile().exists() ? released : StandaloneCluster.JAR;
  }

  /** In a folder of no meaning, with nothing of ours in the environment. */
  private ProcessBuilder inItsPlace(List<String> line) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ProcessBuilder process = new ProcessBuilder(line).directory(folder.toFile());
    Java.forget(process);
    process.environment().putAll(environment);
    if (spark == null) {
      process.environment().put("REMAP_DRIVER_MEMORY", "1g");
    } else {
      process.environment().put("SPARK_HOME", spark.toString());
      process.environment().put("SPARK_SCALA_VERSION", "2.13");
    }
    return process;
  }
}
