package dev.remap.jobs.run;

import dev.remap.jobs.store.Plain;

/** A job that could not finish, in one sentence with the numbers and what to do: exit status 1. */
public sealed class JobFailedException extends RuntimeException
    permits OutageException, LostFilesException, RefusedException {
  private static final long serialVersionUID = 1;

  public JobFailedException(String format, Object... values) {
    super(Plain.format(format, values));
  }
}
