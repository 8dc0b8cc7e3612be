package dev.remap.jobs.spark;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.run.SparkStart;
import dev.remap.jobs.store.StoreException;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.SparkException;

/** What a task threw, without the wrapping that Spark puts around it. */
public final class TaskFailures {
  private TaskFailures() {}

  /** Runs a Spark action; a failure that was meant for the user comes out as it was thrown. */
  public static <T> T unwrap(Supplier<T> action) {
    try {
      return action.get();
    } catch (RuntimeException e) {
      throw known(e);
    } catch (Exception e) {
      // Spark's own exception is checked, but comes out of methods that do not declare it.
      throw e instanceof SparkException
          ? known(new IllegalStateException(e))
          : new IllegalStateException(e);
    }
  }

  private static RuntimeException known(RuntimeException thrown) {
    return meant(thrown).orElse(thrown);
  }

  /** What a failure, or the first of its causes, says to the user; nothing if none was meant to. */
  static Optional<RuntimeException> meant(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof InputException
          || cause instanceof JobFailedException
          || cause instanceof StoreException) {
        return Optional.of((RuntimeException) cause);
      }
    }
    return SparkStart.unloaded(thrown)
        .or(() -> SparkStart.full(thrown))
        .map(said -> new JobFailedException("%s", said));
  }
}
