package dev.remap.jobs.store;

/**
 * A file that was found below a root, whoever put it there and whatever its name.
 *
 * @param path relative to the root
 * @param bytes its length
 * @param modified when it was last written, in milliseconds of the storage's clock
 */
public record StoreFile(String path, long bytes, long modified) {
  /** The last part of its path. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
