package dev.remap.jobs.store;

import dev.remap.jobs.store.Store.ReadPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;

/** Reads files of a store that somebody has recorded: with their length and digest, or not. */
final class VerifiedReading {
  private final Store store;

  VerifiedReading(Store store) {
    this.store = store;
  }

  void requireLength(FileRef ref) {
    FileStatus status =
        store
            .status(ref.path())
            .orElseThrow(() -> StoreException.damaged(locate(ref), "it does not exist"));
    if (status.isDirectory() || status.getLen() != ref.bytes()) {
      throw StoreException.damaged(
          locate(ref), "it has " + status.getLen() + " bytes, recorded were " + ref.bytes());
    }
  }

  byte[] read(FileRef ref) {
    requireLength(ref);
    byte[] bytes = store.readFully(ref.path(), Math.toIntExact(ref.bytes()));
    requireDigest(ref, Sha256.hex(bytes));
    return bytes;
  }

  void verify(FileRef ref) {
    requireLength(ref);
    store.reading(ref.path(), () -> verifyOnce(ref));
  }

  private boolean verifyOnce(FileRef ref) {
    try (InputStream in = open(ref)) {
      requireDigest(ref, Sha256.hex(in));
      return true;
    } catch (IOException e) {
      throw StoreException.of("read", locate(ref), e);
    } catch (FSError e) {
      throw StoreException.of("read", locate(ref), e);
    }
  }

  void copy(FileRef ref, Path target) {
    requireLength(ref);
    store.reading(ref.path(), () -> copyOnce(ref, target));
  }

  private boolean copyOnce(FileRef ref, Path target) {
    Path part = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + ".part");
    try {
      try {
        copyTo(part, ref);
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        return true;
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw StoreException.of("copy " + locate(ref) + " to", target, e);
    } catch (FSError e) {
      throw StoreException.of("copy " + locate(ref) + " to", target, e);
    }
  }

  private void copyTo(Path part, FileRef ref) throws IOException {
    try (InputStream in = open(ref);
        OutputStream out = Files.newOutputStream(part)) {
      in.transferTo(out);
    }
    try (InputStream in = Files.newInputStream(part)) {
      requireDigest(ref, Sha256.hex(in));
    }
  }

  private InputStream open(FileRef ref) throws IOException {
    return store.open(ref.path(), ref.bytes(), ReadPolicy.WHOLE);
  }

  private void requireDigest(FileRef ref, String found) {
    if (!found.equals(ref.sha256())) {
      throw StoreException.damaged(
          locate(ref), "its SHA-256 is " + found + ", recorded was " + ref.sha256());
    }
  }

  private String locate(FileRef ref) {
    return store.locate(ref.path());
  }
}
