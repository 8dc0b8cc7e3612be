package dev.remap.jobs.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The commands that a repair prints, as a shell takes them. */
public final class PrintedCommands {
  private PrintedCommands() {}

  /** The lines below the one that asks for them, each as the arguments of {@code remap}. */
  public static List<String[]> of(String said) {
    return said.lines()
        .dropWhile(line -> !line.contains("now run"))
        .skip(1)
        .map(String::strip)
        .filter(line -> line.startsWith("remap "))
        .map(PrintedCommands::words)
        .toList();
  }

  private static String[] words(String line) {
    try {
      Process shell =
          new ProcessBuilder("bash", "-c", "remap() { printf '%s\\0' \"$@\"; }; " + line).start();
      String words = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      String[] all = words.split("\0", -1);
      return Arrays.copyOf(all, all.length - 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
