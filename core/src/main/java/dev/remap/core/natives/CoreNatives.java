package dev.remap.core.natives;

/** Loads the library of this module's native methods, which exists for Linux on 64-bit x86. */
public final class CoreNatives {
  private static final String LIBRARY = "linux-x86_64/libremapcore.so";
  private static final boolean HERE = NativeFile.isLinuxOnX86();

  private static boolean loaded;

  private CoreNatives() {}

  /**
   * Whether this platform has the library, which then is loaded.
   *
   * @throws IllegalStateException if it has, but loading fails
   */
  public static boolean load() {
    return HERE && loadOnce();
  }

  private static synchronized boolean loadOnce() {
    if (!loaded) {
      NativeFile.load(CoreNatives.class, LIBRARY, "libremapcore");
      loaded = true;
    }
    return true;
  }
}
