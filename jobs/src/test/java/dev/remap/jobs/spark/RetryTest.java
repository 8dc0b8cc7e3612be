package dev.remap.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.run.OutageException;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Units that an outage stopped are tried again after a pause, others at once. */
class RetryTest {
  private static final AtomicInteger CALLS = new AtomicInteger();
  private static final String FULL = "No space left on device";

  @TempDir private Path folder;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @Test
  void anOutageThatPassesIsSurvived() {
    List<Integer> results =
        run(
            (unit, task) -> {
              if (CALLS.incrementAndGet() < 3) {
                throw StoreException.of("read", "s3a://bucket/x", new IOException("503 Slow Down"));
              }
              return unit;
            });

    assertThat(results).containsExactly(7);
    assertThat(said.toString(StandardCharsets.UTF_8).lines())
        .filteredOn(line -> line.contains("storage did not answer for 1 unit"))
        .hasSize(2);
  }

  @Test
  void damageIsNoReasonToWait() {
    assertThatThrownBy(
            () ->
                run(
                    (unit, task) -> {
                      throw StoreException.damaged("file", "a byte is wrong");
                    }))
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("a byte is wrong");

    assertThat(said.toString(StandardCharsets.UTF_8)).doesNotContain("did not answer");
  }

  @Test
  void aFullFolderForTemporaryFilesIsASentenceAndNoReasonToWait() {
    assertThatThrownBy(
            () ->
                run(
                    (unit, task) -> {
                      throw new IllegalStateException("Cannot load", new IOException(FULL));
                    }))
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining(
            "part 0: no space is left for temporary files: free some in "
                + System.getProperty("java.io.tmpdir"));

    assertThat(said.toString(StandardCharsets.UTF_8)).doesNotContain("did not answer");
  }

  @Test
  void onlyWhatMayPassIsWaitedFor() {
    assertThat(Backoff.helps(new OutageException("unreachable"))).isTrue();
    assertThat(Backoff.helps(new IOException("connection reset"))).isTrue();
    assertThat(Backoff.helps(new IllegalStateException(new IOException("reset")))).isTrue();
    assertThat(Backoff.helps(new FileNotFoundException("gone"))).isFalse();
    assertThat(Backoff.helps(StoreException.of("write", "f", new IOException(FULL)))).isFalse();
    assertThat(Backoff.helps(new JobFailedException("books"))).isFalse();
    assertThat(Backoff.helps(StoreException.damaged("f", "x", new IOException("x")))).isFalse();
  }

  private List<Integer> run(UnitRunner.Work<Integer, Integer> work) {
    CALLS.set(0);
    LocalSpark.use("local[1]");
    String store = folder.toUri().toString();
    Store.openOrCreate(store, new Configuration());
    Settings settings =
        Settings.load(null, Map.of("store", store, "unit.attempts", "3", "unit.retry-wait", "1ms"));
    Console console = new Console(new PrintStream(said, true, StandardCharsets.UTF_8));
    try (JobContext context = JobContext.open("test", settings, console)) {
      return new UnitRunner(context, "things").run(List.of(7), 1, work);
    } finally {
      LocalSpark.use("local[2]");
    }
  }
}
