package dev.remap.jobs.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** The repository's scripts in folders of tests, and what they say. */
final class Script {
  static final Path HOME = Path.of("..").toAbsolutePath().normalize();

  private Script() {}

  /**
   * What a script left.
   *
   * @param said standard output and error
   */
  record Ran(int status, String said) {}

  /** Copies files of the repository to the same places below another folder. */
  static void copy(Path home, String... names) {
    try {
      for (String name : names) {
        Path copy = home.resolve(name);
        Files.createDirectories(copy.getParent());
        Files.copy(HOME.resolve(name), copy, StandardCopyOption.COPY_ATTRIBUTES);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes an executable of Bash. */
  static void write(Path file, String text) {
    write(file, "#!/bin/bash\n" + text, "rwxr-xr-x");
  }

  static void write(Path file, String text, String permissions) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs it in that folder, without variables of Spark and of this project but these. */
  static Ran run(Path folder, Map<String, String> variables, List<String> line) {
    ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.matches("(SPARK|REMAP)_.*"));
    builder.environment().putAll(variables);
    try {
      Process process = builder.redirectErrorStream(true).start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Ran(process.waitFor(), said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
