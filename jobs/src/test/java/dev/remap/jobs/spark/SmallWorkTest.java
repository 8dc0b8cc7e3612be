package dev.remap.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.apache.spark.SparkContext$;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallWorkTest {
  private static final AtomicInteger CALLS = new AtomicInteger();

  @TempDir private Path folder;
  private JobContext context;

  @BeforeEach
  void begin() {
    LocalSpark.session().stop();
    context = LocalSpark.context(folder, Map.of());
    CALLS.set(0);
  }

  @AfterEach
  void end() {
    context.close();
  }

  private static boolean isSparkHere() {
    return SparkContext$.MODULE$.getActive().isDefined();
  }

  private List<Integer> squares(int pieces) {
    List<Integer> all = IntStream.range(0, pieces).boxed().toList();
    return new SmallWork(context, "things")
        .run(
            all,
            (piece, store) -> {
              CALLS.incrementAndGet();
              return piece * piece;
            });
  }

  @Test
  void fewPiecesTakeNoSpark() {
    assertThat(squares(64)).hasSize(64).startsWith(0, 1, 4, 9).endsWith(63 * 63);
    assertThat(CALLS).hasValue(64);
    assertThat(isSparkHere()).isFalse();
  }

  @Test
  void manyAreTasks() {
    assertThat(squares(65)).hasSize(65).startsWith(0, 1, 4, 9).endsWith(64 * 64);
    assertThat(isSparkHere()).isTrue();
  }

  @Test
  void whatThreadsCannotReadTasksReadOnceMore() {
    List<Integer> read =
        new SmallWork(context, "things")
            .run(
                List.of(5),
                (piece, store) -> {
                  if (CALLS.getAndIncrement() == 0) {
                    throw new StoreException("away for a moment");
                  }
                  return piece + 1;
                });
    assertThat(read).containsExactly(6);
    assertThat(isSparkHere()).isTrue();
  }

  @Test
  void notMoreIsReadAtOnceThanSparkHasTasks() {
    context.close();
    context = LocalSpark.context(folder, Map.of(), "local[1]", new ByteArrayOutputStream());
    List<Integer> at =
        new SmallWork(context, "things")
            .run(
                IntStream.range(0, 9).boxed().toList(),
                (piece, store) -> {
                  int now = CALLS.incrementAndGet();
                  new CRC32().update(new byte[1 << 20]);
                  CALLS.decrementAndGet();
                  return now;
                });
    assertThat(at).containsOnly(1);
    assertThat(isSparkHere()).isFalse();
  }

  @Test
  void memoryThatThreadsLackTasksMayHave() {
    List<Integer> read =
        new SmallWork(context, "things")
            .run(
                List.of(5),
                (piece, store) -> {
                  if (CALLS.getAndIncrement() == 0) {
                    throw new OutOfMemoryError("for a moment");
                  }
                  return piece;
                });
    assertThat(read).containsExactly(5);
    assertThat(isSparkHere()).isTrue();
  }

  @Test
  void wrongInputEndsItAtOnce() {
    assertThatThrownBy(
            () ->
                new SmallWork(context, "things")
                    .run(
                        List.of(5),
                        (piece, store) -> {
                          CALLS.incrementAndGet();
                          throw new InputException("no such thing");
                        }))
        .isInstanceOf(InputException.class)
        .hasMessage("no such thing");
    assertThat(CALLS).hasValue(1);
    assertThat(isSparkHere()).isFalse();
  }
}
