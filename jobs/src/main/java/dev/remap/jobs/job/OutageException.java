package dev.remap.jobs.job;

/** Work that could not be done because a storage does not answer: after a while it may. */
final class OutageException extends JobFailedException {
  private static final long serialVersionUID = 1;

  OutageException(String format, Object... values) {
    super(format, values);
  }
}
