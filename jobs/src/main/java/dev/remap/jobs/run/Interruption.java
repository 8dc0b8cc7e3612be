package dev.remap.jobs.run;

import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Plan;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * The end of a process that is told to end, by Ctrl-C or SIGTERM: one sentence, also in the run's
 * record, and nothing of what falls over after that. The exit status is the machine's own, 130 or
 * 143.
 */
public final class Interruption {
  /** Before Spark's context is stopped and file systems are closed, which have less. */
  private static final int PRIORITY = 1000;

  private static final int MOST_SECONDS = 20;
  private static final int MOST_SECONDS_COUNTING = 3;
  private static final AtomicReference<JobContext> AT_WORK = new AtomicReference<>();
  private static volatile boolean isUnderway;
  private static boolean isArmed;

  private Interruption() {}

  /** The units that a job commits. */
  record Commits(Layer layer, Plan plan) {
    private String said() {
      int all = plan.units().size();
      return "%d of %s %s committed"
          .formatted(
              layer.recordedUnits().count(), Console.count(all, "unit"), all == 1 ? "is" : "are");
    }
  }

  /** A command begins; it is over when it is {@link #over}. */
  static synchronized void watch(JobContext context) {
    AT_WORK.set(context);
    if (!isArmed) {
      isArmed = true;
      ShutdownHookManager.get()
          .addShutdownHook(Interruption::end, PRIORITY, MOST_SECONDS, TimeUnit.SECONDS);
    }
  }

  static void over(JobContext context) {
    if (!isUnderway) {
      AT_WORK.compareAndSet(context, null);
    }
  }

  /** Whether the process has been told to end: what fails then is nobody's concern. */
  public static boolean isUnderway() {
    return isUnderway;
  }

  /** Waits for an end that is underway, which is the machine's to make. */
  public static void await() {
    while (isUnderway) {
      try {
        Thread.sleep(1000);
      } catch (InterruptedException e) {
        // There is nothing else to do than to wait.
      }
    }
  }

  private static void end() {
    JobContext context = AT_WORK.get();
    if (context == null) {
      return;
    }
    isUnderway = true;
    Logs.silence();
    String sentence = "interrupted" + howFar(context);
    System.err.println("remap: " + sentence);
    System.err.flush();
    context.interrupted(sentence);
  }

  private static String howFar(JobContext context) {
    Optional<Commits> commits = context.commits();
    if (commits.isEmpty()) {
      return context.hasBegun() ? "; what is committed stays, and the same command goes on" : "";
    }
    try {
      FutureTask<String> counting = new FutureTask<>(commits.get()::said);
      Thread thread = new Thread(counting, "remap-interruption");
      thread.setDaemon(true);
      thread.start();
      return ": "
          + counting.get(MOST_SECONDS_COUNTING, TimeUnit.SECONDS)
          + "; the same command goes on";
    } catch (ExecutionException | TimeoutException e) {
      return "; what is committed stays, and the same command goes on";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "; what is committed stays, and the same command goes on";
    }
  }
}
