package dev.remap.core.backbone;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * What libtorch computes in this process. A process that ends destroys libtorch's globals while
 * other threads may still be inside it, and what they touch then is gone (SIGSEGV, and a file of
 * the JVM's in the working folder). So an end waits for what is under way, and lets nothing begin.
 */
final class Computations {
  private static final long MOST_SECONDS = 10;

  /** Of this process: its end is held up by a shutdown hook. */
  static final Computations OF_PROCESS = new Computations();

  static {
    Thread hook = new Thread(() -> OF_PROCESS.end(MOST_SECONDS), "remap-computations");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /** Computes; never returns if an end is under way. */
  <T> T run(Supplier<T> computation) {
    lock.readLock().lock();
    try {
      return computation.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Waits for what is under way.
   *
   * @return whether it ended within that time; else it goes on, and nothing more can be done
   */
  boolean end(long mostSeconds) {
    try {
      // Never given back: whoever comes later waits for the end of the process.
      return lock.writeLock().tryLock(mostSeconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
