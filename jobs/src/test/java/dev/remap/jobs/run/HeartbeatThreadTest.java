package dev.remap.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.run.Heartbeats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class HeartbeatThreadTest {
  private static final String RUN = "run-1";

  @TempDir private Path folder;
  private Store store;
  private Heartbeats beats;

  @BeforeEach
  void open() {
    store = Store.openOrCreate(folder.toString(), new Configuration());
    beats = new Heartbeats(store);
  }

  @Test
  void aRunIsAliveFromItsBeginningToItsEnd() {
    assertThat(beats.all()).isEmpty();
    try (HeartbeatThread heartbeat =
        HeartbeatThread.start(beats, RUN, "extract", Duration.ofDays(1))) {
      assertThat(heartbeat).isNotNull();
      assertThat(beats.all())
          .singleElement()
          .satisfies(
              beat -> {
                assertThat(beat.run()).isEqualTo(RUN);
                assertThat(beat.since()).isPositive().isLessThanOrEqualTo(beat.last());
                assertThat(beat.last()).isLessThanOrEqualTo(store.tree().now());
              });
    }
    assertThat(beats.all()).isEmpty();
  }

  @Test
  @Timeout(60)
  void itGivesOneSignAfterTheOther() throws IOException {
    Path sign = folder.resolve("heartbeats/" + RUN + ".beat");
    Path since = folder.resolve("heartbeats/" + RUN + ".since");
    try (HeartbeatThread heartbeat =
        HeartbeatThread.start(beats, RUN, "extract", Duration.ofMillis(1))) {
      assertThat(heartbeat).isNotNull();
      Object began = Files.getLastModifiedTime(since);
      for (int i = 0; i < 3; i++) {
        Files.deleteIfExists(sign);
        while (!Files.exists(sign)) {
          Thread.onSpinWait();
        }
      }
      assertThat(Files.getLastModifiedTime(since)).isEqualTo(began);
    }
    assertThat(sign).doesNotExist();
  }

  @Test
  void aStorageThatTakesNoSignDoesNotEndTheRun() throws IOException {
    Files.writeString(folder.resolve("heartbeats"), "in the way");

    try (HeartbeatThread heartbeat =
        HeartbeatThread.start(beats, RUN, "extract", Duration.ofMillis(1))) {
      assertThat(heartbeat).isNotNull();
    }
    assertThat(folder.resolve("heartbeats")).hasContent("in the way");
  }
}
