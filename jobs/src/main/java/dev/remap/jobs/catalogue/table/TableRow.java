package dev.remap.jobs.catalogue.table;

import java.io.Serializable;

/**
 * What one row of a table says of an image.
 *
 * @param imageId null or empty where the row has none
 * @param uri as it is written; null or empty where the row has none
 * @param version null or empty where the row has none
 * @param file text of the path of the row's file
 * @param place where the row stands in it, for messages
 */
public record TableRow(String imageId, String uri, String version, String file, String place)
    implements Serializable {
  /** The row's file and its place there. */
  public String where() {
    return file + ", " + place;
  }
}
