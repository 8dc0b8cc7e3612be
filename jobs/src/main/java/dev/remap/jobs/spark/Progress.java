package dev.remap.jobs.spark;

import dev.remap.jobs.run.Console;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
  private final EnumMap<Meter, LongAccumulator> meters = new EnumMap<>(Meter.class);
  private final Map<Long, Map<Long, Long>> running = new HashMap<>();
  private final long started = System.nanoTime();
  private long lastLine = started;

  /** Starts reporting {@code total} things called {@code noun}; {@link #close} ends it. */
  public Progress(JavaSparkContext spark, Console console, String noun, long total) {
    this(spark, console, noun, total, Meter.ROWS);
  }

  Progress(JavaSparkContext spark, Console console, String noun, long total, Set<Meter> meters) {
    this.spark = spark;
    this.console = console;
    this.noun = noun;
    this.total = total;
    for (Meter meter : meters) {
      this.meters.put(meter, spark.sc().longAccumulator("remap." + meter.label()));
    }
    spark.sc().addSparkListener(this);
  }

  /** The counter that tasks add finished rows to. */
  public LongAccumulator done() {
    return meters.get(Meter.ROWS_DONE);
  }

  /** The counters that tasks add to. */
  EnumMap<Meter, LongAccumulator> meters() {
    return meters;
  }

  /** What tasks have counted that are over. */
  long settled(Meter meter) {
    return meters.get(meter).value();
  }

  /** What all tasks have counted, as far as they have told. */
  synchronized long value(Meter meter) {
    long id = meters.get(meter).id();
    return settled(meter)
        + running.values().stream().mapToLong(task -> task.getOrDefault(id, 0L)).sum();
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

  private Map<Long, Long> counts(Seq<?> updates) {
    Map<Long, Long> counts = new HashMap<>();
    for (Iterator<?> each = updates.iterator(); each.hasNext(); ) {
      AccumulableInfo info = (AccumulableInfo) each.next();
      if (meters.values().stream().anyMatch(meter -> meter.id() == info.id())) {
        counts.put(info.id(), value(info));
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
    long count = value(Meter.ROWS_DONE);
    long bad = value(Meter.ROWS_REJECTED);
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
