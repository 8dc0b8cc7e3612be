package dev.remap.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskCoresTest {
  private static int cores(SparkConf conf) {
    return conf.getInt("spark.task.cpus", 1);
  }

  private static SparkConf conf(String master, int wanted) {
    return new SparkConf(false)
        .set("spark.master", master)
        .set("spark.task.cpus", Integer.toString(wanted));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"local;1", "local[3];3", "local[3,8];3", "local-cluster[2,2,1024];2"})
  void aTaskThatNoExecutorHasRoomForGetsAllThatOneHas(String master, int cores) {
    SparkConf conf = conf(master, cores + 5);
    assertThat(TaskCores.fit(conf).orElseThrow())
        .contains("spark.task.cpus is " + (cores + 5), master + " has " + cores + ": tasks get");
    assertThat(cores(conf)).isEqualTo(cores);
  }

  @Test
  void executorsOfAClusterAreAskedForTheirCoresToo() {
    SparkConf yarn = conf("yarn", 8).set("spark.executor.cores", "4");
    assertThat(TaskCores.fit(yarn)).isPresent();
    assertThat(cores(yarn)).isEqualTo(4);
    SparkConf all = conf("local[*]", 10_000);
    assertThat(TaskCores.fit(all)).isPresent();
    assertThat(cores(all)).isEqualTo(Runtime.getRuntime().availableProcessors());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"local;1", "local[3];2", "local-cluster[2,2,1024];2", "yarn;64", "spark://a:7077;9"})
  void whatFitsOrCannotBeKnownStaysAsItIsWithoutAWord(String master, int wanted) {
    SparkConf conf = conf(master, wanted);
    assertThat(TaskCores.fit(conf)).isEmpty();
    assertThat(cores(conf)).isEqualTo(wanted);
  }
}
