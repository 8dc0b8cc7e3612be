package dev.remap.core.image.decode;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names what is found under the names of images and is none that can be decoded. */
final class ForeignFormat {
  private static final int SNIFFED = 4096;
  private static final int SHOWN = 12;
  private static final int BRANDS_FROM = 8;

  private record Sign(Pattern start, String name) {
    static Sign of(String start, String name) {
      return new Sign(Pattern.compile(start, Pattern.DOTALL), name);
    }
  }

  /** How binary formats begin. */
  private static final List<Sign> SIGNATURES =
      List.of(
          Sign.of("GIF8", "a GIF"),
          Sign.of("II[*+]\0|MM\0[*+]", "a TIFF or a raw photograph"),
          Sign.of("BM.{12}[\\x0c\\x28\\x34\\x38\\x40\\x6c\\x7c]\0\0\0", "a BMP"),
          Sign.of("\0\0\1\0.\0", "an icon (ICO)"),
          Sign.of("\0\0\0\u000cjP  \r\n|\u00ffO\u00ffQ", "a JPEG 2000"),
          Sign.of("\0\0\0\u000cJXL \r\n|\u00ff\n", "a JPEG XL"),
          Sign.of("8BPS", "a Photoshop file (PSD)"),
          Sign.of("%PDF-", "a PDF"),
          Sign.of("%!PS", "PostScript"),
          Sign.of("P[1-7]\\s", "a PNM"),
          Sign.of("v/1\1", "an OpenEXR"),
          Sign.of("#\\?RADIANCE", "a Radiance HDR"),
          Sign.of("DDS ", "a DirectDraw surface (DDS)"),
          Sign.of("qoif", "a QOI"),
          Sign.of("RIFF....AVI ", "a video (AVI)"),
          Sign.of("RIFF....WAVE", "audio (WAVE)"),
          Sign.of("\u001aE\u00df\u00a3", "a video (Matroska or WebM)"),
          Sign.of("PK\3\4", "a ZIP archive"),
          Sign.of("\u001f\u008b", "compressed (gzip)"),
          Sign.of("\0\5\u0016\7", "an AppleDouble file, metadata that macOS keeps beside a file"),
          Sign.of(
              "(\u00ef\u00bf\u00bd)+.{0,3}(PNG|\u00ef\u00bf\u00bd)",
              "an image that was once read as text, which destroyed it"),
          Sign.of(
              "\u0089PNG\r?\n", "a PNG whose line ends were changed by a transfer in text mode"));

  /** How texts begin, in lower case, behind a byte order mark and white space. */
  private static final List<Sign> TEXTS =
      List.of(
          Sign.of("version https://git-lfs\\.github\\.com/", "a Git LFS pointer: fetch its file"),
          Sign.of("[./]*(git/)?annex/objects/", "a git-annex pointer: fetch its file"),
          Sign.of("((<\\?xml|<!doctype svg|<!--)[^>]*>\\s*)*<(\\w+:)?svg[\\s>]", "an SVG"),
          Sign.of("((<\\?xml|<!--)[^>]*>\\s*)*<(!doctype )?(html|head|body)[\\s>]", "HTML"),
          Sign.of("<[?!a-z]", "XML"),
          Sign.of("\\{\\s*[\"}]|\\[\\s*[\\[{\"\\]\\d-]", "JSON"),
          Sign.of("data:image/|/9j/|ivborw0kggo|uklgr", "an image in base64"));

  private ForeignFormat() {}

  /** What the bytes are, in words; how they begin where that is not known. */
  static String describe(byte[] bytes) {
    String start =
        new String(bytes, 0, Math.min(bytes.length, SNIFFED), StandardCharsets.ISO_8859_1);
    return named(SIGNATURES, start)
        .or(() -> boxes(start))
        .or(() -> isZero(bytes) ? Optional.of("nothing but zero bytes") : Optional.empty())
        .or(() -> text(bytes))
        .map(name -> "it is " + name)
        .orElseGet(() -> "begins with the bytes " + hex(start));
  }

  private static Optional<String> named(List<Sign> signs, String start) {
    return signs.stream()
        .filter(sign -> sign.start.matcher(start).lookingAt())
        .map(Sign::name)
        .findFirst();
  }

  /** ISO base media files tell by their brands. */
  private static Optional<String> boxes(String start) {
    if (!start.startsWith("ftyp", 4) || start.length() < BRANDS_FROM + 4) {
      return Optional.empty();
    }
    int box = (start.charAt(2) << 8) | start.charAt(3);
    int end = Math.max(BRANDS_FROM + 4, Math.min(start.length(), box));
    String brands = start.substring(BRANDS_FROM, end);
    if (Pattern.compile("avi[fs]").matcher(brands).find()) {
      return Optional.of("an AVIF");
    }
    if (Pattern.compile("he[iv][cxms]|mif[12]|msf1").matcher(brands).find()) {
      return Optional.of("a HEIC or another HEIF");
    }
    return Optional.of(
        brands.startsWith("crx") ? "a raw photograph (CR3)" : "a video (MP4, MOV or the like)");
  }

  private static Optional<String> text(byte[] bytes) {
    CharBuffer chars = CharBuffer.allocate(SNIFFED);
    ByteBuffer start = ByteBuffer.wrap(bytes, 0, Math.min(bytes.length, SNIFFED));
    if (StandardCharsets.UTF_8.newDecoder().decode(start, chars, false).isError()
        || !Pattern.matches("[\\t\\n\\f\\r\\P{Cntrl}]*", chars.flip())) {
      return Optional.empty();
    }
    String text = chars.toString().replaceFirst("^\ufeff", "").strip();
    return named(TEXTS, text.toLowerCase(Locale.ROOT)).or(() -> Optional.of("text"));
  }

  private static boolean isZero(byte[] bytes) {
    for (byte value : bytes) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  private static String hex(String start) {
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < Math.min(SHOWN, start.length()); i++) {
      hex.append(String.format(Locale.ROOT, "%s%02x", i == 0 ? "" : " ", (int) start.charAt(i)));
    }
    return hex.toString();
  }
}
