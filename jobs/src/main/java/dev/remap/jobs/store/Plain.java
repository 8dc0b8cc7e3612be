package dev.remap.jobs.store;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Text for people, of which parts come from outside: ids of images, names of files, what a server
 * or a damaged file says. Characters that steer a terminal, begin a line or turn the direction of
 * writing are shown as JSON writes them, such as {@code \u001b}; all others are left as they are.
 */
public final class Plain {
  private static final String SHORT = "\b\t\n\f\r";
  private static final String SHORT_NAMES = "btnfr";

  /** Conversions of a format, and of whole numbers what they count, with the verb after it. */
  private static final Pattern CONVERSION =
      Pattern.compile(
          "%(?:,?d (artifact|block|byte|centroid|channel|component|copies|code|descriptor|dimension"
              + "|duplicate|edge|entries|extractor|file|generation|group|image|key|layer|neighbour"
              + "|night|pair|part|photograph|publication|queries|ranking|region|row|run|shard"
              + "|snapshot|sub-quantizer|tap|task|unit|URI|vector|whitening)(s?)("
              + " are| were| have| that do)?\\b|[^a-zA-Z%]*[a-zA-Z%])");

  private static final Map<String, String> SINGULAR =
      Map.of(
          "copies", "copy",
          "entries", "entry",
          "queries", "query",
          " are", " is",
          " were", " was",
          " have", " has",
          " that do", " that does");

  private Plain() {}

  /**
   * A value of several lines, of which each is plain: line breaks are kept between them only.
   *
   * @param lines the first ends the line that the value stands in; the others are indented
   */
  public record Lines(List<String> lines) {
    public Lines {
      lines = lines.stream().map(Plain::line).toList();
    }

    /** Those of a message that was made plain already. */
    public static Lines of(String text) {
      return new Lines(text.lines().map(String::strip).toList());
    }

    @Override
    public String toString() {
      return String.join("\n  ", lines);
    }
  }

  /**
   * Formats in the root locale, with plain values: the format is ours, its values may be anybody's.
   * What there is one of is not said as several: {@code 1 unit} for {@code %,d units}.
   */
  public static String format(String format, Object... values) {
    return String.format(
        Locale.ROOT,
        format.contains("$") ? format : agreeing(format, values),
        Arrays.stream(values).map(Plain::value).toArray());
  }

  private static String agreeing(String format, Object... values) {
    Matcher conversion = CONVERSION.matcher(format);
    StringBuilder text = new StringBuilder();
    int next = 0;
    while (conversion.find()) {
      String found = conversion.group();
      if (!found.equals("%%") && !found.equals("%n")) {
        boolean isOne =
            next < values.length && values[next] instanceof Number n && n.doubleValue() == 1;
        found = isOne && conversion.group(1) != null ? one(conversion) : found;
        next++;
      }
      conversion.appendReplacement(text, Matcher.quoteReplacement(found));
    }
    return conversion.appendTail(text).toString();
  }

  private static String one(Matcher counted) {
    String number = counted.group().substring(0, counted.group().indexOf(' ') + 1);
    String noun = counted.group(1);
    String verb = counted.group(3) == null ? "" : counted.group(3);
    return number + SINGULAR.getOrDefault(noun, noun) + SINGULAR.getOrDefault(verb, verb);
  }

  private static Object value(Object value) {
    return value instanceof Number
            || value instanceof Boolean
            || value instanceof Character
            || value instanceof Lines
        ? value
        : line(String.valueOf(value));
  }

  /** A text that stays within its line. */
  public static String line(String text) {
    return text.codePoints().noneMatch(Plain::isHidden)
        ? text
        : text.codePoints().mapToObj(Plain::shown).collect(Collectors.joining());
  }

  /** A text whose line breaks are ours. */
  public static String lines(String text) {
    return Arrays.stream(text.split("\n", -1)).map(Plain::line).collect(Collectors.joining("\n"));
  }

  /** Whether a character does something else than to be seen where it stands. */
  public static boolean isHidden(int character) {
    return Character.isISOControl(character)
        || (character >= 0x202a && character <= 0x202e)
        || (character >= 0x2066 && character <= 0x2069)
        || character == 0x2028
        || character == 0x2029
        || isHalf(character);
  }

  /** Of a pair that is not there: what has both is one code point. */
  private static boolean isHalf(int character) {
    return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
  }

  private static String shown(int character) {
    if (!isHidden(character)) {
      return Character.toString(character);
    }
    int at = SHORT.indexOf(character);
    return at < 0
        ? String.format(Locale.ROOT, "\\u%04x", character)
        : "\\" + SHORT_NAMES.charAt(at);
  }
}
