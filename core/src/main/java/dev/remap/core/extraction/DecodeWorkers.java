package dev.remap.core.extraction;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that read and decode, first come first served.
 *
 * <p>A thread that hangs past a deadline is interrupted, left to itself and replaced. Each such
 * thread keeps its memory until it comes back, so their number is bounded: past the limit the
 * storage or the decoder is at fault and the extraction fails. All threads are daemons.
 *
 * <p>Jobs start in the order of {@link #submit}. So if the oldest job is waited for first, it has
 * started or a thread is free for it, however many later ones hang. Used by one thread.
 */
final class DecodeWorkers implements AutoCloseable {
  static final String THREAD_NAME = "remap-decode";

  private static final long JOIN_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final BlockingQueue<DecodeTask> queue = new LinkedBlockingQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Preprocessor preparer;
  private final ExtractorSettings settings;
  private final AtomicInteger hanging;
  private volatile boolean closed;

  /**
   * @param hanging number of threads that hang now, shared by all extractions of an extractor
   */
  DecodeWorkers(Preprocessor preparer, ExtractorSettings settings, AtomicInteger hanging) {
    this.preparer = preparer;
    this.settings = settings;
    this.hanging = hanging;
    for (int i = 0; i < settings.decodeThreads(); i++) {
      start();
    }
  }

  private void start() {
    Thread thread = new Thread(this::work, THREAD_NAME);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void work() {
    try {
      while (!closed) {
        if (!queue.take().run(preparer, settings)) {
          hanging.decrementAndGet(); // back from a job that was given up; replaced meanwhile
          return;
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  void submit(DecodeTask job) {
    queue.add(job);
  }

  /**
   * Waits until the job is done or past its deadline.
   *
   * @throws IllegalStateException if too many threads hang
   */
  void await(DecodeTask job) throws InterruptedException {
    Optional<Thread> hung = job.await(settings);
    if (hung.isEmpty()) {
      return;
    }
    threads.remove(hung.get());
    hung.get().interrupt();
    int limit = hangingLimit(settings);
    if (hanging.incrementAndGet() > limit) {
      throw new IllegalStateException(
          "more than "
              + limit
              + " reads and decodes hang past their deadlines, last: "
              + job.rejected().reason()
              + "; check the storage, or raise the read and decode timeouts");
    }
    start();
  }

  static int hangingLimit(ExtractorSettings settings) {
    return Math.max(8, 4 * settings.decodeThreads());
  }

  /** Ends the threads; one that does not follow an interrupt within 2 s ends after its job. */
  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
    boolean interrupted = false;
    long deadline = System.nanoTime() + JOIN_NANOS;
    for (Thread thread : threads) {
      long left = deadline - System.nanoTime();
      try {
        if (left > 0 && !interrupted) {
          TimeUnit.NANOSECONDS.timedJoin(thread, left);
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
