package dev.remap.jobs.spark;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Concurrently;
import dev.remap.jobs.store.Store;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.FSError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reading that may be little. Few pieces are read by threads of this process where Spark's tasks
 * would be such threads and it has not been started, which alone takes seconds; more of them, and
 * what does not succeed so, are tasks.
 */
public final class SmallWork {
  private static final Logger LOG = LoggerFactory.getLogger(SmallWork.class);
  private static final int MOST_PIECES = 64;
  private static final long LINE_EVERY_NANOS = 10_000_000_000L;

  private final JobContext context;
  private final String noun;
  private final AtomicInteger done = new AtomicInteger();
  private long lastLine = System.nanoTime();

  /**
   * @param noun what the pieces are, for progress: files
   */
  public SmallWork(JobContext context, String noun) {
    this.context = context;
    this.noun = noun;
  }

  /** Reads one piece, and may be asked to again. */
  @FunctionalInterface
  public interface Reading<U, R> extends Serializable {
    R read(U piece, Store store);
  }

  /** The results, in the order of the pieces. */
  public <U extends Serializable, R extends Serializable> List<R> run(
      List<U> pieces, Reading<U, R> reading) {
    int threads = context.threadsInsteadOfSpark();
    if (threads > 0 && pieces.size() <= MOST_PIECES) {
      try {
        return here(threads, pieces, reading);
      } catch (InputException e) {
        throw e;
      } catch (RuntimeException | OutOfMemoryError | LinkageError | FSError e) {
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
        LOG.warn("Spark's tasks try again what threads could not read", e);
      }
    }
    return new UnitRunner(context, noun)
        .run(pieces, 0, (piece, task) -> reading.read(piece, task.store()));
  }

  private <U, R> List<R> here(int threads, List<U> pieces, Reading<U, R> reading) {
    List<R> results =
        Concurrently.map(
            threads,
            pieces,
            piece -> {
              R result = reading.read(piece, context.store());
              tell(done.incrementAndGet(), pieces.size());
              return result;
            });
    context.worked(0, pieces.size());
    return results;
  }

  private synchronized void tell(int read, int all) {
    long now = System.nanoTime();
    if (now - lastLine >= LINE_EVERY_NANOS) {
      lastLine = now;
      context.console().say("  %,d of %,d parts read (%s)", read, all, noun);
    }
  }
}
