package dev.remap.core.extraction;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;

/** What deadlines are held against: time that passes, and time that a thread works; in ns. */
interface Clock {
  /** Time since some start, that in which this process was paused included. */
  long now();

  /** CPU time that a thread has used so far; 0 if it has ended or the platform does not tell. */
  long worked(Thread thread);

  /** Waits for a notification of a monitor that the caller has, about that long at the most. */
  void await(Object monitor, long nanos) throws InterruptedException;

  /** The machine's. */
  static Clock system() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return new Clock() {
      @Override
      public long now() {
        return System.nanoTime();
      }

      @Override
      public long worked(Thread thread) {
        return threads.isThreadCpuTimeSupported() && threads.isThreadCpuTimeEnabled()
            ? Math.max(0, threads.getThreadCpuTime(thread.getId()))
            : 0;
      }

      @Override
      public void await(Object monitor, long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.timedWait(monitor, nanos);
      }
    };
  }
}
