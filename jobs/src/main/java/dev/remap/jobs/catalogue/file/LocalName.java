package dev.remap.jobs.catalogue.file;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A name on a local filesystem, which is bytes, whatever the locale of this process takes them for.
 *
 * @param encoded percent-encoded, as it stands in a URI
 * @param text the name, if it is UTF-8; else, behind a slash, the name with what is not in it
 *     percent-encoded. No path has an empty step, so that no name's text is that of another
 */
public record LocalName(String encoded, String text) {
  private static final String PLAIN = "-._~+=@,";

  /** The last step of a path. */
  static LocalName of(Path path) {
    return of(bytes(path.getFileName()));
  }

  static LocalName of(byte[] bytes) {
    return new LocalName(encode(bytes), text(bytes));
  }

  /** Whether the text of a path has a step in it that is not UTF-8. */
  static boolean isForeign(String text) {
    return text.startsWith("/") || text.contains("//");
  }

  /** The path that an absolute one, percent-encoded, stands for. */
  static Path path(String encoded) {
    return Path.of(URI.create("file://" + (encoded.isEmpty() ? "/" : encoded)));
  }

  /** The path that Hadoop's one names. */
  static Path path(org.apache.hadoop.fs.Path local) {
    return path(encode(local.toUri().getPath()));
  }

  /** The encoded name of a path's text. */
  static String encode(String path) {
    List<String> steps = new ArrayList<>();
    for (String step : path.split("/", -1)) {
      steps.add(encode(step.getBytes(StandardCharsets.UTF_8)));
    }
    return String.join("/", steps);
  }

  /** An absolute path, percent-encoded, with nothing behind its last step. */
  static String encode(Path absolute) {
    StringBuilder encoded = new StringBuilder();
    absolute.forEach(step -> encoded.append('/').append(encode(bytes(step))));
    return encoded.toString();
  }

  private static byte[] bytes(Path step) {
    String name = step.toString();
    if (name.chars().allMatch(c -> c < 0x80)) {
      return name.getBytes(StandardCharsets.US_ASCII);
    }
    // A URI is the one thing that tells the bytes and not what the locale takes them for.
    String uri = step.toUri().getRawPath();
    String last = uri.substring(uri.lastIndexOf('/', uri.length() - 2) + 1);
    return decode(last.endsWith("/") ? last.substring(0, last.length() - 1) : last);
  }

  private static byte[] decode(String encoded) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < encoded.length(); i++) {
      if (encoded.charAt(i) == '%') {
        bytes.write(Integer.parseInt(encoded, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(encoded.charAt(i));
      }
    }
    return bytes.toByteArray();
  }

  static String encode(byte[] bytes) {
    StringBuilder encoded = new StringBuilder();
    for (byte value : bytes) {
      char c = (char) (value & 0xff);
      boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0);
      encoded.append(plain ? String.valueOf(c) : percent(value));
    }
    return encoded.toString();
  }

  private static String percent(byte value) {
    return String.format(Locale.ROOT, "%%%02X", value & 0xff);
  }

  /** The text of a path of any number of steps. */
  public static String pathText(byte[] path) {
    StringBuilder text = new StringBuilder();
    int from = 0;
    for (int i = 0; i <= path.length; i++) {
      if (i == path.length || path[i] == '/') {
        text.append(text(java.util.Arrays.copyOfRange(path, from, i)));
        text.append(i == path.length ? "" : "/");
        from = i + 1;
      }
    }
    return text.toString();
  }

  static String text(byte[] name) {
    String text = utf8(name, 0, name.length);
    return text != null ? text : "/" + withPercents(name);
  }

  private static String withPercents(byte[] name) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < name.length; ) {
      int length = Math.min(4, name.length - i);
      while (length > 1 && !isOneCharacter(name, i, length)) {
        length--;
      }
      String character = name[i] == '%' ? null : utf8(name, i, length);
      text.append(character != null ? character : percent(name[i]));
      i += character != null ? length : 1;
    }
    return text.toString();
  }

  private static boolean isOneCharacter(byte[] name, int from, int length) {
    String character = utf8(name, from, length);
    return character != null && character.codePointCount(0, character.length()) == 1;
  }

  /** Null if it is not UTF-8, or has a zero, which no name has. */
  private static String utf8(byte[] bytes, int from, int length) {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, from, length))
              .toString();
      return text.indexOf('\0') >= 0 ? null : text;
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
