package dev.remap.jobs.run;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;

/**
 * How many cores a task is given: never more than an executor has, where no task would ever run.
 */
final class TaskCores {
  private static final String TASK = "spark.task.cpus";
  private static final Pattern LOCAL = Pattern.compile("local(?:\\[(\\d+|\\*)(?:,.*)?])?");
  private static final Pattern LOCAL_CLUSTER = Pattern.compile("local-cluster\\[\\d+,(\\d+),.*");

  private TaskCores() {}

  /** Lowers what was asked for to what there is, and then has a sentence that says so. */
  static Optional<String> fit(SparkConf conf) {
    int wanted = conf.getInt(TASK, 1);
    OptionalInt offered = ofExecutor(conf);
    if (offered.isPresent() && wanted > offered.getAsInt()) {
      conf.set(TASK, Integer.toString(offered.getAsInt()));
      return Optional.of(
          "%s is %d, but an executor of %s has %d: tasks get %d, and go on more slowly"
              .formatted(
                  TASK, wanted, conf.get("spark.master"), offered.getAsInt(), offered.getAsInt()));
    }
    return Optional.empty();
  }

  /** Nothing where only the cluster knows. */
  private static OptionalInt ofExecutor(SparkConf conf) {
    String master = conf.get("spark.master");
    Matcher local = LOCAL.matcher(master);
    if (local.matches()) {
      String cores = local.group(1);
      return OptionalInt.of(
          cores == null
              ? 1
              : cores.equals("*")
                  ? Runtime.getRuntime().availableProcessors()
                  : Math.max(1, Integer.parseInt(cores)));
    }
    Matcher cluster = LOCAL_CLUSTER.matcher(master);
    if (cluster.matches()) {
      return OptionalInt.of(Math.max(1, Integer.parseInt(cluster.group(1))));
    }
    int cores = conf.getInt("spark.executor.cores", 0);
    return cores > 0 ? OptionalInt.of(cores) : OptionalInt.empty();
  }
}
