package dev.remap.jobs.store.segment;

import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a segment's Parquet footer says about it: schema version, table, and what it came from. */
final class SegmentMetadata {
  private static final String PREFIX = "remap.";
  private static final String VERSION = PREFIX + Json.SCHEMA_VERSION;
  private static final String TABLE = PREFIX + "table";
  private static final String FINGERPRINT = PREFIX + "fingerprint.";

  private SegmentMetadata() {}

  static Map<String, String> of(RowFormat<?> format, Map<String, String> fingerprints) {
    SortedMap<String, String> metadata = new TreeMap<>();
    metadata.put(VERSION, Integer.toString(Store.SCHEMA_VERSION));
    metadata.put(TABLE, format.table());
    fingerprints.forEach((name, value) -> metadata.put(FINGERPRINT + name, value));
    return metadata;
  }

  static void check(String where, RowFormat<?> format, Map<String, String> metadata) {
    expect(where, metadata, VERSION, Integer.toString(Store.SCHEMA_VERSION));
    expect(where, metadata, TABLE, format.table());
  }

  private static void expect(
      String where, Map<String, String> metadata, String name, String expected) {
    String found = metadata.get(name);
    if (!expected.equals(found)) {
      throw new StoreException(
          where
              + " has "
              + (found == null ? "no " + name : name + " " + found)
              + ", and "
              + expected
              + " is needed: it is of another table or another version of this program");
    }
  }

  static SortedMap<String, String> fingerprints(Map<String, String> metadata) {
    SortedMap<String, String> fingerprints = new TreeMap<>();
    metadata.forEach(
        (name, value) -> {
          if (name.startsWith(FINGERPRINT)) {
            fingerprints.put(name.substring(FINGERPRINT.length()), value);
          }
        });
    return fingerprints;
  }
}
