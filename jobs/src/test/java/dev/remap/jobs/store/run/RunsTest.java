package dev.remap.jobs.store.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.store.Golden;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunsTest {
  private static final RunStart START =
      new RunStart(
          "run-1",
          "extract",
          Instant.parse("2026-11-22T01:02:03Z"),
          new TreeMap<>(Map.of("unit-size", "10000", "batch", "16")),
          new TreeMap<>(Map.of("remap", "0.1.0", "spark", "4.1.2")));
  private static final RunEnd END =
      new RunEnd(
          "run-1",
          Instant.parse("2026-11-22T01:12:03Z"),
          Optional.of("unit 3 failed"),
          new TreeMap<>(Map.of("listed", 10L, "described", 9L)),
          new TreeMap<>(Map.of("plan", 12L, "run", 590_000L)));

  @TempDir private Path folder;
  private Store store;
  private Runs runs;

  @BeforeEach
  void open() {
    store = Store.openOrCreate(folder.toString(), new Configuration());
    runs = new Runs(store);
  }

  @Test
  void keepsHowARunBeganAndEnded() {
    runs.begin(START);
    assertThat(runs.end("run-1")).isEmpty();
    runs.end(END);

    assertThat(runs.ids()).containsExactly("run-1");
    assertThat(runs.start("run-1")).contains(START);
    assertThat(runs.end("run-1")).contains(END);
    assertThat(runs.start("run-2")).isEmpty();
  }

  @Test
  void keepsWhichGenerationARunRefused() {
    RunEnd refusal =
        new RunEnd(
            "run-1",
            END.at(),
            END.failure(),
            new TreeMap<>(),
            new TreeMap<>(),
            Optional.of(new RunEnd.Refused("default", 13)));

    runs.end(refusal);

    assertThat(runs.end("run-1")).contains(refusal);
  }

  @Test
  void writesBothAsTheGoldenFilesHaveThem() {
    assertThat(START.toBytes()).asString().isEqualTo(Golden.text("run-started"));
    assertThat(END.toBytes()).asString().isEqualTo(Golden.text("run-finished"));
  }

  @Test
  void refusesASecondRunOfTheSameId() {
    runs.begin(START);
    RunStart other =
        new RunStart("run-1", "build", START.at(), START.configuration(), START.versions());

    assertThatThrownBy(() -> runs.begin(other))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("two runs have the same id");
    assertThat(runs.start("run-1")).contains(START);
  }
}
