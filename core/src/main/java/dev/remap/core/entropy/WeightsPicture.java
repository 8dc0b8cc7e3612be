package dev.remap.core.entropy;

import dev.remap.core.pooling.RegionWeights;
import java.util.List;
import java.util.Locale;

/**
 * Region weights as a drawing (SVG): per tap and level a grid of squares as they lie on a landscape
 * image, the darker the more weight, with the weight in it. On a portrait image the longer side is
 * the height, so left and right are above and below there.
 */
public final class WeightsPicture {
  private static final int SIDE = 44;
  private static final int GAP = 24;
  private static final int HEAD = 40;

  private final StringBuilder svg = new StringBuilder();
  private final RegionWeights weights;
  private final RegionLayout layout;
  private final float largest;

  private WeightsPicture(RegionWeights weights) {
    this.weights = weights;
    this.layout = RegionLayout.of(weights);
    float most = 0;
    for (float[] row : weights.perTap()) {
      for (float weight : row) {
        most = Math.max(most, weight);
      }
    }
    this.largest = most;
  }

  /**
   * Draws.
   *
   * @param taps their names
   */
  public static String svg(RegionWeights weights, List<String> taps) {
    return new WeightsPicture(weights).draw(taps);
  }

  private String draw(List<String> taps) {
    int width = GAP;
    int height = 0;
    for (RegionLayout.Level level : layout.levels()) {
      width += level.along() * SIDE + GAP;
      height = Math.max(height, level.across() * SIDE);
    }
    int band = HEAD + height + GAP;
    line(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
            + " font-family=\"sans-serif\">",
        width, taps.size() * band);
    line("<title>Region weights, as they lie on a landscape image</title>");
    line("<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
    for (int tap = 0; tap < taps.size(); tap++) {
      line(
          "<text x=\"%d\" y=\"%d\" font-size=\"14\">%s</text>",
          GAP, tap * band + 18, escaped(taps.get(tap)));
      int x = GAP;
      for (RegionLayout.Level level : layout.levels()) {
        level(level, weights.perTap()[tap], x, tap * band + HEAD);
        x += level.along() * SIDE + GAP;
      }
    }
    line("</svg>");
    return svg.toString();
  }

  private void level(RegionLayout.Level level, float[] row, int x, int y) {
    line("<text x=\"%d\" y=\"%d\" font-size=\"11\">level %d</text>", x, y - 6, level.level());
    for (int along = 0; along < level.along(); along++) {
      for (int across = 0; across < level.across(); across++) {
        square(row[level.region(along, across)], x + along * SIDE, y + across * SIDE);
      }
    }
  }

  private void square(float weight, int x, int y) {
    float share = largest == 0 ? 0 : weight / largest;
    int light = Math.round(255 - 215 * share);
    line(
        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"rgb(%d,%d,255)\""
            + " stroke=\"white\"/>",
        x, y, SIDE, SIDE, light, light);
    line(
        "<text x=\"%d\" y=\"%d\" font-size=\"12\" text-anchor=\"middle\" fill=\"%s\">%.2f</text>",
        x + SIDE / 2, y + SIDE / 2 + 4, share > 0.5 ? "white" : "black", weight);
  }

  private void line(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  /** Names come from a file: they cannot end an element, and what XML cannot hold is left out. */
  private static String escaped(String text) {
    StringBuilder safe = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (c == '<' || c == '>' || c == '&') {
                safe.append("&#").append(c).append(';');
              } else if (c >= ' ' && !(c >= 0xD800 && c <= 0xDFFF) && c != 0xFFFE && c != 0xFFFF) {
                safe.appendCodePoint(c);
              }
            });
    return safe.toString();
  }
}
