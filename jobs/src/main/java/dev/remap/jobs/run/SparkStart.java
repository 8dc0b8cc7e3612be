package dev.remap.jobs.run;

import dev.remap.core.natives.NativeException;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.Plain;
import java.io.IOException;
import java.io.InvalidClassException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;

/** Configures and starts Spark; where that takes long, says what is waited for. */
public final class SparkStart {
  /** What ids begin with that a standalone master gives. */
  private static final String STANDALONE_ID = "app-";

  static final String STOPPED =
      "Spark has ended this run: its master has gone or has taken the application out";

  private static final long FIRST_MILLIS = 10_000;
  private static final long EVERY_MILLIS = 30_000;
  private static final Pattern LOCAL =
      Pattern.compile("local(?:\\[(\\*|[1-9][0-9]{0,5})(?:, *[0-9]+)?])?");
  private static final Pattern LOCAL_CLUSTER =
      Pattern.compile("local-cluster\\[ *[0-9]+ *, *[0-9]+ *, *[0-9]+ *]");

  /** Several where one may take another's place. */
  private static final Pattern STANDALONE =
      Pattern.compile("spark://%1$s(?:,%1$s)*".formatted("[^\\s/?#@_,]+:[0-9]{1,5}"));

  /** What Hadoop's own files say, read once by a process that runs many commands. */
  private static final Configuration HADOOP_FILES = hadoopFiles();

  private SparkStart() {}

  private static Configuration hadoopFiles() {
    Configuration files = new Configuration();
    // Where Spark on YARN has them.
    files.addResource("__spark_hadoop_conf__.xml");
    // Reads them.
    files.size();
    return files;
  }

  /** How many tasks run at once where the master is this process; 0 where it is not. */
  static int localTasks(SparkConf conf) {
    Matcher local = LOCAL.matcher(conf.get("spark.master"));
    if (!local.matches()) {
      return 0;
    }
    String given = local.group(1) == null ? "1" : local.group(1);
    int cores =
        given.equals("*") ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(given);
    return Math.max(1, cores / Math.max(1, conf.getInt("spark.task.cpus", 1)));
  }

  /** Hadoop's configuration with what Spark makes of these properties laid over it. */
  static Configuration hadoop(SparkConf conf) {
    Configuration hadoop = new Configuration(HADOOP_FILES);
    SparkHadoopUtil.get().appendS3AndSparkHadoopHiveConfigurations(conf, hadoop);
    return hadoop;
  }

  /** What the system properties say, and what a command needs beside. */
  static SparkConf conf(String command) {
    SparkConf conf = named(new SparkConf(), command);
    requireDriverHere(conf);
    conf.setIfMissing("spark.master", "local[*]");
    requireMaster(conf.get("spark.master"));
    requireLocalFolder(conf);
    // An image that kills its JVM costs three executors before it is known; others die as well.
    conf.setIfMissing("spark.task.maxFailures", "8");
    // What comes to the driver is bounded where it is asked for; a training sample is more than 1
    // GiB.
    conf.setIfMissing("spark.driver.maxResultSize", "0");
    ExecutorEnvironment.complete(conf);
    return conf;
  }

  /** A name that was given to spark-submit wins; without one, that has the name of a class. */
  private static SparkConf named(SparkConf conf, String command) {
    String name = conf.get("spark.app.name", "");
    return name.isEmpty() || name.equals("dev.remap.jobs.cli.Main")
        ? conf.setAppName("remap " + command)
        : conf;
  }

  /** Elsewhere, its exit status would not arrive, and settings would name files of another host. */
  private static void requireDriverHere(SparkConf conf) {
    if (!conf.get("spark.submit.deployMode", "client").equals("client")) {
      throw new InputException(
          "the driver runs where the command is called, so that its exit status and what it says"
              + " arrive: leave out --deploy-mode %s (spark.submit.deployMode)",
          conf.get("spark.submit.deployMode"));
    }
  }

  private static void requireMaster(String master) {
    if (master.startsWith("local")
        && !LOCAL.matcher(master).matches()
        && !LOCAL_CLUSTER.matcher(master).matches()) {
      throw new InputException(
          "--master %s is no master of Spark's: local[N] has N tasks at once, local[*] as many as"
              + " there are cores",
          master);
    }
    if (master.startsWith("spark:") && !STANDALONE.matcher(master).matches()) {
      throw new InputException(
          "--master %s is no master of Spark's: spark://HOST:PORT names the port, too, which is"
              + " 7077 unless the master was given another one",
          master);
    }
  }

