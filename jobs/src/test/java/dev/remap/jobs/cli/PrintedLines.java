package dev.remap.jobs.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** Command lines that a text tells its reader to run. */
final class PrintedLines {
  private static final Pattern QUOTED = Pattern.compile("`((?:bin/)?remap [^`\\n]*)`");

  /** A piece of a word as a shell reads it: \c, '…', $'…', "…" or plain; or the space between. */
  private static final Pattern PIECE =
      Pattern.compile(
          "\\\\(.)|\\$'((?:[^'\\\\]|\\\\.)*)'|'([^']*)'|\"([^\"]*)\"|(\\s+)|(.)", Pattern.DOTALL);

  private PrintedLines() {}

  /** Those between backquotes. */
  static List<String> in(String text) {
    return QUOTED.matcher(text).results().map(found -> found.group(1)).toList();
  }

  /** The arguments of such a line, as a shell would give them. */
  static String[] words(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = null;
    Matcher piece = PIECE.matcher(line.strip());
    while (piece.find()) {
      if (piece.group(5) != null) {
        words.add(word.toString());
        word = null;
        continue;
      }
      word = word == null ? new StringBuilder() : word;
      for (int group : new int[] {1, 2, 3, 4, 6}) {
        word.append(piece.group(group) == null ? "" : piece.group(group));
      }
    }
    words.add(word.toString());
    return words.subList(1, words.size()).toArray(String[]::new);
  }

  /**
   * Throws if the command or one of its options does not exist, a value does not fit, or a setting
   * has two.
   */
  static CommandLine.ParseResult parse(String... words) {
    Set<String> keys = new HashSet<>();
    for (int i = 1; i < words.length; i++) {
      if (words[i - 1].equals("--set") && !keys.add(words[i].replaceFirst("=.*", ""))) {
        throw new IllegalArgumentException("two values for a setting: " + String.join(" ", words));
      }
    }
    return Main.commandLine(words).parseArgs(words);
  }
}
