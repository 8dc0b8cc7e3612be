package dev.remap.jobs.config;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parameters of URIs that are credentials by their names: in the query, the fragment or the path
 * ({@code ;jsessionid=}), however they are written: in any case, percent-encoded, with dashes or
 * without, or inside a URI that is itself a parameter.
 */
final class SecretParameters {
  /** What a name ends in, in small letters and digits alone. */
  private static final Pattern ENDING =
      Pattern.compile(
          ".*(?:token|password|passwd|passphrase|secret|signature|credentials?|apikey|accesskey"
              + "|accesskeyid|accessid|secretkey|authkey|privatekey|sessionkey|subscriptionkey"
              + "|keypairid|sessionid|sessid|authorization|authentication)",
          Pattern.DOTALL);

  /** The whole name; {@code key}, {@code id}, {@code hash} and the like are too common. */
  private static final Set<String> NAMES =
      Set.of(
          "auth",
          "bearer",
          "hdnea",
          "hdntl",
          "hdnts",
          "hmac",
          "jwt",
          "oauth",
          "pass",
          "passcode",
          "pwd",
          "sas",
          "sig");

  /** Deeper encodings of a percent sign than anyone writes. */
  private static final int MOST_DECODED = 8;

  private static final Pattern PARAMETER =
      Pattern.compile(
          "(?:[?&;#]|%(?:25)*(?:3F|26|3B|23))"
              + "(?<name>[^=?&;#\\s]{1,256}?)"
              + "(?:=|%(?:25)*3D)"
              // To the end of the text's word: a password may have anything in it.
              + "(?<value>(?![&;#]|%(?:25)*(?:26|3B|23))\\S+)",
          Pattern.CASE_INSENSITIVE);

  /** Keys of Amazon and Google and web tokens are such whatever the parameter is called. */
  private static final Pattern KEY =
      Pattern.compile("A[KS]IA[A-Z0-9]{16}|AIza[\\w-]{35}|eyJ[\\w-]+\\.[\\w-]+\\.");

  private SecretParameters() {}

  /** Whether a text has such a parameter with a value. */
  static boolean areIn(String text) {
    return next(text, 0) != null;
  }

  /** Whether it has one after what matches the pattern first. */
  static boolean areAfter(Pattern beginning, String text) {
    Matcher begins = beginning.matcher(text);
    return begins.find() && next(text, begins.end()) != null;
  }

  /** The text without such parameters. */
  static String blanked(String text) {
    StringBuilder clean = new StringBuilder();
    int from = 0;
    for (Matcher found = next(text, 0); found != null; found = next(text, from)) {
      clean.append(text, from, found.start()).append('…');
      from = found.end();
    }
    return from == 0 ? text : clean.append(text.substring(from)).toString();
  }

  private static Matcher next(String text, int from) {
    Matcher parameter = PARAMETER.matcher(text);
    // What is no secret may have one in its value.
    for (int at = from; parameter.find(at); at = parameter.end("name")) {
      if (isSecret(parameter.group("name")) || KEY.matcher(parameter.group("value")).lookingAt()) {
        return parameter;
      }
    }
    return null;
  }

  private static boolean isSecret(String name) {
    String plain = decoded(name).toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
    return NAMES.contains(plain) || ENDING.matcher(plain).matches();
  }

  private static String decoded(String name) {
    String text = name;
    for (int i = 0; i < MOST_DECODED && text.indexOf('%') >= 0; i++) {
      text = decodedOnce(text);
    }
    return text;
  }

  /** Percent signs that begin nothing stay. */
  private static String decodedOnce(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
      boolean isEncoded = bytes[i] == '%' && high >= 0 && low >= 0;
      decoded.write(isEncoded ? 16 * high + low : bytes[i]);
      i += isEncoded ? 2 : 0;
    }
    return decoded.toString(StandardCharsets.UTF_8);
  }
}
