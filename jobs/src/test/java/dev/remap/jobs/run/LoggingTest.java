package dev.remap.jobs.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.junit.jupiter.api.Test;

/** What the delivered configuration leaves of Spark's warnings. */
class LoggingTest {
  @Test
  void lostTasksAreToldAndLargeOnesAreNot() {
    Logging.asDelivered();
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(printed, true, UTF_8));
    try {
      Logger tasks = LogManager.getLogger("org.apache.spark.scheduler.TaskSetManager");
      tasks.warn(
          "Stage 12 contains a task of very large size (6424 KiB). The maximum recommended task"
              + " size is 1000 KiB.");
      tasks.warn("Lost task 0.0 in stage 3.0 (TID 7) (host executor 1): it failed\n\tat a.b.C");
    } finally {
      System.setErr(before);
      Logging.quietly();
    }

    assertThat(printed.toString(UTF_8).lines())
        .singleElement()
        .asString()
        .endsWith(
            "TaskSetManager: Lost task 0.0 in stage 3.0 (TID 7) (host executor 1): it failed");
  }
}
