package dev.remap.jobs.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A standalone Spark cluster of real processes, from the Spark that {@code bin/remap} embeds: a
 * master and workers on the loopback interface, at ports that are free.
 */
final class StandaloneCluster implements AutoCloseable {
  static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  static final Path SPARK = HOME.resolve("jobs/target/spark");
  static final Path JAR = HOME.resolve("jobs/target/remap-index.jar");
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String EXECUTOR = "CoarseGrainedExecutorBackend";

  private final List<Child> children = new ArrayList<>();
  private String url;

  private StandaloneCluster() {}

  /**
   * A worker to be.
   *
   * @param environment of it and its executors
   * @param properties of Spark, as {@code SPARK_WORKER_OPTS} would have them
   */
  record Worker(int cores, Map<String, String> environment, Map<String, String> properties) {
    Worker(int cores) {
      this(cores, Map.of(), Map.of());
    }
  }

  /**
   * Starts it and waits until every worker is registered.
   *
   * @param folder for logs and whatever executors leave
   */
  static StandaloneCluster start(Path folder, List<Worker> workers) {
    StandaloneCluster cluster = new StandaloneCluster();
    try {
      Child master = cluster.master(folder);
      for (int i = 0; i < workers.size(); i++) {
        cluster.worker(folder, "worker-" + i, workers.get(i));
      }
      master.await(Pattern.compile("Registering worker"), workers.size(), LIMIT);
      return cluster;
    } catch (RuntimeException | IOException e) {
      cluster.close();
      throw new IllegalStateException("the cluster does not start, see " + folder, e);
    }
  }

  private Child master(Path folder) throws IOException {
    ProcessBuilder process =
        process(
            folder,
            Map.of(),
            "org.apache.spark.deploy.master.Master",
            List.of("--host", "127.0.0.1", "--port", "0", "--webui-port", "0"));
    Child master = Child.start(process, folder.resolve("master.log"));
    children.add(master);
    url =
        master.await(Pattern.compile("Starting Spark master at (spark://\\S+)"), 1, LIMIT).group(1);
    return master;
  }

  private void worker(Path folder, String name, Worker worker) throws IOException {
    ProcessBuilder process =
        process(
            folder,
            worker.properties,
            "org.apache.spark.deploy.worker.Worker",
            List.of(
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--webui-port",
                "0",
                "--cores",
                Integer.toString(worker.cores),
                "--memory",
                "8g",
                "--work-dir",
                folder.resolve(name).toString(),
                url));
    process.environment().putAll(worker.environment);
    children.add(Child.start(process, folder.resolve(name + ".log")));
  }

  private static ProcessBuilder process(
      Path folder, Map<String, String> properties, String main, List<String> arguments)
      throws IOException {
    Path local = Files.createDirectories(folder.resolve("local"));
    List<String> command = new ArrayList<>(Java.command("256m"));
    properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(List.of("-cp", SPARK.resolve("jars") + "/*", main));
    command.addAll(arguments);
    ProcessBuilder process = new ProcessBuilder(command);
    Java.forget(process);
    process
        .environment()
        .putAll(
            Map.of(
                "SPARK_HOME",
                SPARK.toString(),
                "SPARK_SCALA_VERSION",
                "2.13",
                "SPARK_LOCAL_IP",
                "127.0.0.1",
                "SPARK_LOCAL_DIRS",
                local.toString()));
    return process;
  }

  /** For {@code --master}. */
  String url() {
    return url;
  }

  /** The processes of all executors there are. */
  List<ProcessHandle> executors() {
    return children.stream()
        .flatMap(child -> child.handle().descendants())
        .filter(StandaloneCluster::isExecutor)
        .toList();
  }

  private static boolean isExecutor(ProcessHandle process) {
    try {
      // ProcessHandle knows no command line of more than a page, and that of an executor is.
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline")).contains(EXECUTOR);
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether all its processes are there. */
  boolean isWhole() {
    return children.stream().allMatch(Child::isAlive);
  }

  /** What executors of a worker wrote to their standard error, each in a file. */
  static List<Path> executorLogs(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.endsWith("stderr")).sorted().toList();
    }
  }

  @Override
  public void close() {
    // The workers first: an executor whose worker is gone ends by itself.
    for (int i = children.size() - 1; i >= 0; i--) {
      children.get(i).close();
    }
  }
}
