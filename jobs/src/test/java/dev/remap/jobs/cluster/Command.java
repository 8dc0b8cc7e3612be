package dev.remap.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code bin/remap} as its user calls it, on a cluster. */
final class Command {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final String master;
  private final Path folder;
  private final List<String> options = new ArrayList<>();
  private final Map<String, String> environment = new TreeMap<>();
  private final Map<String, String> properties = new TreeMap<>();
  private final Map<String, String> settings = new TreeMap<>();
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

  /** Runs it; returns what it said. */
  String succeed(String... arguments) {
    return run(0, arguments);
  }

  /** As {@link #succeed}, where the exit status must be 1. */
  String fail(String... arguments) {
    return run(1, arguments);
  }

  private String run(int status, String... arguments) {
    List<String> line = new ArrayList<>();
    line.add(StandaloneCluster.HOME.resolve("bin/remap").toString());
    line.addAll(List.of(arguments));
    line.addAll(List.of("--master", master, "--executor-memory", "1g"));
    line.addAll(options);
    line.addAll(Place.options(properties));
    settings.forEach((key, value) -> line.addAll(List.of("--set", key + "=" + value)));
    ProcessBuilder process = new ProcessBuilder(line);
    process.environment().keySet().removeIf(name -> name.matches("(SPARK|HADOOP|YARN)_.*"));
    process.environment().putAll(environment);
    process.environment().put("REMAP_DRIVER_MEMORY", "1g");
    process.environment().put("JAVA_TOOL_OPTIONS", Java.SHORT_LIVED);
    Path log = folder.resolve("remap-" + ++runs + "-" + arguments[0] + ".log");
    try (Child child = Child.start(process, log)) {
      int ended = child.exit(LIMIT);
      assertThat(ended).as("remap %s: %s", List.of(arguments), child.text()).isEqualTo(status);
      return child.text();
    }
  }
}
