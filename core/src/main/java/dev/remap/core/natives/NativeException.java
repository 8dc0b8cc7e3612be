package dev.remap.core.natives;

/** A native library that cannot be loaded here; its message says what to do. */
public final class NativeException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  NativeException(String message, Throwable cause) {
    super(message, cause);
  }
}
