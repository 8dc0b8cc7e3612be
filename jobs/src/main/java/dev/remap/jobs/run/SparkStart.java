package dev.remap.jobs.run;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.Plain;
import java.io.InvalidClassException;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Starts Spark; where that takes long, says what is waited for. */
public final class SparkStart {
  private static final int FIRST_SECONDS = 10;
  private static final int EVERY_SECONDS = 30;

  private SparkStart() {}

  /**
   * A new session.
   *
   * @throws JobFailedException with what to look at, if there is none to be had
   */
  static SparkSession session(SparkConf conf) {
    String master = conf.get("spark.master");
    long started = System.nanoTime();
    ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(SparkStart::daemon);
    if (!master.startsWith("local")) {
      watch.scheduleWithFixedDelay(
          () -> System.err.println(waiting(master, (System.nanoTime() - started) / 1e9)),
          FIRST_SECONDS,
          EVERY_SECONDS,
          TimeUnit.SECONDS);
    }
    try {
      return SparkSession.builder().config(conf).getOrCreate();
    } catch (RuntimeException | LinkageError e) {
      throw new JobFailedException("%s", failed(master, e));
    } finally {
      watch.shutdownNow();
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

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "remap-spark-start");
    thread.setDaemon(true);
    return thread;
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
    }
    return Optional.empty();
  }
}
