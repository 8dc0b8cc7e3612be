package dev.remap.jobs.catalogue;

import java.io.Serializable;

/**
 * What one row of a table says of an image.
 *
 * @param imageId null or empty where the row has none
 * @param uri as it is written; null or empty where the row has none
 * @param version null or empty where the row has none
 * @param place the row's file and where it stands in it, for messages
 */
record TableRow(String imageId, String uri, String version, String place) implements Serializable {}
