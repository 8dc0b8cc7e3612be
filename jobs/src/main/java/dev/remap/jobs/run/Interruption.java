package dev.remap.jobs.run;

import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Plan;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * The end of a process that is told to end, by Ctrl-C or SIGTERM: one sentence, also in the run's
 * record, and nothing of what falls over after that. The exit status is what the machine would
 * give, 130 or 143.
 */
public final class Interruption {
  private static final int MOST_SECONDS_COUNTING = 1;
  private static final int MOST_SECONDS_RECORDING = 5;

  /** From the signal to the end of the process, whatever others do on its way. */
  private static final int MOST_SECONDS = 15;

  /** What comes sooner is the same signal, as a terminal and a script both send it. */
  private static final long SECOND_SIGNAL_NANOS = 1_000_000_000;

  private static final AtomicReference<JobContext> AT_WORK = new AtomicReference<>();

  /** Shared by who writes what must be whole, taken alone by an interruption. */
  private static final ReentrantReadWriteLock WRITING = new ReentrantReadWriteLock();

  private static volatile boolean isUnderway;
  private static volatile boolean isOver;
  private static boolean isArmed;
  private static long firstSignal;

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

  /** From here on, a signal ends this process in a sentence. */
  public static synchronized void arm() {
    if (!isArmed) {
      isArmed = true;
      List.of("INT", "TERM", "HUP").forEach(Interruption::handle);
    }
  }

  /** By reflection: javac has a warning for the class that cannot be turned off. */
  private static void handle(String name) {
    try {
      Class<?> type = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object signal = type.getConstructor(String.class).newInstance(name);
      int status = 128 + (int) type.getMethod("getNumber").invoke(signal);
      Object ending =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                signalled(status);
                return null;
              });
      type.getMethod("handle", type, handler).invoke(null, signal, ending);
    } catch (ReflectiveOperationException | RuntimeException e) {
      // Signals are somebody else's here: the process ends as they have it.
    }
  }

  /** A command begins; it is over when it is {@link #over}. */
  static void watch(JobContext context) {
    AT_WORK.set(context);
    arm();
  }

  static void over(JobContext context) {
    if (!isUnderway) {
      AT_WORK.compareAndSet(context, null);
    }
  }

  /** All is done and said: from here on, a signal has nothing to tell. */
  public static void over() {
    await();
    isOver = true;
    Logs.silence();
    Logs.mute();
  }

  /** Whether the process has been told to end: what fails then is nobody's concern. */
  static boolean isUnderway() {
    return isUnderway;
  }

  /** Where an end is underway, which is the machine's to make, does not go on. */
  public static void await() {
    while (isUnderway) {
      try {
        Thread.sleep(1000);
      } catch (InterruptedException e) {
        // There is nothing else to do than to wait.
      }
    }
  }

  /** Writes what must be whole: an interruption waits for it; after one, nothing is begun. */
  static <T> T whole(Supplier<T> writing) {
    while (true) {
      await();
      WRITING.readLock().lock();
      try {
        if (!isUnderway) {
          return writing.get();
        }
      } finally {
        WRITING.readLock().unlock();
      }
    }
  }

  /**
   * Ends the process as a signal does, in another sentence.
   *
   * @param why the sentence, to which is added how far the run is
   */
  static void because(String why, int status) {
    synchronized (AT_WORK) {
      if (isUnderway || isOver) {
        return;
      }
      isUnderway = true;
      firstSignal = System.nanoTime();
    }
    daemon(() -> haltLater(status));
    end(why);
    System.exit(status);
  }

  private static void signalled(int status) {
    synchronized (AT_WORK) {
      long now = System.nanoTime();
      if (isUnderway) {
        if (now - firstSignal > SECOND_SIGNAL_NANOS) {
          Runtime.getRuntime().halt(status);
        }
        return;
      }
      isUnderway = !isOver;
      firstSignal = now;
    }
    daemon(() -> haltLater(status));
    if (!isOver) {
      end("interrupted");
    }
    System.exit(status);
  }

  private static void haltLater(int status) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
    while (end - System.nanoTime() > 0) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
    Runtime.getRuntime().halt(status);
  }

  private static void end(String why) {
    Logs.silence();
    inTime(MOST_SECONDS_COUNTING, Interruption::stopWriting);
    JobContext context = AT_WORK.get();
    String sentence = why + (context == null ? "" : howFar(context));
    Logs.errors().println("remap: " + sentence);
    Logs.errors().flush();
    if (context != null) {
      inTime(
          MOST_SECONDS_RECORDING,
          () -> {
            context.interrupted(sentence);
            return sentence;
          });
    }
  }

  /** Not given back. */
  private static boolean stopWriting() throws InterruptedException {
    return WRITING.writeLock().tryLock(MOST_SECONDS_RECORDING, TimeUnit.SECONDS);
  }

  private static String howFar(JobContext context) {
    return inTime(MOST_SECONDS_COUNTING, () -> context.commits().map(Commits::said))
        .flatMap(said -> said)
        .map(said -> ": " + said + "; the same command goes on")
        .orElseGet(
            () ->
                context.hasBegun()
                    ? "; what is committed stays, and the same command goes on"
                    : "");
  }

  /** What comes of it, if it comes in time. */
  private static <T> Optional<T> inTime(int seconds, Callable<T> asked) {
    try {
      FutureTask<T> task = new FutureTask<>(asked);
      daemon(task);
      return Optional.of(task.get(seconds, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "remap-interruption");
    thread.setDaemon(true);
    thread.start();
  }
}
