package dev.remap.jobs.store;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The one primitive that everything visible in a store rests on: of all who create a path, one
 * does, and no reader ever sees a part of the content, whoever dies when.
 *
 * <p>{@code FileSystem.create(path, overwrite = false)} is not that: on a local disk two writers
 * can both win, and HDFS shows an empty file first.
 */
sealed interface AtomicCreate permits LocalCreate, HdfsCreate, S3Create {
  /** The scheme of Hadoop's own file system for S3. */
  String S3 = "s3a";

  /**
   * Creates the file with its parent folders.
   *
   * @param beforeVisible run when the content is written and only the deciding step is left
   * @return true: this call created it; false: the path existed already, whole. Where a network
   *     repeats requests, what existed may be this call's own content: callers who must know put
   *     something unique into it and compare
   * @throws StoreException when it could not be created; it may still turn up if the answer of a
   *     remote store was lost
   */
  boolean create(Path path, ByteSource content, Runnable beforeVisible);

  /** Checks, where that can be doubted, that the file system keeps the promise. */
  default void probe() {}

  /** The implementation for this root, or {@link StoreException} if there is none. */
  static AtomicCreate of(FileSystem fs, Path root, Configuration conf) throws IOException {
    String scheme = root.toUri().getScheme();
    return switch (scheme) {
      case "file" -> new LocalCreate();
      case "hdfs" -> new HdfsCreate(fs, conf);
      case S3 -> S3Create.on(fs, root);
      default ->
          throw new StoreException(
              "Cannot keep a store at "
                  + root
                  + ": only file:, hdfs: and s3a: can create a file exactly once, and '"
                  + scheme
                  + ":' is not known to");
    };
  }
}
