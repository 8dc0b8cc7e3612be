package dev.remap.jobs.run;

/** Work that could not be done because a storage does not answer: after a while it may. */
public final class OutageException extends JobFailedException {
  private static final long serialVersionUID = 1;

  public OutageException(String format, Object... values) {
    super(format, values);
  }
}
