package dev.remap.jobs.run;

import java.util.Map;

/**
 * The life of every job: plan what is to do, run it on Spark, verify the books, commit the result,
 * report it. What is not verified does not count. Each step may be killed and the job started
 * again, alone or beside another run of itself: what is committed stays, the rest is redone.
 *
 * @param <P> the plan: what is there and what is to do
 * @param <R> what running it brought
 */
public abstract class Job<P, R> {
  private final JobContext context;

  protected Job(JobContext context) {
    this.context = context;
  }

  /** Runs the whole life and records it under {@code runs/}. */
  public final R execute() {
    RunLog log = RunLog.start(context, name(), asked());
    try {
      P plan = plan();
      R result = run(plan);
      verify(plan, result);
      commit(plan, result);
      report(plan, result);
      log.succeeded(context.measured(books(result)));
      return result;
    } catch (RuntimeException e) {
      log.failed(e);
      context.failed();
      throw e;
    }
  }

  /** The command's word for it, also the stage in the names of fault points. */
  protected abstract String name();

  /**
   * What it was asked for beside the settings, by name, for the run's record: what makes again what
   * has lost its manifest.
   */
  protected Map<String, String> asked() {
    return Map.of();
  }

  /** Finds out what is to do and says so. */
  protected abstract P plan();

  /** Does the work; every unit commits itself, and the result is not visible yet. */
  protected abstract R run(P plan);

  /** Checks that the books balance, or throws a {@link JobFailedException} with the numbers. */
  protected abstract void verify(P plan, R result);

  /** Makes the result visible; of a job that only reads, there is nothing to make so. */
  protected void commit(P plan, R result) {}

  /** Says what came of it. */
  protected abstract void report(P plan, R result);

  /** Counts of the result, for the run's record. */
  protected abstract Counts books(R result);

  protected final JobContext context() {
    return context;
  }
}
