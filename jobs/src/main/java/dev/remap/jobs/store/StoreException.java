package dev.remap.jobs.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.hdfs.protocol.QuotaExceededException;
import org.apache.hadoop.security.AccessControlException;

/**
 * Something about the store that its user has to know, in one sentence: what happened, to which
 * file, and what to do. Its message is shown as it is, without a stack trace.
 */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final int MAX_REASON = 500;
  private static final String READ = "read";

  private final Damage damage;
  private final String lost;

  /**
   * What is wrong with one file.
   *
   * @param path the file, in full
   * @param how without the advice that the message gives
   */
  public record Damage(String path, String how) implements Serializable {
    private static final long serialVersionUID = 1L;

    private String sentence() {
      return path
          + " is damaged ("
          + how
          + "): restore it from a copy, or let a repair (verify --repair) and the commands that it"
          + " names make it again";
    }
  }

  public StoreException(String message) {
    this(message, null, null, null);
  }

  public StoreException(String message, Throwable cause) {
    this(message, null, null, cause);
  }

  private StoreException(Damage damage, Throwable cause) {
    this(damage.sentence(), damage, damage.path, cause);
  }

  private StoreException(String message, Damage damage, String lost, Throwable cause) {
    super(Plain.line(String.valueOf(message)), cause);
    this.damage = damage;
    this.lost = lost;
  }

  /** Which file is damaged and how; nothing if the storage failed, and the file may be sound. */
  public Optional<Damage> damage() {
    return Optional.ofNullable(damage);
  }

  /**
   * The file, in full, that is damaged or not there although something rests on it; nothing if the
   * storage failed, and the file may be sound.
   */
  public Optional<String> lost() {
    return Optional.ofNullable(lost);
  }

  /**
   * Tells the failures that a user can do something about from the others.
   *
   * @param doing what was being done, such as {@code "write"}
   * @param path the file it was done to
   */
  public static StoreException of(String doing, Object path, IOException cause) {
    boolean lost = doing.equals(READ) && isMissing(cause);
    return new StoreException(
        sentence(doing, path, cause), null, lost ? path.toString() : null, cause);
  }

  /** What failed, for what Hadoop's local files throw where others throw an {@link IOException}. */
  public static StoreException of(String doing, Object path, FSError failure) {
    Throwable cause = failure.getCause();
    return of(doing, path, cause instanceof IOException io ? io : new IOException(failure));
  }

  /** A file that is not there. */
  public static StoreException missing(Object path, String message) {
    return new StoreException(message, null, path.toString(), null);
  }

  /** A file whose content is not what was recorded when it was written. */
  public static StoreException damaged(Object path, String how) {
    return new StoreException(new Damage(path.toString(), brief(how)), null);
  }

  /** A file whose content is not what was recorded, with the failure that showed it. */
  public static StoreException damaged(Object path, String how, Throwable cause) {
    return new StoreException(new Damage(path.toString(), brief(how)), cause);
  }

  /** One line, since what a damaged file says of itself may be anything. */
  private static String brief(String how) {
    String line = how.lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", "?");
    return line.length() <= MAX_REASON ? line : line.substring(0, MAX_REASON) + "…";
  }

  private static String sentence(String doing, Object path, IOException cause) {
    String failed = "Could not " + doing + " " + path + ": ";
    if (isDenied(cause)) {
      return failed + "no permission; check the owner of the folder or the credentials in use";
    }
    if (isReadOnly(cause)) {
      return failed + "the file system is read-only; mount it to be written, or copy the store";
    }
    if (isFull(cause)) {
      return failed + "no space is left there; free some or choose another place, then run again";
    }
    if (isInTheWay(cause)) {
      return failed + "a file is where a folder is needed; choose another place or move the file";
    }
    if (isMissing(cause)) {
      return failed + "it does not exist; check the path and whether an earlier step has finished";
    }
    if (cause instanceof UnknownHostException || cause instanceof ConnectException) {
      return failed + "its server cannot be reached; check the address and the network";
    }
    return failed + firstLine(cause);
  }

  private static boolean isDenied(IOException cause) {
    return cause instanceof AccessControlException
        || cause instanceof java.nio.file.AccessDeniedException
        || firstLine(cause).endsWith("(Permission denied)");
  }

  private static boolean isReadOnly(IOException cause) {
    return firstLine(cause).contains("Read-only file system");
  }

  private static boolean isMissing(IOException cause) {
    return !isDenied(cause)
        && (cause instanceof FileNotFoundException || cause instanceof NoSuchFileException);
  }

  private static boolean isInTheWay(IOException cause) {
    return cause instanceof org.apache.hadoop.fs.FileAlreadyExistsException
        || cause instanceof java.nio.file.FileAlreadyExistsException
        || cause instanceof ParentNotDirectoryException
        || firstLine(cause).endsWith("Not a directory");
  }

  private static boolean isFull(IOException cause) {
    String message = firstLine(cause);
    return cause instanceof QuotaExceededException
        || message.contains("No space left on device")
        || message.contains("Disk quota exceeded")
        || message.contains("could only be written to 0 of");
  }

  private static String firstLine(Throwable cause) {
    String message = cause.getMessage();
    return message == null
        ? cause.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }
}
