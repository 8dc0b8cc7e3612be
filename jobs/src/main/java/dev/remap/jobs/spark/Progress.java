package dev.remap.jobs.spark;

import dev.remap.jobs.run.Console;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple4;
import scala.collection.Iterator;
import scala.collection.Seq;

/**
 * Progress of a long step, for reading only: rows done as executors report them with their
 * heartbeats; an attempt that fails takes back what it has reported. Books are made from committed
 * records, never from these numbers.
 */
public final class Progress extends SparkListener implements AutoCloseable {
  private static final long LINE_EVERY_NANOS = 10_000_000_000L;

  private final JavaSparkContext spark;
  private final Console console;
  private final String noun;
  private final long total;
  private final LongAccumulator done;
  private final LongAccumulator rejects;
  private final Map<Long, long[]> running = new HashMap<>();
  private final long started = System.nanoTime();
  private long lastLine = started;

  /** Starts reporting {@code total} things called {@code noun}; {@link #close} ends it. */
  public Progress(JavaSparkContext spark, Console console, String noun, long total) {
    this.spark = spark;
    this.console = console;
    this.noun = noun;
    this.total = total;
    this.done = spark.sc().longAccumulator("remap.done");
    this.rejects = spark.sc().longAccumulator("remap.rejects");
    spark.sc().addSparkListener(this);
  }

  /** The counter that tasks add finished rows to. */
  public LongAccumulator done() {
    return done;
  }

  /** The counter that tasks add rejected rows to. */
  public LongAccumulator rejects() {
    return rejects;
  }

  @Override
  public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    // Its own method returns another type of sequence in each version of Scala.
    Iterator<?> tasks = ((Seq<?>) update.productElement(1)).iterator();
    while (tasks.hasNext()) {
      Tuple4<?, ?, ?, ?> task = (Tuple4<?, ?, ?, ?>) tasks.next();
      running.put((Long) task._1(), counts((Seq<?>) task._4()));
    }
    line();
  }

  private long[] counts(Seq<?> updates) {
    long[] counts = new long[2];
    for (Iterator<?> each = updates.iterator(); each.hasNext(); ) {
      AccumulableInfo info = (AccumulableInfo) each.next();
      if (info.id() == done.id()) {
        counts[0] = value(info);
      } else if (info.id() == rejects.id()) {
        counts[1] = value(info);
      }
    }
    return counts;
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    running.remove(end.taskInfo().taskId());
    line();
  }

  private static long value(AccumulableInfo info) {
    return info.update().isDefined() ? ((Number) info.update().get()).longValue() : 0;
  }

  private void line() {
    long now = System.nanoTime();
    if (now - lastLine < LINE_EVERY_NANOS) {
      return;
    }
    lastLine = now;
    long count = done.value();
    long bad = rejects.value();
    for (long[] counts : running.values()) {
      count += counts[0];
      bad += counts[1];
    }
    if (count > 0) {
      console.say("%s", line(noun, count, total, bad, (now - started) / 1e9));
    }
  }

  /**
   * What is said.
   *
   * @param count rows that tasks have reported; those of failed and repeated attempts count again
   * @param total 0 where nobody knows
   */
  static String line(String noun, long count, long total, long bad, double seconds) {
    double rate = count / seconds;
    String speed = String.format(Locale.ROOT, "%.1f/s, %,d rejected", rate, bad);
    if (total <= 0) {
      return String.format(Locale.ROOT, "  %,d %s, %s", count, noun, speed);
    }
    long shown = Math.min(count, total);
    return String.format(
        Locale.ROOT,
        "  %,d of %,d %s (%d %%), %s, %s",
        shown,
        total,
        noun,
        (long) (100.0 * shown / total),
        speed,
        count > total ? "some are done again" : Console.seconds((total - count) / rate) + " left");
  }

  @Override
  public void close() {
    spark.sc().removeSparkListener(this);
  }
}
