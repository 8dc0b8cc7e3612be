package dev.remap.jobs.report;

import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * The file that a page is written to.
 *
 * @param option that names it
 */
record PageFile(String option, Path path) {
  PageFile {
    path = path.toAbsolutePath();
  }

  /**
   * Looks before the work whether it can be there.
   *
   * @throws InputException if there is no place for it
   */
  void requirePlace() {
    Path folder = path.getParent();
    if (folder == null || Files.isDirectory(path)) {
      throw new InputException("%s is %s, a folder: give the name of a file in it", option, path);
    }
    if (!Files.isDirectory(folder)) {
      throw new InputException("There is no folder %s for %s: make it", folder, option);
    }
    if (!Files.isWritable(folder)) {
      throw new InputException(
          "%s is %s, and nothing can be written to %s: give a file elsewhere",
          option, path, folder);
    }
  }

  /**
   * Writes it whole or not at all, whoever looks at the old page meanwhile.
   *
   * @return its length in bytes
   */
  long write(String page) {
    requirePlace();
    byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
    // Of this run alone: two that write the same page are in nobody's way.
    Path part = path.resolveSibling("." + path.getFileName() + "." + UUID.randomUUID() + ".part");
    try {
      try {
        Files.write(part, bytes);
        Files.move(part, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new InputException("%s %s cannot be written: %s", option, path, e);
    }
    return bytes.length;
  }
}
