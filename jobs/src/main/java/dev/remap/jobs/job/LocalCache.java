package dev.remap.jobs.job;

import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Files of the store on an executor's own disk, named by their digest, for natives that read paths.
 * Copied once per machine; whoever opens one checks its digest again.
 */
final class LocalCache {
  private static final Path FOLDER =
      Path.of(
          System.getProperty("java.io.tmpdir"), "remap-cache-" + System.getProperty("user.name"));

  private LocalCache() {}

  /** Whether this machine has a copy already. */
  static boolean has(FileRef file) {
    return Files.exists(FOLDER.resolve(file.sha256()));
  }

  /** A local file with the content that {@code file} names. */
  static Path fetch(Store store, FileRef file) {
    try {
      Files.createDirectories(
          FOLDER,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Path local = FOLDER.resolve(file.sha256());
      if (!Files.exists(local) || Files.size(local) != file.bytes()) {
        store.copyVerified(file, local);
      }
      return local;
    } catch (IOException e) {
      throw StoreException.of("use the local folder", FOLDER, e);
    }
  }
}
