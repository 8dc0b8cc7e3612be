package dev.remap.jobs.catalogue.table;

import dev.remap.jobs.catalogue.file.StorageFailures;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.LookAhead;
import dev.remap.jobs.store.StoreException;
import java.io.IOException;
import java.util.Optional;

/**
 * The rows of one file of a table. Whatever is wrong with one is told in a sentence that names the
 * file and the row.
 */
public final class TableRows extends LookAhead<TableRow> implements AutoCloseable {
  private final RowSource source;
  private final String table;
  private final String format;

  private TableRows(RowSource source, String table, String format) {
    this.source = source;
    this.table = table;
    this.format = format;
  }

  /** Opens a file. */
  public interface Opening {
    RowSource open() throws IOException;
  }

  public static TableRows of(String table, String format, Opening opening) {
    try {
      return new TableRows(opening.open(), table, format);
    } catch (IOException | RuntimeException e) {
      throw told(table, format, "", e);
    }
  }

  @Override
  protected TableRow find() {
    try {
      return source.next();
    } catch (IOException | RuntimeException e) {
      throw told(table, format, source.place(), e);
    }
  }

  /**
   * One sentence: libraries throw whatever a stranger's file makes them stumble over. What the
   * storage failed at stays that, and is tried again.
   *
   * @param place of the row in the file; empty if it is not one row's fault
   */
  public static RuntimeException told(
      String table, String format, String place, Exception failure) {
    if (failure instanceof InputException known) {
      return known;
    }
    Optional<StoreException> ofStorage = StorageFailures.in(failure, table);
    return ofStorage.isPresent()
        ? ofStorage.get()
        : new InputException(
            "Table %s cannot be read as %s: %s%s",
            table, format, place.isEmpty() ? "" : place + ": ", reason(failure));
  }

  /** What our readers say is said to the user; what lies deeper is a library's reason. */
  private static String reason(Exception failure) {
    return failure instanceof IOException && failure.getMessage() != null
        ? failure.getMessage().lines().findFirst().orElse("")
        : InputException.reason(failure);
  }

  @Override
  public void close() {
    try {
      source.close();
    } catch (IOException e) {
      throw told(table, format, "", e);
    }
  }
}
