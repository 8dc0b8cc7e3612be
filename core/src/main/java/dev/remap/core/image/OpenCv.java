package dev.remap.core.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.opencv.core.Core;

/**
 * Loads OpenCV's native library, once in a class loader.
 *
 * <p>The library goes into a new private file that is unlinked as soon as it is mapped. So neither
 * two processes on one host nor two class loaders in one process can meet, nothing is left behind,
 * and nobody can exchange the file for another (the loader that comes with the artifact removes
 * folders of other running processes when it starts).
 */
final class OpenCv {
  private static boolean loaded;

  private OpenCv() {}

  static synchronized void load() {
    if (!loaded) {
      String resource =
          resource(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
      try {
        loadAndUnlink(resource);
      } catch (IOException | UnsatisfiedLinkError e) {
        throw new IllegalStateException(
            "Cannot load OpenCV from "
                + resource
                + " by way of "
                + System.getProperty("java.io.tmpdir")
                + ": "
                + e.getMessage()
                + ". Let -Djava.io.tmpdir name a folder with 70 MB free that allows execution.",
            e);
      }
      // Parallelism belongs to the decode threads: one image, one core.
      Core.setNumThreads(1);
      loaded = true;
    }
  }

  /** Where the artifact keeps the library for a platform, named as the JVM names it. */
  static String resource(String os, String arch) {
    String system = os.startsWith("Mac") ? "osx" : os.startsWith("Linux") ? "linux" : null;
    String processor =
        switch (arch) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "ARMv8";
          default -> null;
        };
    if (system == null || processor == null) {
      throw new IllegalStateException(
          "OpenCV has no library for " + os + " on " + arch + ": use 64-bit Linux or macOS");
    }
    String suffix = system.equals("osx") ? ".dylib" : ".so";
    return "/nu/pattern/opencv/"
        + system
        + "/"
        + processor
        + "/lib"
        + Core.NATIVE_LIBRARY_NAME
        + suffix;
  }

  private static void loadAndUnlink(String resource) throws IOException {
    Path library = Files.createTempFile("remap-opencv-", null);
    try (InputStream in = Core.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("not on the class path");
      }
      Files.copy(in, library, StandardCopyOption.REPLACE_EXISTING);
      System.load(library.toString());
    } finally {
      Files.delete(library);
    }
  }
}
