package dev.remap.core.image;

import dev.remap.core.natives.NativeFile;
import org.opencv.core.Core;

/**
 * Loads OpenCV's native library, once in a class loader. The loader that comes with the artifact
 * removes folders of other running processes when it starts.
 */
final class OpenCv {
  private static boolean loaded;

  private OpenCv() {}

  static synchronized void load() {
    if (!loaded) {
      NativeFile.load(
          Core.class,
          resource(System.getProperty("os.name", ""), System.getProperty("os.arch", "")),
          "OpenCV");
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
}
