package dev.remap.jobs.run;

import dev.remap.jobs.config.TaskConfiguration;
import java.time.Duration;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkContext$;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Option;

/**
 * The Spark of a command's jobs. Its start may take as long as its master does not answer, and is
 * all that waits for it.
 */
final class SharedSpark implements AutoCloseable {
  private final SparkConf conf;
  private final Optional<String> lessCores;
  private final Console console;
  private volatile JavaSparkContext spark;
  private Duration wait = Duration.ofMinutes(10);
  private Optional<ExecutorWatch> watch = Optional.empty();
  private boolean isOwn;
  private Broadcast<TaskConfiguration> hadoopForTasks;

  SharedSpark(SparkConf conf, Console console) {
    this.conf = conf;
    this.console = console;
    this.lessCores = TaskCores.fit(conf);
  }

  /** How long a standalone cluster may take to have executors again, once Spark has started. */
  synchronized void waiting(Duration most) {
    wait = most;
  }

  SparkConf conf() {
    return conf;
  }

  boolean isStarted() {
    return spark != null;
  }

  /** Started by the first call, or what runs in this JVM already. */
  synchronized JavaSparkContext start() {
    if (spark == null) {
      lessCores.ifPresent(line -> console.say("%s", line));
      Option<SparkContext> running = SparkContext$.MODULE$.getActive();
      isOwn = running.isEmpty();
      SparkContext context = isOwn ? SparkStart.context(conf) : running.get();
      if (isOwn && !context.isLocal()) {
        watch = Optional.of(ExecutorWatch.of(context, wait));
      }
      spark = JavaSparkContext.fromSparkContext(context);
    }
    return spark;
  }

  /** How many tasks it would run at once as threads of this process; 0 if it would not. */
  synchronized int threadsInstead() {
    boolean isNone = spark == null && SparkContext$.MODULE$.getActive().isEmpty();
    return isNone ? SparkStart.localTasks(conf) : 0;
  }

  /** Hadoop's configuration for tasks. */
  synchronized Broadcast<TaskConfiguration> forTasks(Configuration hadoop) {
    if (hadoopForTasks == null) {
      hadoopForTasks = start().broadcast(new TaskConfiguration(hadoop));
    }
    return hadoopForTasks;
  }

  /** Stops it, unless it ran before. */
  @Override
  public void close() {
    if (spark != null && isOwn) {
      watch.ifPresent(ExecutorWatch::close);
      // Answers that come too late fall over with a trace.
      Logs.muted(spark::stop);
    }
  }
}
