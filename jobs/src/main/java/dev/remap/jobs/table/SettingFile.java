package dev.remap.jobs.table;

import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of this machine that settings of the extractor name. */
final class SettingFile {
  private static final long LONGEST_TEXT = 1 << 24;
  private static final long LONGEST_CONTENT = 1 << 26;

  private SettingFile() {}

  /** A path relative to the installation, which {@code bin/remap} names. */
  static Path path(String path) {
    Path given = Path.of(path);
    String home = System.getenv().getOrDefault("REMAP_HOME", "");
    return given.isAbsolute() || Files.exists(given) ? given : Path.of(home).resolve(given);
  }

  static String text(Path file, String setting) {
    try {
      requireFile(file, LONGEST_TEXT, setting);
      return Files.readString(file);
    } catch (IOException e) {
      throw new InputException("%s cannot be read: check %s", file, setting);
    }
  }

  static byte[] content(Path file, String setting) {
    try {
      requireFile(file, LONGEST_CONTENT, setting);
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new InputException("%s cannot be read: check %s", file, setting);
    }
  }

  private static void requireFile(Path file, long most, String setting) throws IOException {
    if (Files.exists(file) && (!Files.isRegularFile(file) || Files.size(file) > most)) {
      throw new InputException("%s is no file of at most %d bytes: check %s", file, most, setting);
    }
  }
}
