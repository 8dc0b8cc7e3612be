package dev.remap.jobs.catalogue.file;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.StoreException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;

/**
 * Tells what a catalogue's storage fails at, which may pass and is tried again, from what is wrong
 * with the user's input, which no attempt mends. Only who asks the storage can tell: further up, an
 * {@link IOException} may as well be about a file's content.
 */
public final class StorageFailures {
  /** What the storage says of what it was asked for, and will say again. */
  private static final List<Class<? extends IOException>> LASTING =
      List.of(
          FileNotFoundException.class,
          NoSuchFileException.class,
          NotDirectoryException.class,
          ParentNotDirectoryException.class,
          AccessDeniedException.class,
          AccessControlException.class,
          UnsupportedFileSystemException.class);

  /** By name, since many a Spark comes without S3A. */
  private static final String LASTING_OF_S3A = "org.apache.hadoop.fs.s3a.UnknownStoreException";

  /** What no content makes anything throw. */
  private static final List<Class<? extends IOException>> OF_STORAGES =
      List.of(
          SocketException.class,
          UnknownHostException.class,
          InterruptedIOException.class,
          SSLException.class);

  private static final String OF_S3A = "org.apache.hadoop.fs.s3a.AWSServiceIOException";

  private StorageFailures() {}

  /** Whether a storage that was asked may answer another time. */
  public static boolean mayPass(IOException failure) {
    return causes(failure).noneMatch(cause -> is(cause, LASTING, LASTING_OF_S3A));
  }

  /**
   * What is thrown for what a storage threw.
   *
   * @param doing what was being done, such as {@code "list"}
   * @param wrong what is said if it will not pass
   */
  public static RuntimeException told(
      String doing, Object place, IOException failure, InputException wrong) {
    return mayPass(failure) ? StoreException.of(doing, place, failure) : wrong;
  }

  /** A storage's failure that was told as such, or one that can be nothing else. */
  public static Optional<StoreException> in(Throwable thrown, Object place) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof StoreException told) {
        return Optional.of(told);
      }
      if (cause instanceof IOException e && is(e, OF_STORAGES, OF_S3A) && mayPass(e)) {
        return Optional.of(StoreException.of("read", place, e));
      }
    }
    return Optional.empty();
  }

  private static Stream<Throwable> causes(Throwable thrown) {
    return Stream.iterate(thrown, Objects::nonNull, Throwable::getCause);
  }

  private static boolean is(
      Throwable thrown, List<Class<? extends IOException>> kinds, String name) {
    return kinds.stream().anyMatch(kind -> kind.isInstance(thrown))
        || Stream.<Class<?>>iterate(thrown.getClass(), Objects::nonNull, Class::getSuperclass)
            .anyMatch(type -> type.getName().equals(name));
  }
}
