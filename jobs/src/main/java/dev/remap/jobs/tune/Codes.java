package dev.remap.jobs.tune;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.jobs.config.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Codes without lists, as {@code PQ32}, {@code PQ32x4} or {@code OPQ32_128,PQ32}. */
final class Codes {
  private static final Pattern ONE =
      Pattern.compile("\\G(?<code>(?:OPQ\\d+_\\d+,)?PQ\\d+(?:x\\d+)?)(?:np)?(?:,|$)");

  private Codes() {}

  /**
   * Reads several with commas between them.
   *
   * @param dimension of the vectors
   */
  static List<IndexSpec> parse(String text, int dimension) {
    List<IndexSpec> codes = new ArrayList<>();
    Matcher matcher = ONE.matcher(text);
    int read = 0;
    while (matcher.find() && matcher.end() > matcher.start()) {
      codes.add(spec(matcher.group("code"), dimension));
      read = matcher.end();
    }
    if (read < text.length() || codes.isEmpty()) {
      throw new InputException(
          "--codes is '%s': give codes such as PQ16,PQ32,OPQ32_128,PQ32", text);
    }
    return codes;
  }

  private static IndexSpec spec(String code, int dimension) {
    try {
      int comma = code.indexOf(',');
      String before = comma < 0 ? "" : code.substring(0, comma + 1);
      IndexSpec spec = IndexSpec.parse(before + "IVF1," + code.substring(comma + 1) + "np");
      spec.checkDimension(dimension);
      return spec;
    } catch (IllegalArgumentException e) {
      throw new InputException("--codes %s: %s", code, e.getMessage());
    }
  }

  /** That code behind so many lists, which are searched one by one. */
  static IndexSpec with(IndexSpec code, int lists) {
    return new IndexSpec(code.opqDimension(), lists, 0, code.subquantizers(), code.bits());
  }

  /** The code alone. */
  static String text(IndexSpec spec) {
    return spec.toString().replaceFirst("IVF\\d+(_HNSW\\d+)?,", "").replaceFirst("np$", "");
  }
}
