package dev.remap.index.jfaiss;

/** Native code refused a file or failed: what a caller's argument or the state don't explain. */
public final class FaissException extends RuntimeException {
  public FaissException(String message) {
    super(message);
  }
}
