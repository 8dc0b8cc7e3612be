package dev.remap.index.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Rows shared out among threads that live no longer than the call. */
final class RowThreads {
  private RowThreads() {}

  /** What is done with {@code rows} rows from {@code from} on. */
  interface Part {
    void run(int from, int rows);
  }

  /**
   * Runs the parts side by side, the first one on the calling thread, and returns when all have
   * ended.
   *
   * @param threads at least 1; never more parts than rows, and always one
   * @throws IllegalArgumentException if there is no thread
   * @throws RuntimeException what the first part that failed has thrown, by its rows
   */
  static void run(int n, int threads, Part part) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads = %d must be at least 1".formatted(threads));
    }
    int parts = Math.max(1, Math.min(n, threads));
    List<FutureTask<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      int from = (int) ((long) n * i / parts);
      int rows = (int) ((long) n * (i + 1) / parts) - from;
      tasks.add(new FutureTask<>(() -> part.run(from, rows), null));
    }
    for (FutureTask<Void> task : tasks.subList(1, parts)) {
      Thread thread = new Thread(task, "rows");
      thread.setDaemon(true);
      thread.start();
    }
    tasks.get(0).run();
    rethrow(tasks);
  }

  private static void rethrow(List<FutureTask<Void>> tasks) {
    Throwable first = null;
    boolean interrupted = false;
    for (FutureTask<Void> task : tasks) {
      // The arrays are being written until all have ended, whatever happens to this thread.
      for (boolean ended = false; !ended; ) {
        try {
          task.get();
          ended = true;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          first = first == null ? e.getCause() : first;
          ended = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (first instanceof RuntimeException exception) {
      throw exception;
    }
    if (first instanceof Error error) {
      throw error;
    }
  }
}
