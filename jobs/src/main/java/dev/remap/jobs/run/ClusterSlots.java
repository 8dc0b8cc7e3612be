package dev.remap.jobs.run;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * What the Spark master offers.
 *
 * @param executors how many; one on a local master
 * @param tasksEach that run at once on each
 */
public record ClusterSlots(int executors, int tasksEach) {

  /** What it offers now; executors that are yet to come are not counted. */
  public static ClusterSlots of(JobContext context) {
    JavaSparkContext spark = context.spark();
    SparkConf conf = spark.getConf();
    // The driver is among them, and alone on a local master.
    int executors = Math.max(1, spark.sc().statusTracker().getExecutorInfos().length - 1);
    int cores = spark.isLocal() ? spark.defaultParallelism() : cores(spark, executors);
    int tasks = Math.max(1, cores / Math.max(1, conf.getInt("spark.task.cpus", 1)));
    return new ClusterSlots(executors, Math.min(tasks, tasksByGpu(conf)));
  }

  private static int cores(JavaSparkContext spark, int executors) {
    return spark
        .getConf()
        .getInt("spark.executor.cores", Math.max(1, spark.defaultParallelism() / executors));
  }

  private static int tasksByGpu(SparkConf conf) {
    double task = conf.getDouble("spark.task.resource.gpu.amount", 0);
    double executor = conf.getDouble("spark.executor.resource.gpu.amount", 0);
    return task > 0 && executor > 0
        ? (int) Math.max(1, Math.floor(executor / task))
        : Integer.MAX_VALUE;
  }

  public int slots() {
    return executors * tasksEach;
  }
}
