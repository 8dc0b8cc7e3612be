package dev.remap.jobs.spark;

import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.run.OutageException;
import dev.remap.jobs.run.SparkStart;
import dev.remap.jobs.store.StoreException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import org.apache.hadoop.security.AccessControlException;

/** The pauses between rounds of work that an outage has stopped, each twice as long as the last. */
final class Backoff {
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final Console console;
  private Duration next;

  /** Begins with the settings' {@code unit.retry-wait}. */
  Backoff(JobContext context) {
    this.console = context.console();
    this.next = context.settings().duration("unit.retry-wait");
  }

  /** Whether a failure may pass by itself: a storage or network, not what is stored. */
  static boolean helps(Throwable failure) {
    if (failure instanceof OutageException) {
      return true;
    }
    boolean damaged = failure instanceof StoreException known && known.damage().isPresent();
    for (Throwable cause = failure; cause != null && !damaged; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return !(SparkStart.full(cause).isPresent()
            || cause instanceof FileNotFoundException
            || cause instanceof NoSuchFileException
            || cause instanceof AccessControlException
            || cause instanceof AccessDeniedException);
      }
    }
    return false;
  }

  /** Waits before the next round. */
  void sleep(int units) {
    if (next.isZero() || next.isNegative()) {
      return;
    }
    console.say(
        "  storage did not answer for %,d units; trying them again in %s",
        units, Console.seconds(next.toMillis() / 1e3));
    try {
      Thread.sleep(next.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobFailedException("Interrupted while waiting for a storage; run again");
    }
    Duration twice = next.multipliedBy(2);
    next = twice.compareTo(LONGEST) > 0 ? LONGEST : twice;
  }
}
