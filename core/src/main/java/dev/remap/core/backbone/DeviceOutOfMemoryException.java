package dev.remap.core.backbone;

/** The device has not enough memory for a batch; a smaller one may fit. */
public final class DeviceOutOfMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DeviceOutOfMemoryException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Whether a libtorch message speaks of memory: it has no error codes, only these texts. */
  static boolean isMeantBy(String message) {
    return message != null
        && (message.contains("out of memory")
            || message.contains("can't allocate memory")
            || message.contains("_STATUS_ALLOC_FAILED"));
  }
}
