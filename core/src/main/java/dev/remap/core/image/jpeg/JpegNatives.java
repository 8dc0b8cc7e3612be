package dev.remap.core.image.jpeg;

import dev.remap.core.image.NativeFile;

/** Loads the library of this package's native methods, which exists for Linux on 64-bit x86. */
final class JpegNatives {
  private static final String LIBRARY = "linux-x86_64/libremapjpeg.so";
  private static final boolean HERE = NativeFile.isLinuxOnX86();

  private static boolean loaded;

  private JpegNatives() {}

  /**
   * Whether this platform has the library, which then is loaded.
   *
   * @throws IllegalStateException if it has, but loading fails
   */
  static boolean load() {
    return HERE && loadOnce();
  }

  private static synchronized boolean loadOnce() {
    if (!loaded) {
      NativeFile.load(JpegNatives.class, LIBRARY, "libjpeg-turbo");
      loaded = true;
    }
    return true;
  }
}
