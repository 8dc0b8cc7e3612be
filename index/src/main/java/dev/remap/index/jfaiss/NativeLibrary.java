package dev.remap.index.jfaiss;

import java.nio.file.Path;
import java.util.ServiceLoader;

/**
 * Loads {@code libjfaiss.so} from the jar, once per process, when a handle is first used. A program
 * that also uses libtorch says so by a {@link NativePrerequisite}, so that both share one libgomp.
 *
 * <p>The library is extracted to a private folder named by its content, below the system property
 * {@value #FOLDER_PROPERTY} or else {@code java.io.tmpdir}.
 */
public final class NativeLibrary {
  /** Where extracted natives go: a folder that this user may write and execute from. */
  public static final String FOLDER_PROPERTY = "remap.native.dir";

  /**
   * A variable of the environment that names the kernels to use, as {@link #instructionSet} does,
   * in place of the best that the CPU runs. Results have the same bits with all of them.
   */
  public static final String KERNELS_VARIABLE = "REMAP_KERNELS";

  private static boolean loaded;

  private NativeLibrary() {}

  /**
   * Loads it, or does nothing if it is loaded.
   *
   * @throws IllegalStateException if this platform has no library, or the folder isn't private
   * @throws IllegalArgumentException if {@value #KERNELS_VARIABLE} names no kernels of this CPU
   * @throws java.io.UncheckedIOException if the library can't be extracted
   */
  public static synchronized void load() {
    if (!loaded) {
      ServiceLoader.load(NativePrerequisite.class, NativeLibrary.class.getClassLoader())
          .forEach(NativePrerequisite::load);
      NativeResource library = NativeResource.forThisPlatform();
      System.load(library.extractTo(folder(library)).toString());
      // Wrong kernels are refused here, not in the middle of some work.
      Natives.instructionSet();
      loaded = true;
    }
  }

  /**
   * The instruction set of the kernels: {@code avx512bf16}, {@code avx512}, {@code avx2} or {@code
   * portable}.
   */
  public static String instructionSet() {
    load();
    return Natives.instructionSet();
  }

  private static Path folder(NativeResource library) {
    String user = System.getProperty("user.name").replaceAll("[^A-Za-z0-9._-]", "_");
    String parent = System.getProperty(FOLDER_PROPERTY, System.getProperty("java.io.tmpdir"));
    return Path.of(parent, "remap-jfaiss-%s-%s".formatted(user, library.sha256().substring(0, 16)))
        .toAbsolutePath();
  }
}
