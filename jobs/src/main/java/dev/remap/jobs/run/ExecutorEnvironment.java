package dev.remap.jobs.run;

import java.util.Map;
import org.apache.spark.SparkConf;

/**
 * Variables that executors need to be fast and quiet: given to them by whoever submits, by hand or
 * by {@code bin/remap}. What Spark's configuration says of a variable wins.
 */
final class ExecutorEnvironment {
  private static final Map<String, String> VARIABLES =
      Map.of(
          // Tasks are the parallelism; a spinning OpenMP pool beside them only takes their cores.
          "OMP_NUM_THREADS", "1",
          "OMP_WAIT_POLICY", "PASSIVE",
          // libtorch on huge pages: half the time for a forward pass of a small network.
          "THP_MEM_ALLOC_ENABLE", "1",
          "OPENCV_LOG_LEVEL", "SILENT",
          // That NNPACK knows no such processor changes nothing.
          "TORCH_CPP_LOG_LEVEL", "ERROR",
          // DJL's telemetry.
          "OPT_OUT_TRACKING", "true");

  private ExecutorEnvironment() {}

  static void complete(SparkConf conf) {
    VARIABLES.forEach((name, value) -> conf.setIfMissing("spark.executorEnv." + name, value));
  }
}
