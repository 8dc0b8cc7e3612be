package dev.remap.jobs.table;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.LocalPaths;
import dev.remap.jobs.config.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Files of this machine that settings of the extractor name. */
public final class SettingFile {
  private static final long LONGEST_TEXT = 1 << 24;
  private static final long LONGEST_CONTENT = 1 << 26;

  private SettingFile() {}

  /**
   * A path relative to the working folder or else to the installation: what {@code bin/remap}
   * names, or what is around the application's jar.
   */
  static Path path(String path) {
    Path given = Path.of(path);
    if (given.isAbsolute() || Files.exists(given)) {
      return given;
    }
    String home = System.getenv().getOrDefault("REMAP_HOME", "");
    return home.isEmpty() ? around(jar(), given) : Path.of(home).resolve(given);
  }

  /** Refuses files that were named on a command line and are not there. */
  public static void requireThere(Settings settings) {
    LocalPaths.filesGiven(settings)
        .forEach(
            (key, file) -> {
              if (!isThere(file)) {
                throw key.equals(Backbones.SETTING)
                    ? new InputException(
                        "%s/%s cannot be read: check %s", file, Backbones.CARD, Backbones.ASKED)
                    : new InputException("%s cannot be read: check %s", file, key);
              }
            });
  }

  private static boolean isThere(String file) {
    try {
      return Files.exists(path(file));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Beside the jar, where a release has it (lib), or where a build leaves it (jobs/target). */
  static Path around(Path jar, Path given) {
    Path folder = jar.getParent();
    for (int up = 0; up < 3 && folder != null; up++) {
      if (Files.exists(folder.resolve(given))) {
        return folder.resolve(given);
      }
      folder = folder.getParent();
    }
    return given;
  }

  private static Path jar() {
    URL jar = SettingFile.class.getProtectionDomain().getCodeSource().getLocation();
    return Path.of(URI.create(jar.toString()));
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
