package dev.remap.jobs.run;

import dev.remap.jobs.store.run.Heartbeats;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says again and again that a run is at work, from before its first write to its end, so that
 * nothing it may need is taken for garbage. A storage that does not take it does not end the run:
 * the grace period is there for that.
 */
final class HeartbeatThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HeartbeatThread.class);
  private static final long PATIENCE_SECONDS = 10;

  private final Heartbeats beats;
  private final String run;
  private final String command;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(HeartbeatThread::daemon);
  private ScheduledFuture<?> signs;
  private boolean complained;

  private HeartbeatThread(Heartbeats beats, String run, String command) {
    this.beats = beats;
    this.run = run;
    this.command = command;
  }

  /** Gives the first sign, then one after every interval. */
  static HeartbeatThread start(Heartbeats beats, String run, String command, Duration interval) {
    HeartbeatThread heartbeat = new HeartbeatThread(beats, run, command);
    heartbeat.begin();
    heartbeat.goOn(interval.toMillis());
    return heartbeat;
  }

  private void begin() {
    try {
      beats.begin(run, command);
    } catch (RuntimeException e) {
      // The run's record follows: a storage that takes no such file either says so, once.
      LOG.debug("The first heartbeat of run {} cannot be written ({})", run, e.getMessage());
    }
  }

  private void goOn(long millis) {
    Runnable sign = () -> attempt(() -> beats.beat(run, command));
    signs = thread.scheduleWithFixedDelay(sign, millis, millis, TimeUnit.MILLISECONDS);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "remap-heartbeat");
    thread.setDaemon(true);
    return thread;
  }

  private synchronized void attempt(Runnable sign) {
    try {
      sign.run();
    } catch (RuntimeException e) {
      if (!complained) {
        complained = true;
        LOG.warn(
            "The heartbeat of run {} cannot be written ({}); it goes on, but gc may take it for dead",
            run,
            e.getMessage());
      }
    }
  }

  /** The run's end: there is no more to come. */
  @Override
  public void close() {
    signs.cancel(false);
    thread.shutdown();
    try {
      // A late sign would outlive the run.
      if (!thread.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        LOG.debug("The heartbeat of {} {} does not end", command, run);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    beats.end(run);
  }
}
