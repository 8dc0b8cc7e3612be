package dev.remap.jobs.spark;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.run.LostFilesException;
import dev.remap.jobs.run.OutageException;
import dev.remap.jobs.run.TaskStore;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitCommit;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.shuffle.FetchFailedException;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs pieces of work as one Spark task each. A piece that fails is tried again in a further round,
 * after a pause where a storage did not answer, and does not keep the others from finishing; those
 * that fail to the last are named in one {@link JobFailedException}. A piece that meets an {@link
 * InputException} ends the whole at once: no attempt mends that.
 */
public final class UnitRunner {
  private static final Logger LOG = LoggerFactory.getLogger(UnitRunner.class);
  private static final int NAMED_FAILURES = 5;

  private final JobContext context;
  private final String noun;
  private final Set<Meter> meters;

  /**
   * @param noun what a piece consists of, for progress: images, vectors
   */
  public UnitRunner(JobContext context, String noun) {
    this(context, noun, Meter.ROWS);
  }

  /**
   * @param noun what a piece consists of, for progress: images, vectors
   * @param meters what tasks count
   */
  public UnitRunner(JobContext context, String noun, Set<Meter> meters) {
    this.context = context;
    this.noun = noun;
    this.meters = meters;
  }

  /** What a task does with one piece; runs on an executor and commits its output itself. */
  @FunctionalInterface
  public interface Work<U, R> extends Serializable {
    R run(U unit, Task task) throws Exception;
  }

  /** What a task does with a partition of an RDD. */
  @FunctionalInterface
  public interface PartWork<T, R> extends Serializable {
    R run(int part, Iterator<T> rows, Task task) throws Exception;
  }

  /** Which of the attempts at a piece. */
  private enum Try {
    ONE_OF_SEVERAL,
    LAST
  }

  /** What a piece of work has at hand on its executor. */
  public static final class Task {
    private final TaskStore origin;
    private final long attempt;
    private final EnumMap<Meter, LongAccumulator> byAll;
    private final EnumMap<Meter, Long> own = new EnumMap<>(Meter.class);
    private final Try which;
    private Store store;

    private Task(TaskStore origin, EnumMap<Meter, LongAccumulator> byAll, Try which) {
      this.origin = origin;
      this.which = which;
      this.attempt = TaskContext.get().taskAttemptId();
      this.byAll = byAll;
    }

    /** The store, opened when first asked for: a plan has none. */
    public Store store() {
      if (store == null) {
        store = origin.open();
      }
      return store;
    }

    public TaskStore origin() {
      return origin;
    }

    public long attempt() {
      return attempt;
    }

    /** Whether the piece fails for good if this attempt at it does. */
    public boolean isLastTry() {
      return which == Try.LAST;
    }

    /** Is told how many more rows are done. */
    public LongConsumer done() {
      return counter(Meter.ROWS_DONE);
    }

    /** Is told how many more of them were rejected. */
    public LongConsumer rejected() {
      return counter(Meter.ROWS_REJECTED);
    }

    /** Is told how much more there is of what a meter counts; by the task's own thread. */
    public LongConsumer counter(Meter meter) {
      LongAccumulator all = byAll.get(meter);
      return more -> {
        own.merge(meter, more, Long::sum);
        all.add(more);
      };
    }

    /** Tells of a commit: what another attempt had committed before, this one has not done. */
    public void settle(UnitCommit commit) {
      if (commit.outcome() == UnitCommit.Outcome.THEIRS) {
        takeBack();
      }
    }

    /** Nothing that was done counts: another attempt will count it. */
    private void takeBack() {
      own.forEach((meter, counted) -> byAll.get(meter).add(-counted));
      own.clear();
    }
  }

  /**
   * What came of a piece.
   *
   * @param lost the file of the store that is missing or damaged, null if that is not what failed
   * @param wrong what is wrong with the user's input, null if that is not what failed
   */
  private record Outcome<R>(
      int index, R result, String failure, boolean mayPass, String lost, InputException wrong)
      implements Serializable {
    static <R> Outcome<R> of(int index, R result) {
      return new Outcome<>(index, result, null, false, null, null);
    }

    static <R> Outcome<R> failed(int index, String failure, Throwable e) {
      String lost = e instanceof StoreException known ? known.lost().orElse(null) : null;
      return new Outcome<>(index, null, failure, Backoff.helps(e), lost, null);
    }

    static <R> Outcome<R> wrong(int index, InputException wrong) {
      return new Outcome<>(index, null, wrong.getMessage(), false, null, wrong);
    }
  }

