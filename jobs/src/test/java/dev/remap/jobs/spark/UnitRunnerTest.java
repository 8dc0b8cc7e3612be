package dev.remap.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.Gauge;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.apache.spark.api.java.JavaRDD;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Pieces of work on a master that tries a failed task eight times. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnitRunnerTest {
  private static final AtomicInteger CALLS = new AtomicInteger();
  private static AtomicIntegerArray calls = new AtomicIntegerArray(3);

  private JobContext context;

  @BeforeAll
  void start(@TempDir Path folder) {
    // What others have left running tries a failed task once.
    LocalSpark.session().stop();
    context = LocalSpark.context(folder, Map.of("unit.attempts", "3", "unit.retry-wait", "1ms"));
    System.setProperty("spark.master", "local[2,8]");
    context.close();
    context =
        JobContext.create(
            "test",
            context.settings(),
            new Console(new java.io.PrintStream(java.io.OutputStream.nullOutputStream())));
    context.spark();
  }

  @AfterAll
  void stop() {
    context.close();
    LocalSpark.use("local[2]");
  }

  @BeforeEach
  void none() {
    CALLS.set(0);
    calls = new AtomicIntegerArray(3);
    context.measured(new Counts());
  }

  /** What who reads Spark's metrics is told of this context's stage. */
  private long metric(Meter meter) {
    Object gauge =
        StageMetrics.of(context.spark().sc())
            .metricRegistry()
            .getGauges()
            .get(context.stage() + "." + meter.label());
    return gauge == null ? 0 : (Long) ((Gauge<?>) gauge).getValue();
  }

  private long worked() {
    return context.measured(new Counts()).count(JobContext.WORKED);
  }

  @Test
  void wrongInputEndsAllAtTheFirstAttemptInItsOneSentence() {
    assertThatThrownBy(
            () ->
                new UnitRunner(context, "things")
                    .run(
                        List.of(7),
                        1,
                        (unit, task) -> {
                          CALLS.incrementAndGet();
                          throw new InputException("Row %d of the table has no id", unit);
                        }))
        .isInstanceOf(InputException.class)
        .hasMessage("Row 7 of the table has no id");
    assertThat(CALLS).hasValue(1);
  }

  @Test
  void wrongInputThatIsMetInMakingTheRowsOfAPartEndsAllAtOnceToo() {
    JavaRDD<Integer> rows =
        context
            .spark()
            .parallelize(List.of(1), 1)
            .map(
                row -> {
                  CALLS.incrementAndGet();
                  throw new InputException("The table ends within a quote");
                });

    assertThatThrownBy(
            () -> new UnitRunner(context, "rows").over(rows, 1, (part, some, task) -> some.next()))
        .isInstanceOf(InputException.class)
        .hasMessage("The table ends within a quote");
    assertThat(CALLS).hasValue(1);
  }

  @Test
  void onlyTheRowsOfAttemptsThatCountAreWorkedOn() {
    long done = metric(Meter.ROWS_DONE);
    long rejected = metric(Meter.ROWS_REJECTED);
    new UnitRunner(context, "things")
        .run(
            List.of(0, 1),
            20,
            (unit, task) -> {
              task.done().accept(10);
              task.rejected().accept(1);
              if (unit == 0 && calls.incrementAndGet(0) < 3) {
                throw StoreException.of("write", "s3a://bucket/x", new IOException("503"));
              }
              return unit;
            });

    assertThat(calls.get(0)).isEqualTo(3);
    assertThat(worked()).isEqualTo(20);
    assertThat(metric(Meter.ROWS_DONE) - done).isEqualTo(20);
    assertThat(metric(Meter.ROWS_REJECTED) - rejected).isEqualTo(2);
  }

  @Test
  void aUnitThatAnotherRunHasCommittedIsNotWorkedOn() {
    Layer layer = new Layer(context.store(), "snapshots/00000001");
    Plan plan = layer.createPlan(new Plan(Inputs.NONE, KeyPartitioner.even(20, 10)));
    commit(layer, plan.units().get(0), 1);

    new UnitRunner(context, "things")
        .run(
            plan.units(),
            20,
            (unit, task) -> {
              task.done().accept(10);
              Layer same = new Layer(task.store(), "snapshots/00000001");
              try (UnitWriter writer =
                  new UnitWriter(same, unit, new Attempt("second", task.attempt()), "test")) {
                task.settle(writer.commit(Map.of("rows", 10L)));
              }
              return unit.number();
            });

    assertThat(worked()).isEqualTo(10);
  }

  private static void commit(Layer layer, Unit unit, long rows) {
    try (UnitWriter writer = new UnitWriter(layer, unit, new Attempt("first", 0), "test")) {
      writer.commit(Map.of("rows", rows));
    }
  }

  @Test
  void theWorkOfAJobThatFailedIsNotThatOfTheNextOne() {
    context.beginJob();
    new UnitRunner(context, "things")
        .run(
            List.of(0),
            9,
            (unit, task) -> {
              task.done().accept(9);
              return unit;
            });
    context.beginJob();

    assertThat(worked()).isZero();
  }

  @Test
  void aPartThatFailsIsTriedAgainAndKeepsNoOtherFromFinishing() {
    JavaRDD<Integer> rows =
        context
            .spark()
            .parallelize(List.of(0, 1, 2), 3)
            .map(
                row -> {
                  int call = calls.incrementAndGet(row);
                  if ((row == 0 && call == 1) || row == 2) {
                    throw new UncheckedIOException(new IOException("row " + row + " is away"));
                  }
                  return row;
                });

    assertThatThrownBy(
            () ->
                new UnitRunner(context, "rows")
                    .over(
                        rows,
                        3,
                        (part, some, task) -> {
                          int row = some.next();
                          task.done().accept(1);
                          return row;
                        }))
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("1 of 3 units failed")
        .hasMessageContaining("part 2: ")
        .hasMessageContaining("row 2 is away");
    assertThat(List.of(calls.get(0), calls.get(1), calls.get(2))).containsExactly(2, 1, 3);
    assertThat(worked()).isZero();
  }

  @Test
  void anOutageInAStageBeforeIsWaitedForToo() {
    JavaRDD<Integer> rows =
        context
            .spark()
            .parallelize(List.of(0, 1, 2), 3)
            .map(
                row -> {
                  // Longer than Spark's own eight tries, which know no pause.
                  if (row == 1 && calls.incrementAndGet(row) < 10) {
                    throw StoreException.of("read", "s3a://bucket/x", new IOException("503"));
                  }
                  return row;
                })
            .repartition(2);

    List<Integer> sums =
        new UnitRunner(context, "rows")
            .over(
                rows,
                3,
                (part, some, task) -> {
                  int sum = 0;
                  while (some.hasNext()) {
                    sum += some.next();
                  }
                  return sum;
                });

    assertThat(sums.stream().mapToInt(sum -> sum).sum()).isEqualTo(3);
    assertThat(calls.get(1)).isEqualTo(10);
  }

  @Test
  void whatNoWaitingMendsInAStageBeforeIsSaidAtOnce() {
    JavaRDD<Integer> rows =
        context
            .spark()
            .parallelize(List.of(0), 1)
            .map(
                row -> {
                  calls.incrementAndGet(row);
                  throw StoreException.damaged("s3a://bucket/x", "it is cut short");
                })
            .map(row -> 0)
            .repartition(2);

    assertThatThrownBy(
            () ->
                TaskFailures.unwrap(
                    () -> new UnitRunner(context, "rows").over(rows, 1, (part, some, task) -> 0)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("it is cut short");
    assertThat(calls.get(0)).as("one round of eight tries").isEqualTo(8);
  }
}
