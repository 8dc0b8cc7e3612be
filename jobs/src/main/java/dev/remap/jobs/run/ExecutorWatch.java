package dev.remap.jobs.run;

import dev.remap.jobs.store.Plain;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Looks whether a cluster still has executors for a run, which Spark waits for without a word and
 * without an end. Said is what is waited for; a run that a standalone cluster has left alone ends,
 * as a master that comes back knows nothing of it.
 */
final class ExecutorWatch {
  private static final long FIRST_SECONDS = 10;
  private static final long EVERY_SECONDS = 60;

  private final JavaSparkContext spark;
  private final long mostSeconds;
  private final boolean isStandalone;
  private boolean hasHadSome;
  private long lastSeen;
  private long nextSaid = FIRST_SECONDS;
  private volatile boolean isClosed;

  /**
   * @param most without executors, from which on a run on a standalone cluster ends
   */
  private ExecutorWatch(SparkContext spark, Duration most) {
    this.spark = JavaSparkContext.fromSparkContext(spark);
    this.mostSeconds = most.toSeconds();
    this.isStandalone = spark.master().startsWith("spark://");
  }

  /** Begins to look. */
  static ExecutorWatch of(SparkContext spark, Duration most) {
    ExecutorWatch watch = new ExecutorWatch(spark, most);
    Thread thread = new Thread(watch::look, "remap-executor-watch");
    thread.setDaemon(true);
    thread.start();
    return watch;
  }

  /** Spark is about to be stopped. */
  void close() {
    isClosed = true;
  }

  private void look() {
    lastSeen = System.nanoTime();
    try {
      while (!isClosed && !Interruption.isUnderway()) {
        TimeUnit.SECONDS.sleep(1);
        if (spark.sc().isStopped()) {
          stopped();
          return;
        }
        look(spark.sc().getExecutorMemoryStatus().size() - 1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      stopped();
    }
  }

  private void stopped() {
    if (!isClosed) {
      Interruption.because(SparkStart.STOPPED, 1);
    }
  }

  private void look(int executors) {
    boolean areWanted = spark.statusTracker().getActiveStageIds().length > 0;
    if (executors > 0 || !areWanted) {
      hasHadSome |= executors > 0;
      lastSeen = System.nanoTime();
      nextSaid = FIRST_SECONDS;
      return;
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - lastSeen);
    if (isStandalone && hasHadSome && seconds >= mostSeconds) {
      Interruption.because(
          Plain.format(
              "no executor of %s has been there for %s",
              spark.master(), Console.seconds((double) seconds)),
          1);
    } else if (seconds >= nextSaid) {
      nextSaid += EVERY_SECONDS;
      System.err.println(
          Plain.format(
              "remap: waiting for executors of %s: there has been none for %s",
              spark.master(), Console.seconds((double) seconds)));
    }
  }
}
