package dev.remap.jobs.catalogue.table;

import dev.remap.jobs.catalogue.file.PlainFiles;
import dev.remap.jobs.catalogue.file.StorageFailures;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.StoreException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * Tables whose files are rows only if a log says so: read file by file, they would list what was
 * removed from them.
 */
final class LakeTables {
  private static final Map<String, String> LOGS =
      new TreeMap<>(
          Map.of(
              "_delta_log", "a Delta table",
              ".hoodie", "a Hudi table",
              "_spark_metadata", "what a Spark stream has written"));

  private static final String ICEBERG_FOLDER = "metadata";
  private static final String ICEBERG_FILE = ".metadata.json";

  private LakeTables() {}

  /**
   * Refuses a folder that is such a table, or is inside one.
   *
   * @param seen folders that are none, to which it adds
   * @throws InputException that names its kind
   */
  static void refuseAround(Path folder, Configuration conf, Set<Path> seen) {
    for (Path above = folder; above != null && seen.add(above); above = above.getParent()) {
      try {
        refuse(above, conf);
      } catch (IOException e) {
        // A folder may be one that may not be looked into, such as one above the user's own.
        if (StorageFailures.mayPass(e)) {
          throw StoreException.of("list", above, e);
        }
      }
    }
  }

  /** Refuses a folder that is such a table itself. */
  static void refuse(Path folder, Configuration conf) throws IOException {
    FileSystem files = PlainFiles.of(folder, conf);
    for (Map.Entry<String, String> log : LOGS.entrySet()) {
      if (files.exists(new Path(folder, log.getKey()))) {
        throw refused(folder, log.getValue(), log.getKey());
      }
    }
    if (hasIcebergMetadata(files, new Path(folder, ICEBERG_FOLDER))) {
      throw refused(folder, "an Iceberg table", ICEBERG_FOLDER);
    }
  }

  private static boolean hasIcebergMetadata(FileSystem files, Path folder) throws IOException {
    try {
      RemoteIterator<FileStatus> found = files.listStatusIterator(folder);
      while (found.hasNext()) {
        if (found.next().getPath().getName().contains(ICEBERG_FILE)) {
          return true;
        }
      }
      return false;
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  private static InputException refused(Path folder, String kind, String log) {
    return new InputException(
        "%s is %s: which of its files count stands in its %s, which is not read here. Write its"
            + " present rows as plain Parquet, and give that",
        folder, kind, log);
  }
}
