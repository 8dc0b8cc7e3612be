package dev.remap.jobs.store;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a file is created from: can be read more than once, for its digest and for each try. */
public interface ByteSource {
  /** Opens it at its beginning. */
  InputStream open() throws IOException;

  /** A small content, held in memory. */
  static ByteSource of(byte[] bytes) {
    return () -> new ByteArrayInputStream(bytes);
  }

  /** A file of this machine, which must not change meanwhile. */
  static ByteSource of(Path local) {
    return () -> new BufferedInputStream(Files.newInputStream(local), 1 << 20);
  }

  /** Copies all of it. */
  default void writeTo(OutputStream out) throws IOException {
    try (InputStream in = open()) {
      in.transferTo(out);
    }
  }
}
