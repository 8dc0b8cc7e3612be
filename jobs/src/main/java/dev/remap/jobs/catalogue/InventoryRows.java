package dev.remap.jobs.catalogue;

import dev.remap.jobs.catalogue.file.StorageFailures;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.StoreException;
import java.util.Iterator;
import java.util.Optional;
import org.apache.spark.sql.Row;

/** The rows of an inventory as Spark reads them, with their places. */
final class InventoryRows implements Iterator<InventoryRow> {
  private static final int MALFORMED = 7;
  private static final int FILE = 8;
  private static final int START = 9;

  private final Iterator<Row> rows;
  private final String uri;
  private final String format;
  private String file = "";
  private long start;
  private long number;

  InventoryRows(Iterator<Row> rows, String uri, String format) {
    this.rows = rows;
    this.uri = uri;
    this.format = format;
  }

  @Override
  public boolean hasNext() {
    try {
      return rows.hasNext();
    } catch (Exception e) {
      // Spark's own exception is checked, but comes out of methods that do not declare it.
      throw unreadable(uri, format, number == 0 ? "" : "behind " + place() + ": ", e);
    }
  }

  @Override
  public InventoryRow next() {
    Row row = rows.next();
    if (!row.getString(FILE).equals(file) || row.getLong(START) != start) {
      file = row.getString(FILE);
      start = row.getLong(START);
      number = 0;
    }
    number++;
    InventoryRow object =
        new InventoryRow(
            row.getString(0),
            row.getString(1),
            row.getString(2),
            row.getString(3),
            row.getString(4),
            row.getString(5),
            row.getString(6),
            place());
    if (!row.isNullAt(MALFORMED)) {
      throw object.refused("has more or fewer fields than the inventory has columns");
    }
    return object;
  }

  /** A large file is read in parts. */
  private String place() {
    return "row " + number + (start == 0 ? "" : " from byte " + start) + " of " + file;
  }

  static RuntimeException unreadable(String uri, String format, String place, Exception failure) {
    Optional<StoreException> ofStorage = StorageFailures.in(failure, uri);
    return ofStorage.isPresent()
        ? ofStorage.get()
        : new InputException(
            "Inventory %s cannot be read as %s: %s%s",
            uri, format, place, InputException.reason(failure));
  }
}
