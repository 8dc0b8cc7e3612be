package dev.remap.jobs.store;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.BulkDelete;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Many files by one request. Apart from others, since a Hadoop before 3.4.1 has no such class. */
final class S3Delete {
  private S3Delete() {}

  /** Deletes files below the root, in order; one that is gone already is no failure. */
  static void all(FileSystem fs, Path root, List<Path> all) throws IOException {
    try (BulkDelete bulk = fs.createBulkDelete(root)) {
      for (int from = 0; from < all.size(); from += bulk.pageSize()) {
        int to = Math.min(all.size(), from + bulk.pageSize());
        for (Map.Entry<Path, String> failed : bulk.bulkDelete(all.subList(from, to))) {
          throw new IOException(failed.getKey() + ": " + failed.getValue());
        }
      }
    }
  }
}
