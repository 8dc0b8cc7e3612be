package dev.remap.jobs.spark;

import dev.remap.index.jfaiss.PrivateFolder;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * Files of the store on an executor's own disk, named by their digest, for natives that read paths.
 * Copied once per machine; whoever opens one checks its digest again, and opens it at once: what
 * nobody has fetched for some hours goes when something new comes, or the disk would be full of the
 * shards of nights long past. A file that is open outlives that. The folder is this user's alone.
 */
public final class LocalCache {
  static final Duration KEPT = Duration.ofHours(6);
  public static final Path FOLDER =
      Path.of(
          System.getProperty("java.io.tmpdir"), "remap-cache-" + System.getProperty("user.name"));

  private LocalCache() {}

  /** A local file with the content that {@code file} names. */
  public static Path fetch(Store store, FileRef file) {
    return fetch(FOLDER, store, file);
  }

  public static Path fetch(Path folder, Store store, FileRef file) {
    try {
      PrivateFolder.create(folder, "give Java another temporary folder (-Djava.io.tmpdir)");
      Path local = folder.resolve(file.sha256());
      // Another process may take it for unused just before its time is set: then it comes again.
      while (!isUsed(local, file)) {
        evict(folder);
        store.copyVerified(file, local);
      }
      return local;
    } catch (IOException e) {
      throw StoreException.of("use the local folder", folder, e);
    } catch (IllegalStateException e) {
      throw new InputException("%s", e.getMessage());
    }
  }

  /** Whether the file is there after its time was set. */
  private static boolean isUsed(Path local, FileRef file) throws IOException {
    try {
      Files.setLastModifiedTime(local, FileTime.from(Instant.now()));
      return Files.size(local) == file.bytes();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static void evict(Path folder) throws IOException {
    FileTime limit = FileTime.from(Instant.now().minus(KEPT));
    List<Path> there;
    try (Stream<Path> files = Files.list(folder)) {
      there = files.toList();
    }
    for (Path local : there) {
      try {
        if (Files.getLastModifiedTime(local).compareTo(limit) < 0) {
          Files.deleteIfExists(local);
        }
      } catch (NoSuchFileException e) {
        // Another process was faster.
      }
    }
  }
}