  /**
   * Runs all pieces.
   *
   * @param rows rows of all pieces together, for progress
   * @return their results, in the order of {@code units}
   */
  public <U extends Serializable, R extends Serializable> List<R> run(
      List<U> units, long rows, Work<U, R> work) {
    List<R> results = new ArrayList<>(Collections.nCopies(units.size(), null));
    forEach(units, rows, work, results::set);
    return results;
  }

  /**
   * Runs the work on all pieces and hands the results on instead of keeping them.
   *
   * @param each is given every piece's place in {@code units} and its result as it arrives: one at
   *     a time, in any order, once for each piece
   */
  public <U extends Serializable, R extends Serializable> void forEach(
      List<U> units, long rows, Work<U, R> work, BiConsumer<Integer, R> each) {
    TaskStore store = context.taskStore();
    try (Step step = new Step(rows)) {
      EnumMap<Meter, LongAccumulator> counters = step.progress.meters();
      rounds(
          IntStream.range(0, units.size()).boxed().toList(),
          i -> name(units.get(i), i),
          (open, which) -> {
            List<Piece<U>> pieces = open.stream().map(i -> new Piece<>(i, units.get(i))).toList();
            JavaRDD<Outcome<R>> outcomes =
                context
                    .spark()
                    .parallelize(new ArrayList<>(pieces), pieces.size())
                    .map(
                        piece ->
                            attempt(
                                piece.index,
                                new Task(store, counters, which),
                                task -> work.run(piece.unit, task)));
            return new Round<>(outcomes, IntStream.range(0, open.size()).boxed().toList());
          },
          each);
      context.worked(step.progress.settled(Meter.ROWS_DONE), units.size());
    }
  }

  /**
   * Runs partitions of an RDD as pieces: what fails in making their rows, as far as that is in the
   * same stage, is a failure of theirs.
   *
   * @param parts the numbers of the partitions
   * @param rows of all pieces together, for progress
   * @return their results, in the order of {@code parts}
   */
  public <T, R extends Serializable> List<R> over(
      JavaRDD<T> rdd, List<Integer> parts, long rows, PartWork<T, R> work) {
    return over(done -> rdd, parts, rows, work);
  }

  /**
   * The same where making the rows takes the longest.
   *
   * @param making of the RDD; is given what tells how many of the rows are made
   */
  public <T, R extends Serializable> List<R> over(
      Function<LongAccumulator, JavaRDD<T>> making,
      List<Integer> parts,
      long rows,
      PartWork<T, R> work) {
    TaskStore store = context.taskStore();
    try (Step step = new Step(rows)) {
      EnumMap<Meter, LongAccumulator> counters = step.progress.meters();
      JavaRDD<T> rdd = making.apply(counters.get(Meter.ROWS_DONE));
      List<R> results = new ArrayList<>(Collections.nCopies(rdd.getNumPartitions(), null));
      JavaRDD<Outcome<R>> outcomes =
          PartAttempts.over(
              rdd,
              (part, opening) ->
                  attempt(
                      part,
                      new Task(store, counters, Try.ONE_OF_SEVERAL),
                      task -> work.run(part, opening.get(), task)));
      rounds(
          parts,
          part -> "part " + part,
          (open, which) -> new Round<>(outcomes, open),
          results::set);
      context.worked(step.progress.settled(Meter.ROWS_DONE), 0);
      return parts.stream().map(results::get).toList();
    }
  }

  /** Runs the work on all partitions of an RDD. */
  public <T, R extends Serializable> List<R> over(JavaRDD<T> rdd, long rows, PartWork<T, R> work) {
    return over(rdd, IntStream.range(0, rdd.getNumPartitions()).boxed().toList(), rows, work);
  }

  /** What a reader can look up: the number that a plan gives, else the place among all pieces. */
  private static String name(Object unit, int index) {
    return unit instanceof Unit planned ? "unit " + planned.number() : "part " + index;
  }

  private record Piece<U>(int index, U unit) implements Serializable {}

  /**
   * What is run next.
   *
   * @param outcomes one in each partition
   * @param parts the partitions that are run
   */
  private record Round<R>(JavaRDD<Outcome<R>> outcomes, List<Integer> parts) {}

  private <R extends Serializable> void rounds(
      List<Integer> pieces,
      IntFunction<String> name,
      BiFunction<List<Integer>, Try, Round<R>> next,
      BiConsumer<Integer, R> each) {
    List<Integer> open = pieces;
    int attempts = context.settings().integer("unit.attempts", 1, 100);
    Backoff pause = new Backoff(context);
    List<Outcome<R>> failures = List.of();
    for (int attempt = 0; attempt < attempts && !open.isEmpty(); attempt++) {
      if (failures.stream().anyMatch(Outcome::mayPass)) {
        pause.sleep(open.size());
      }
      Try which = attempt == attempts - 1 ? Try.LAST : Try.ONE_OF_SEVERAL;
      failures = allOf(open, next.apply(open, which), each);
      open = failures.stream().map(Outcome::index).toList();
    }
    if (!failures.isEmpty()) {
      throw failed(pieces.size(), name, failures);
    }
  }

