package dev.remap.jobs.catalogue.file;

import java.io.IOException;
import java.util.ServiceConfigurationError;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.ipc.RemoteException;

/**
 * An image that this installation cannot ask its storage for: a name that is none, or that the
 * filesystem does not take, or a filesystem that is not there. Neither the storage's fault nor that
 * of the image's bytes, which nobody has seen.
 */
public final class UnreadableException extends IOException {
  private static final long serialVersionUID = 1;

  public UnreadableException(String message) {
    super(message);
  }

  private UnreadableException(String message, Throwable cause) {
    super(message, cause);
  }

  /** What a filesystem threw when it was asked for a file, as this if it never came to asking. */
  public static IOException of(Throwable thrown) {
    if (thrown instanceof IOException e) {
      return isRefused(e) ? new UnreadableException(e.getMessage(), e) : e;
    }
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException e) {
        // Such as a host that is not known, which Hadoop takes for an argument that is wrong.
        return e;
      }
    }
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof IllegalArgumentException
          || cause instanceof UnsupportedOperationException
          || cause instanceof ClassNotFoundException
          || cause instanceof LinkageError
          || cause instanceof ServiceConfigurationError) {
        return new UnreadableException("its filesystem does not take its URI: " + cause, thrown);
      }
    }
    return new IOException(thrown);
  }

  private static boolean isRefused(IOException thrown) {
    return thrown instanceof UnsupportedFileSystemException
        || (thrown instanceof RemoteException remote
            && remote.getClassName().endsWith("InvalidPathException"));
  }

  /** A reject's reason is this text, and a sentence. */
  @Override
  @SuppressWarnings("OverrideThrowableToString")
  public String toString() {
    return getMessage();
  }
}
