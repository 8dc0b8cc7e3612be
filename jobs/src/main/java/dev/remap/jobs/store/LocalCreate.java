package dev.remap.jobs.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.UUID;

/** A hidden temporary file, forced to the disk, then a hard link: the kernel lets one link win. */
final class LocalCreate implements AtomicCreate {
  private static final int MOST_TRIES = 100;

  @Override
  public boolean create(
      org.apache.hadoop.fs.Path path, ByteSource content, Runnable beforeVisible) {
    Path target = LocalFiles.of(path);
    Path temporary =
        target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try {
        write(temporary, content);
        beforeVisible.run();
        return link(target, temporary);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw StoreException.of("create", path, e);
    }
  }

  /** The folder may go at any time, as long as it is empty. */
  private static void write(Path temporary, ByteSource content) throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        LocalFiles.makeFolder(temporary.getParent());
        LocalFiles.write(temporary, content);
        return;
      } catch (NoSuchFileException e) {
        if (tries == MOST_TRIES) {
          throw e;
        }
      }
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
