package dev.remap.core.extraction;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Independent pieces of work on the calling thread and some of its own: never on the JVM's common
 * pool, which would take cores that other tasks were given. Used by one thread.
 */
public final class ParallelFor implements AutoCloseable {
  static final String THREAD_NAME = "remap-pooling";

  private final int threads;
  private final ExecutorService others;

  /**
   * @param threads that work together, the calling one included; at least 1
   */
  public ParallelFor(int threads) {
    this.threads = threads;
    this.others =
        threads == 1 ? null : Executors.newFixedThreadPool(threads - 1, ParallelFor::thread);
  }

  /**
   * Does all pieces from {@code from} to {@code end} (excluded), and returns or throws when no
   * thread is at any of them, whoever interrupts: what they read may be freed then.
   */
  public void run(int from, int end, IntConsumer piece) {
    AtomicInteger next = new AtomicInteger(from);
    Runnable work =
        () -> {
          for (int i = next.getAndIncrement(); i < end; i = next.getAndIncrement()) {
            piece.accept(i);
          }
        };
    List<Future<?>> helping = new ArrayList<>();
    for (int i = 1; i < Math.min(threads, end - from); i++) {
      helping.add(others.submit(work));
    }
    try {
      work.run();
    } finally {
      // After a failure the others end with the piece that they are at.
      next.set(end);
      await(helping);
    }
  }

  private static void await(List<Future<?>> helping) {
    boolean interrupted = false;
    Throwable failure = null;
    for (Future<?> one : helping) {
      for (boolean ended = false; !ended; ) {
        try {
          one.get();
          ended = true;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          failure = e.getCause();
          ended = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw (RuntimeException) failure;
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, THREAD_NAME);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    if (others != null) {
      others.shutdownNow();
    }
  }
}
