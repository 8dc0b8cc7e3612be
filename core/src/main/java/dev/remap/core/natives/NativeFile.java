package dev.remap.core.natives;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/**
 * Loads native libraries from the class path.
 *
 * <p>A library goes into a new private file that is unlinked as soon as it is mapped. So neither
 * two processes on one host nor two class loaders in one process can meet, nothing is left behind,
 * and nobody can exchange the file for another.
 */
public final class NativeFile {
  private NativeFile() {}

  /** Whether libraries for Linux on 64-bit x86 run here. */
  public static boolean isLinuxOnX86() {
    String processor = System.getProperty("os.arch", "");
    return System.getProperty("os.name", "").startsWith("Linux")
        && (processor.equals("amd64") || processor.equals("x86_64"));
  }

  /**
   * Loads one; not twice in a class loader.
   *
   * @param beside the class that is found where the library is, which calls it
   * @param resource as {@link Class#getResourceAsStream} takes it
   * @param name what people call it
   * @throws NativeException if it cannot be loaded
   */
  public static void load(Class<?> beside, String resource, String name) {
    try {
      loadAndUnlink(beside, resource, name);
    } catch (IOException | UnsatisfiedLinkError e) {
      throw new NativeException(
          "Cannot load "
              + name
              + " from "
              + resource
              + " by way of "
              + System.getProperty("java.io.tmpdir")
              + ": "
              + e.getMessage()
              + ". Let -Djava.io.tmpdir name a folder with 70 MB free that allows execution.",
          e);
    }
  }

  private static void loadAndUnlink(Class<?> beside, String resource, String name)
      throws IOException {
    Path library = Files.createTempFile("remap-" + name.toLowerCase(Locale.ROOT) + "-", null);
    try (InputStream in = beside.getResourceAsStream(resource)) {
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
