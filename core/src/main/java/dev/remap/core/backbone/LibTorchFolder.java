package dev.remap.core.backbone;

import ai.djl.util.Platform;
import ai.djl.util.Utils;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The folder that DJL unpacks libtorch into, shared by all processes of a user on a host.
 *
 * <p>DJL unpacks by temporary folder and rename, so no process meets half a library. But of several
 * executors that start together each would unpack its own 430 MB (several GB for CUDA) to throw all
 * but one away, and one that is killed meanwhile would leave its share for ever. Hence one process
 * at a time, and what a dead one left is removed first.
 */
final class LibTorchFolder {
  private LibTorchFolder() {}

  /**
   * The OpenMP runtime of the libtorch that DJL will load: none if that is not unpacked yet, brings
   * none, or is one that the user names.
   */
  static List<Path> openMp() {
    for (String other : List.of("PYTORCH_LIBRARY_PATH", "PYTORCH_VERSION")) {
      if (Utils.getEnvOrSystemProperty(other) != null) {
        return List.of();
      }
    }
    Platform platform = Platform.detectPlatform("pytorch");
    String name =
        "%s-%s-%s".formatted(platform.getVersion(), platform.getFlavor(), platform.getClassifier());
    Path folder = Utils.getEngineCacheDir("pytorch").resolve(name).toAbsolutePath();
    List<Path> runtimes = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "libgomp*")) {
      found.forEach(runtimes::add);
    } catch (IOException | DirectoryIteratorException e) {
      return List.of();
    }
    return runtimes;
  }

  /**
   * Runs the start of libtorch while no other process of this host is at it.
   *
   * @throws IllegalStateException if the folder cannot be written or locked
   */
  static <T> T locked(Supplier<T> start) {
    return locked(Utils.getEngineCacheDir("pytorch").toAbsolutePath(), start);
  }

  static <T> T locked(Path folder, Supplier<T> start) {
    try {
      Files.createDirectories(folder);
      if (!Files.isWritable(folder)) {
        // Unpacked beforehand, in a container's image for example: nobody will write here.
        return start.get();
      }
      try (FileChannel file = open(folder.resolve("lock"))) {
        // Released with the channel, and by the system should this process die.
        file.lock();
        removeHalves(folder);
        return start.get();
      }
    } catch (IOException e) {
      throw new IllegalStateException(
          ("Cannot use %s to unpack libtorch: %s. Set DJL_CACHE_DIR to a folder on a local disk that"
                  + " this user can write, with 500 MB free (several GB for CUDA)")
              .formatted(folder, e),
          e);
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** Nobody is unpacking now, so whatever is half unpacked belongs to a process that died. */
  private static void removeHalves(Path folder) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (!Files.isDirectory(entry)) {
          continue;
        }
        if (entry.getFileName().toString().startsWith("tmp")) {
          Utils.deleteQuietly(entry);
        } else {
          removeHalfFiles(entry);
        }
      }
    }
  }

  private static void removeHalfFiles(Path folder) throws IOException {
    try (DirectoryStream<Path> halves = Files.newDirectoryStream(folder, "jni*tmp")) {
      for (Path half : halves) {
        Files.deleteIfExists(half);
      }
    }
  }
}
