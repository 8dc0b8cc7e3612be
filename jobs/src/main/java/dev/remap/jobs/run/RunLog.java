package dev.remap.jobs.run;

import dev.remap.jobs.config.Credentials;
import dev.remap.jobs.store.run.RunEnd;
import dev.remap.jobs.store.run.RunStart;
import dev.remap.jobs.store.run.Runs;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** What one job leaves about itself under {@code runs/}: the only place where times are kept. */
public final class RunLog {
  private final Runs runs;
  private final String id;
  private final String job;
  private final long started = System.nanoTime();
  private final AtomicBoolean hasEnded = new AtomicBoolean();

  private final JobContext context;

  private RunLog(JobContext context, String job) {
    this.job = job;
    this.context = context;
    this.runs = new Runs(context.store());
    this.id = context.beginJob();
  }

  /** Records that the job begins, with its effective settings and what it runs on. */
  public static RunLog start(JobContext context, String job) {
    return start(context, job, Map.of());
  }

  /**
   * The same of a job that was asked for more than settings say.
   *
   * @param asked by name
   */
  static RunLog start(JobContext context, String job, Map<String, String> asked) {
    return Interruption.whole(() -> begun(context, job, asked));
  }

  private static RunLog begun(JobContext context, String job, Map<String, String> asked) {
    RunLog log = new RunLog(context, job);
    Map<String, String> versions = new TreeMap<>();
    versions.put("remap-index", version(RunLog.class));
    versions.put("spark", org.apache.spark.package$.MODULE$.SPARK_VERSION());
    versions.put("java", System.getProperty("java.version"));
    versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    TreeMap<String, String> configuration = new TreeMap<>(asked);
    configuration.put("settings", context.settings().toJson());
    configuration.put(RunHistory.COMMAND, context.command());
    context.working(log);
    log.runs.begin(
        new RunStart(log.id, job, Instant.now(), configuration, new TreeMap<>(versions)));
    return log;
  }

  /** The job's name. */
  String job() {
    return job;
  }

  /** The version of the jar that has a class. */
  public static String version(Class<?> type) {
    String version = type.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  public void succeeded(Counts books) {
    Interruption.whole(() -> end(Optional.empty(), Optional.empty(), books));
  }

  /** The process is told to end: what fails for that is not said. */
  void interrupted(String sentence) {
    try {
      end(Optional.of(sentence), Optional.empty(), new Counts());
    } catch (RuntimeException e) {
      // The store does not take it: the run has no end then, as one that was killed.
    }
  }

  public void failed(RuntimeException failure) {
    try {
      String said = Credentials.blanked(String.valueOf(failure.getMessage()));
      Interruption.whole(() -> end(Optional.of(said), refused(failure), new Counts()));
    } catch (RuntimeException e) {
      // A store that cannot take the record either must not hide the first failure.
      failure.addSuppressed(e);
    }
  }

  private static Optional<RunEnd.Refused> refused(RuntimeException failure) {
    return failure instanceof RefusedException it
        ? Optional.of(new RunEnd.Refused(it.index(), it.generation()))
        : Optional.empty();
  }

  /** Returns whether it had not ended before. */
  private boolean end(Optional<String> failure, Optional<RunEnd.Refused> refused, Counts books) {
    if (!hasEnded.compareAndSet(false, true)) {
      return false;
    }
    context.working(null);
    long millis = (System.nanoTime() - started) / 1_000_000;
    RunEnd ended =
        new RunEnd(
            id,
            Instant.now(),
            failure,
            new TreeMap<>(books.counts()),
            new TreeMap<>(Map.of("total", millis)),
            refused);
    context.ended(ended);
    runs.end(ended);
    return true;
  }
}
