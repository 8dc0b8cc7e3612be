package dev.remap.index.jfaiss;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A native library as the jar carries it.
 *
 * @param name of the resource, relative to this package
 * @param sha256 of its content
 */
record NativeResource(String name, String sha256) {
  static NativeResource forThisPlatform() {
    String platform = System.getProperty("os.name") + "/" + System.getProperty("os.arch");
    if (!platform.equals("Linux/amd64")) {
      throw new IllegalStateException(
          "remap brings its Faiss library for Linux/amd64 only, and this is " + platform);
    }
    String name = "linux-x86_64/libjfaiss.so";
    try (InputStream in = resource(name + ".sha256")) {
      return new NativeResource(
          name, new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip());
    } catch (IOException e) {
      throw new UncheckedIOException("can't read the resource " + name + ".sha256", e);
    }
  }

  private static InputStream resource(String name) {
    InputStream in = NativeResource.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException(
          "this build of remap has no native library: no resource " + name);
    }
    return in;
  }

  /**
   * The path of the library in a folder that nobody else can write. What lies there already is used
   * only if its hash is right, and replaced in one step otherwise: any number of processes may do
   * this at once, and none loads a half-written or foreign file.
   */
  Path extractTo(Path folder) {
    try {
      PrivateFolder.create(
          folder, "set -D" + NativeLibrary.FOLDER_PROPERTY + " to one that nobody else can write");
      Path library = folder.resolve("libjfaiss.so");
      if (!Files.isRegularFile(library, LinkOption.NOFOLLOW_LINKS)
          || !FileHash.of(library).equals(sha256)) {
        replace(library);
      }
      return library;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "can't extract the native library to %s: %s. Set -D%s to a folder this user can write"
              .formatted(folder, e, NativeLibrary.FOLDER_PROPERTY),
          e);
    }
  }

  private void replace(Path library) throws IOException {
    Path temporary = Files.createTempFile(library.getParent(), "libjfaiss", ".tmp");
    try (InputStream in = resource(name)) {
      Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
      FileHash.verify(temporary, sha256);
      Files.move(temporary, library, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
