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
  void sparksStartSaysWhatItThrowsAndNothingElse() throws Exception {
    Logging.asDelivered();
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(printed, true, UTF_8));
    try {
      Logger client =
          LogManager.getLogger("org.apache.spark.deploy.client.StandaloneAppClient$ClientEndpoint");
      Logger utils = LogManager.getLogger("org.apache.spark.util.Utils");
      Logs.withoutSparks(
          () -> {
            client.warn("Failed to connect to master h:7999");
            utils.error("Uncaught exception in thread main", new IllegalStateException("x"));
            LogManager.getLogger("dev.remap").warn("ours");
            return client;
          });
      client.warn("Connection to h:7999 failed");
      Logs.muted(() -> System.err.println("java.util.concurrent.RejectedExecutionException"));
      System.err.println("after it");
    } finally {
      System.setErr(before);
      Logging.quietly();
    }

    assertThat(printed.toString(UTF_8).lines())
        .satisfiesExactly(
            line -> assertThat(line).endsWith("ours"),
            line -> assertThat(line).endsWith("Connection to h:7999 failed"),
            line -> assertThat(line).isEqualTo("after it"));
  }

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
