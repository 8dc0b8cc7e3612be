package dev.remap.jobs.job;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs pieces of work as one Spark task each. A piece that fails is tried again in a further round,
 * after a pause where a storage did not answer, and does not keep the others from finishing; those
 * that fail to the last are named in one {@link JobFailedException}.
 */
public final class Units {
  private static final Logger LOG = LoggerFactory.getLogger(Units.class);
  private static final int NAMED_FAILURES = 5;

  private final JobContext context;
  private final String noun;

  /**
   * @param noun what a piece consists of, for progress: images, vectors
   */
  public Units(JobContext context, String noun) {
    this.context = context;
    this.noun = noun;
  }

  /** What a task does with one piece; runs on an executor and commits its output itself. */
  @FunctionalInterface
  public interface Work<U, R> extends Serializable {
    public R run(U unit, Task task) throws Exception;
  }

  /** What a piece of work has at hand on its executor. */
  public record Task(
      Store store, TaskStore origin, long attempt, LongConsumer done, LongConsumer rejected) {}

  /**
   * What came of a piece.
   *
   * @param lost the file of the store that is missing or damaged, null if that is not what failed
   */
  private record Outcome<R>(int index, R result, String failure, boolean mayPass, String lost)
      implements Serializable {}

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
   * As {@link #run}, without keeping the results.
   *
   * @param each is given every piece's place in {@code units} and its result as it arrives: one at
   *     a time, in any order, once for each piece
   */
  public <U extends Serializable, R extends Serializable> void forEach(
      List<U> units, long rows, Work<U, R> work, BiConsumer<Integer, R> each) {
    List<Integer> open = IntStream.range(0, units.size()).boxed().toList();
    int attempts = context.settings().integer("unit.attempts", 1, 100);
    RetryPause pause = new RetryPause(context);
    List<Outcome<R>> failures = List.of();
    try (Progress progress = new Progress(context.spark(), context.console(), noun, rows)) {
      for (int attempt = 0; attempt < attempts && !open.isEmpty(); attempt++) {
        if (failures.stream().anyMatch(Outcome::mayPass)) {
          pause.sleep(open.size());
        }
        failures = round(units, open, progress, work, each);
        open = failures.stream().map(Outcome::index).toList();
      }
      context.worked(progress.done().value(), units.size());
    }
    if (!failures.isEmpty()) {
      throw failed(units, failures);
    }
  }

  /** Returns those that failed. */
  private <U extends Serializable, R extends Serializable> List<Outcome<R>> round(
      List<U> units,
      List<Integer> open,
      Progress progress,
      Work<U, R> work,
      BiConsumer<Integer, R> each) {
    List<Piece<U>> pieces = open.stream().map(i -> new Piece<>(i, units.get(i))).toList();
    TaskStore store = context.taskStore();
    LongAccumulator done = progress.done();
    LongAccumulator rejects = progress.rejects();
    JavaRDD<Piece<U>> rdd = context.spark().parallelize(new ArrayList<>(pieces), pieces.size());
    List<Outcome<R>> failures = new ArrayList<>();
    return TaskFailures.unwrap(
        () -> {
          Arriving.each(
              rdd.map(piece -> attempt(piece, store, done, rejects, work)),
              outcome -> {
                if (outcome.failure == null) {
                  each.accept(outcome.index, outcome.result);
                } else {
                  failures.add(outcome);
                }
              });
          return failures;
        });
  }

  private record Piece<U>(int index, U unit) implements Serializable {}

  private static <U extends Serializable, R extends Serializable> Outcome<R> attempt(
      Piece<U> piece,
      TaskStore store,
      LongAccumulator done,
      LongAccumulator rejects,
      Work<U, R> work)
      throws Exception {
    long attempt = TaskContext.get().taskAttemptId();
    try {
      Task task = new Task(store.open(), store, attempt, done::add, rejects::add);
      return new Outcome<>(piece.index, work.run(piece.unit, task), null, false, null);
    } catch (TaskKilledException | InterruptedException | InputException e) {
      // Not this piece's own failure: the run is being ended, or no attempt can mend it.
      throw e;
    } catch (StoreException | JobFailedException e) {
      String lost = e instanceof StoreException known ? known.lost().orElse(null) : null;
      return new Outcome<>(piece.index, null, e.getMessage(), RetryPause.helps(e), lost);
    } catch (Exception | FSError | LinkageError | OutOfMemoryError e) {
      LOG.warn("{} failed", piece.unit, e);
      return new Outcome<>(piece.index, null, e.toString(), RetryPause.helps(e), null);
    }
  }

  private static <U, R> JobFailedException failed(List<U> units, List<Outcome<R>> failures) {
    Plain.Lines text =
        new Plain.Lines(
            failures.stream()
                .limit(NAMED_FAILURES)
                .map(failure -> units.get(failure.index) + ": " + failure.failure)
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
            units.size(),
            text)
        : new JobFailedException(sentence, failures.size(), units.size(), text);
  }
}