  /** Spark ends its process without a word where it can make none of its folders. */
  private static void requireLocalFolder(SparkConf conf) {
    String set = Optional.ofNullable(System.getenv("SPARK_LOCAL_DIRS")).orElse("");
    String folders = set.isEmpty() ? conf.get("spark.local.dir", "") : set;
    if (!folders.isEmpty() && Stream.of(folders.split(",", -1)).noneMatch(SparkStart::isWritable)) {
      throw new InputException(
          "%s names %s, where no folder can be made on this machine: name one that there is, with"
              + " room for what tasks exchange",
          set.isEmpty() ? "spark.local.dir" : "SPARK_LOCAL_DIRS", folders);
    }
  }

  private static boolean isWritable(String folder) {
    try {
      Files.createDirectories(Path.of(folder.strip()));
      return Files.isWritable(Path.of(folder.strip()));
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }

  /**
   * A new context.
   *
   * @throws JobFailedException with what to look at, if there is none to be had
   */
  static SparkContext context(SparkConf conf) {
    String master = conf.get("spark.master");
    long started = System.nanoTime();
    Thread watch = new Thread(() -> tell(master, started), "remap-spark-start");
    watch.setDaemon(true);
    if (!master.startsWith("local")) {
      watch.start();
    }
    try {
      return Logs.withoutSparks(() -> registered(SparkContext.getOrCreate(conf)));
    } catch (Exception | LinkageError e) {
      Interruption.await();
      throw new JobFailedException("%s", full(e).orElseGet(() -> failed(master, e)));
    } finally {
      watch.interrupt();
    }
  }

  /** A standalone master that never answers leaves a context that is about to stop by itself. */
  private static SparkContext registered(SparkContext context) {
    if (context.master().startsWith("spark://")
        && !context.applicationId().startsWith(STANDALONE_ID)) {
      Logs.muted(context::stop);
      throw new JobFailedException("it has not answered in a minute");
    }
    return context;
  }

  private static void tell(String master, long started) {
    try {
      Thread.sleep(FIRST_MILLIS);
      while (!Interruption.isUnderway()) {
        System.err.println(waiting(master, (System.nanoTime() - started) / 1e9));
        Thread.sleep(EVERY_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static String waiting(String master, double seconds) {
    return Plain.format(
        "remap: waiting for Spark's master %s, which has not answered for %s",
        master, Console.seconds(seconds));
  }

  static String failed(String master, Throwable failure) {
    return Plain.format(
        "Spark %s cannot be started on %s: %s.%s",
        org.apache.spark.package$.MODULE$.SPARK_VERSION(),
        master,
        InputException.reason(failure).replaceFirst("\\.$", ""),
        master.startsWith("local")
            ? ""
            : " Is the master there (--master), does this machine reach it, and does it run the"
                + " same version of Spark (SPARK_HOME)?");
  }

  /** What is said where driver and executors do not understand each other. */
  public static Optional<String> misfit(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String said = String.valueOf(cause);
      if (said.contains(InvalidClassException.class.getName())
          || said.contains("local class incompatible")) {
        return Optional.of(
            Plain.format(
                "the executors run another version of Spark than this driver, which is of %s: let"
                    + " SPARK_HOME name the Spark that the cluster runs",
                org.apache.spark.package$.MODULE$.SPARK_VERSION()));
      }
      if (cause instanceof UnsupportedOperationException && said.contains("getSubject")) {
        return Optional.of(
            Plain.format(
                "Java %d is too new for the Hadoop of this Spark: let JAVA_HOME name a Java 17",
                Runtime.version().feature()));
      }
    }
    return Optional.empty();
  }

  /** What is said where Spark has stopped under a run. */
  public static Optional<String> stopped(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String said = String.valueOf(cause.getMessage());
      if (said.contains("SparkContext has been shutdown")
          || said.contains("on a stopped SparkContext")
          || said.contains("because SparkContext was shut down")) {
        return Optional.of(STOPPED);
      }
    }
    return Optional.empty();
  }

  /** What is said where the failure is a disk without space. */
  public static Optional<String> full(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (String.valueOf(cause.getMessage()).contains("No space left on device")) {
        return Optional.of(
            Plain.format(
                "no space is left for temporary files: free some in %s, or name another folder by"
                    + " JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=FOLDER (and where Spark has its own, by"
                    + " --conf spark.local.dir=FOLDER)",
                System.getProperty("java.io.tmpdir")));
      }
    }
    return Optional.empty();
  }

  /** What is said where a native library could not be loaded. */
  public static Optional<String> unloaded(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof NativeException) {
        return Optional.of(cause.getMessage());
      }
    }
    return Optional.empty();
  }
}
