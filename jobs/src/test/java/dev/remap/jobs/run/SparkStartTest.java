package dev.remap.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InvalidClassException;
import org.junit.jupiter.api.Test;

class SparkStartTest {
  @Test
  void aMasterThatDoesNotAnswerIsNamedWhileItIsWaitedFor() {
    assertThat(SparkStart.waiting("spark://h:7077", 10.2))
        .isEqualTo(
            "remap: waiting for Spark's master spark://h:7077, which has not answered for 10 s");
  }

  @Test
  void aSparkThatCannotBeStartedIsASentenceWithWhatToLookAt() {
    Exception failure =
        new IllegalStateException("stopped", new NullPointerException("no\nmaster."));

    assertThat(SparkStart.failed("spark://h:7077", failure))
        .matches("Spark [0-9.]+ cannot be started on spark://h:7077: no\\. Is the master there .*")
        .contains("SPARK_HOME");
    assertThat(SparkStart.failed("local[2]", failure)).endsWith("on local[2]: no.");
  }

  @Test
  void anotherSparkOnTheExecutorsIsToldFromOtherFailures() {
    Exception failure =
        new IllegalStateException(
            "Job aborted",
            new InvalidClassException("org.apache.spark.X", "local class incompatible"));

    assertThat(SparkStart.misfit(failure)).get().asString().contains("SPARK_HOME");
    assertThat(SparkStart.misfit(new IllegalStateException("Job aborted"))).isEmpty();
  }
}
