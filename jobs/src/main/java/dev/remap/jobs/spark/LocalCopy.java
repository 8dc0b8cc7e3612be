package dev.remap.jobs.spark;

import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of the store on the local disk, fresh and verified, for as long as it is open. */
public record LocalCopy(Path path) implements AutoCloseable {
  /** In the folder for temporary files. */
  public static LocalCopy of(Store store, FileRef file) {
    return of(store, file, Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** In a folder that has room for it. */
  public static LocalCopy of(Store store, FileRef file, Path folder) {
    try {
      LocalCopy copy = new LocalCopy(Files.createTempFile(folder, "remap-verify", ".part"));
      try {
        store.copyVerified(file, copy.path);
        return copy;
      } catch (StoreException e) {
        copy.close();
        throw e;
      }
    } catch (IOException e) {
      throw StoreException.of("use the temporary folder " + folder + " for", file.path(), e);
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw StoreException.of("delete", path, e);
    }
  }
}