  /**
   * What is done before, in stages of its own, may fail too; it then fails all that are not done.
   */
  private <R extends Serializable> List<Outcome<R>> allOf(
      List<Integer> open, Round<R> round, BiConsumer<Integer, R> each) {
    Set<Integer> settled = new HashSet<>();
    try {
      return round(
          round,
          (index, result) -> {
            each.accept(index, result);
            settled.add(index);
          });
    } catch (RuntimeException e) {
      // Of others, such as a full disk, the console must not say that a storage did not answer.
      boolean isStorage = e instanceof StoreException || e instanceof OutageException;
      if (!isStorage || !Backoff.helps(e)) {
        throw e;
      }
      return open.stream()
          .filter(index -> !settled.contains(index))
          .map(index -> Outcome.<R>failed(index, e.getMessage(), e))
          .toList();
    }
  }

  /** Returns those that failed. */
  private <R extends Serializable> List<Outcome<R>> round(
      Round<R> round, BiConsumer<Integer, R> each) {
    List<Outcome<R>> failures = new ArrayList<>();
    AtomicReference<InputException> wrong = new AtomicReference<>();
    String group = UUID.randomUUID().toString();
    context.spark().setJobGroup(group, context.command());
    try {
      TaskFailures.unwrap(
          () -> {
            StreamingResults.each(
                round.outcomes,
                round.parts,
                outcome -> {
                  if (outcome.failure == null) {
                    each.accept(outcome.index, outcome.result);
                  } else if (outcome.wrong == null) {
                    failures.add(outcome);
                  } else if (wrong.compareAndSet(null, outcome.wrong)) {
                    context.spark().cancelJobGroup(group);
                  }
                });
            return failures;
          });
    } catch (RuntimeException e) {
      if (wrong.get() == null) {
        throw e;
      }
    } finally {
      context.spark().clearJobGroup();
    }
    if (wrong.get() != null) {
      throw wrong.get();
    }
    return failures;
  }

  /** Progress for people and for who reads Spark's metrics, from here to its end. */
  private final class Step implements AutoCloseable {
    private final String stage = context.stage();
    private final Progress progress;

    Step(long rows) {
      progress = new Progress(context.spark(), context.console(), noun, rows, meters);
      StageMetrics.of(context.spark().sc()).begin(stage, progress, meters);
    }

    @Override
    public void close() {
      progress.close();
      StageMetrics.of(context.spark().sc()).end(stage, progress, meters);
    }
  }

  /** What a piece does once it has its task. */
  @FunctionalInterface
  private interface Doing<R> {
    R run(Task task) throws Exception;
  }

  private static <R extends Serializable> Outcome<R> attempt(int index, Task task, Doing<R> doing)
      throws Exception {
    try {
      return Outcome.of(index, doing.run(task));
    } catch (TaskKilledException | InterruptedException | FetchFailedException e) {
      // Not this piece's own failure: the run is being ended, or Spark makes its rows again.
      throw e;
    } catch (Exception | FSError | LinkageError | OutOfMemoryError e) {
      task.takeBack();
      return failed(index, e);
    }
  }

  private static <R> Outcome<R> failed(int index, Throwable e) {
    Optional<RuntimeException> meant = TaskFailures.meant(e);
    if (meant.isEmpty()) {
      LOG.warn("piece {} failed", index, e);
      return Outcome.failed(index, e.toString(), e);
    }
    return meant.get() instanceof InputException wrong
        ? Outcome.wrong(index, wrong)
        : Outcome.failed(index, meant.get().getMessage(), meant.get());
  }

  private static <R> JobFailedException failed(
      int pieces, IntFunction<String> name, List<Outcome<R>> failures) {
    Plain.Lines text =
        new Plain.Lines(
            failures.stream()
                .limit(NAMED_FAILURES)
                .map(failure -> name.apply(failure.index) + ": " + failure.failure)
                .toList());
    String sentence =
        "%d of %d units failed; the others are committed and stay. Mend the cause, then run the"
            + " command again:\n"
            + "  %s";
    return failures.stream().allMatch(failure -> failure.lost != null)
        ? new LostFilesException(
            failures.stream().map(Outcome::lost).distinct().toList(),
            sentence,
            failures.size(),
            pieces,
            text)
        : new JobFailedException(sentence, failures.size(), pieces, text);
  }
}
