package dev.remap.jobs.run;

import dev.remap.jobs.config.Credentials;
import dev.remap.jobs.store.run.RunEnd;
import dev.remap.jobs.store.run.RunStart;
import dev.remap.jobs.store.run.Runs;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What one job leaves about itself under {@code runs/}: the only place where times are kept. */
public final class RunLog {
  private final Runs runs;
  private final String id;
  private final long started = System.nanoTime();

  private RunLog(Runs runs, String id) {
    this.runs = runs;
    this.id = id;
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
    RunLog log = new RunLog(new Runs(context.store()), context.beginJob());
    Map<String, String> versions = new TreeMap<>();
    versions.put("remap-index", version(RunLog.class));
    versions.put("spark", org.apache.spark.package$.MODULE$.SPARK_VERSION());
    versions.put("java", System.getProperty("java.version"));
    versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    TreeMap<String, String> configuration = new TreeMap<>(asked);
    configuration.put("settings", context.settings().toJson());
    configuration.put(RunHistory.COMMAND, context.command());
    log.runs.begin(
        new RunStart(log.id, job, Instant.now(), configuration, new TreeMap<>(versions)));
    return log;
  }

  private static String version(Class<?> type) {
    String version = type.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  public void succeeded(Counts books) {
    end(Optional.empty(), Optional.empty(), books);
  }

  public void failed(RuntimeException failure) {
    try {
      String said = Credentials.blanked(String.valueOf(failure.getMessage()));
      end(Optional.of(said), refused(failure), new Counts());
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

  private void end(Optional<String> failure, Optional<RunEnd.Refused> refused, Counts books) {
    long millis = (System.nanoTime() - started) / 1_000_000;
    runs.end(
        new RunEnd(
            id,
            Instant.now(),
            failure,
            new TreeMap<>(books.counts()),
            new TreeMap<>(Map.of("total", millis)),
            refused));
  }
}
