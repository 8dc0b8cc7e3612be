package dev.remap.jobs.config;

import dev.remap.jobs.store.Plain;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A command line that a message prints, to be run as it is: values are quoted for a POSIX shell
 * (Bash where they hold characters that a terminal would obey). In a message it stands between
 * backquotes.
 *
 * @param words the command and its options
 * @param settings {@code --config} and {@code --set}, each with its value, which stand last
 */
public record CommandText(List<String> words, List<String> settings) {
  private static final String SET = "--set";

  public CommandText {
    words = List.copyOf(words);
    settings = List.copyOf(settings);
  }

  /** Such as {@code verify}. */
  public static CommandText of(String command) {
    return new CommandText(List.of(command), List.of());
  }

  /** With one more option, such as {@code --repair}. */
  public CommandText with(String option) {
    return new CommandText(and(words, option), settings);
  }

  /** With an option and its value, which is quoted where that is needed; a later one counts. */
  public CommandText with(String option, Object value) {
    int there = words.indexOf(option);
    if (there > 0) {
      List<String> changed = new ArrayList<>(words);
      changed.set(there + 1, value.toString());
      return new CommandText(changed, settings);
    }
    return new CommandText(and(and(words, option), value.toString()), settings);
  }

  /** With an option that may be repeated, and its value. */
  public CommandText and(String option, Object value) {
    return new CommandText(and(and(words, option), value.toString()), settings);
  }

  /** With the options that say what a run was told about its settings; a later one counts. */
  public CommandText withSettings(List<String> given) {
    List<String> all = Stream.concat(settings.stream(), given.stream()).toList();
    List<String> kept = new ArrayList<>();
    for (int i = 0; i + 1 < all.size(); i += 2) {
      String key = key(all.get(i), all.get(i + 1));
      boolean isSaidAgain = !key.isEmpty() && keys(all.subList(i + 2, all.size())).contains(key);
      if (!isSaidAgain) {
        kept.addAll(all.subList(i, i + 2));
      }
    }
    return new CommandText(words, kept);
  }

  /** With one setting, whatever has been said of it. */
  public CommandText withSetting(String key, String value) {
    return withSettings(List.of(SET, key + "=" + value));
  }

  /** Without those settings of a group that stand on the line, such as {@code whitening}. */
  public CommandText withoutSettings(String group) {
    List<String> kept = new ArrayList<>();
    for (int i = 0; i + 1 < settings.size(); i += 2) {
      if (!key(settings.get(i), settings.get(i + 1)).startsWith(group + ".")) {
        kept.addAll(settings.subList(i, i + 2));
      }
    }
    return new CommandText(words, kept);
  }

  /** Without one setting, if it stands on the line. */
  public CommandText withoutSetting(String key) {
    List<String> kept = new ArrayList<>();
    for (int i = 0; i + 1 < settings.size(); i += 2) {
      if (!key(settings.get(i), settings.get(i + 1)).equals(key)) {
        kept.addAll(settings.subList(i, i + 2));
      }
    }
    return new CommandText(words, kept);
  }

  private static List<String> keys(List<String> settings) {
    return IntStream.range(0, settings.size() / 2)
        .mapToObj(i -> key(settings.get(2 * i), settings.get(2 * i + 1)))
        .toList();
  }

  /** Nothing for a file. */
  private static String key(String option, String value) {
    return option.equals(SET) ? value.substring(0, Math.max(0, value.indexOf('='))) : "";
  }

  /** The line, {@code remap} first. */
  @Override
  public String toString() {
    return Stream.of(List.of("remap"), words, settings)
        .flatMap(List::stream)
        .map(CommandText::quoted)
        .collect(Collectors.joining(" "));
  }

  private static List<String> and(List<String> words, String word) {
    List<String> more = new ArrayList<>(words);
    more.add(word);
    return more;
  }

  /** A word as a shell takes it for exactly this text. */
  static String quoted(String word) {
    if (word.matches("[\\w@%+=:,./-]+")) {
      return word;
    }
    if (word.codePoints().noneMatch(Plain::isHidden)) {
      return "'" + word.replace("'", "'\\''") + "'";
    }
    return word.codePoints()
        .mapToObj(CommandText::inDollarQuotes)
        .collect(Collectors.joining("", "$'", "'"));
  }

  private static String inDollarQuotes(int character) {
    if (Plain.isHidden(character)) {
      return String.format(Locale.ROOT, "\\u%04x", character);
    }
    String text = Character.toString(character);
    return text.equals("'") || text.equals("\\") ? "\\" + text : text;
  }
}
