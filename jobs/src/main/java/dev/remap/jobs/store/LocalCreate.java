package dev.remap.jobs.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** A hidden temporary file, forced to the disk, then a hard link: the kernel lets one link win. */
final class LocalCreate implements AtomicCreate {
  @Override
  public boolean create(org.apache.hadoop.fs.Path path, Content content, Runnable beforeVisible) {
    Path target = LocalFiles.of(path);
    Path temporary =
        target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      LocalFiles.makeFolder(target.getParent());
      try {
        LocalFiles.write(temporary, content);
        beforeVisible.run();
        return link(target, temporary);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw StoreException.of("create", path, e);
    }
  }

  private static boolean link(Path target, Path temporary) throws IOException {
    try {
      Files.createLink(target, temporary);
    } catch (FileAlreadyExistsException e) {
      // NFS repeats a request whose answer was lost, and then reports our own link as in the way.
      return Files.isSameFile(target, temporary);
    } catch (UnsupportedOperationException e) {
      throw noLinks(target, e);
    } catch (FileSystemException e) {
      if ("Operation not permitted".equals(e.getReason())) {
        throw noLinks(target, e);
      }
      throw e;
    }
    LocalFiles.syncFolder(target.getParent());
    return true;
  }

  private static StoreException noLinks(Path target, Exception cause) {
    return new StoreException(
        "Cannot keep a store at "
            + target.getParent()
            + ": its file system has no hard links; choose a folder on another one",
        cause);
  }
}
