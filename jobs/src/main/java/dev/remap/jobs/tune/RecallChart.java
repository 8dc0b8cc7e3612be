package dev.remap.jobs.tune;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Curves of recall as a drawing (SVG): the lower axis begins at 0 and reaches the largest value,
 * the left one goes from 0 to 1. Each point has its own text, which a browser shows.
 *
 * @param title above it
 * @param axis what the lower axis has
 * @param curves one for each way of searching
 */
record RecallChart(String title, String axis, List<Curve> curves) {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 360;
  private static final int LEFT = 60;
  private static final int RIGHT = 150;
  private static final int TOP = 40;
  private static final int BOTTOM = 50;
  private static final int STEPS = 5;

  /** Told apart by who sees colours otherwise, too (Okabe and Ito). */
  private static final List<String> COLOURS =
      List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00");

  /**
   * One curve.
   *
   * @param name in the legend
   * @param points by rising x
   */
  record Curve(String name, List<Point> points) {
    Curve {
      points = List.copyOf(points);
    }
  }

  /**
   * A point.
   *
   * @param recall from 0 to 1
   * @param label which point it is
   */
  record Point(double x, double recall, String label) {}

  RecallChart {
    curves = List.copyOf(curves);
  }

  /** Several charts below each other, as a file. */
  static String svg(List<RecallChart> charts) {
    StringBuilder svg = new StringBuilder();
    line(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
            + " font-family=\"sans-serif\" font-size=\"12\">",
        WIDTH,
        HEIGHT * charts.size());
    line(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
    for (int i = 0; i < charts.size(); i++) {
      line(svg, "<g transform=\"translate(0,%d)\">", i * HEIGHT);
      charts.get(i).draw(svg);
      line(svg, "</g>");
    }
    line(svg, "</svg>");
    return svg.toString();
  }

  private void draw(StringBuilder svg) {
    text(svg, LEFT, 20, "start", title);
    double step = step();
    double most = STEPS * step;
    for (int i = 0; i <= STEPS; i++) {
      double share = (double) i / STEPS;
      line(
          svg,
          "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#dddddd\"/>",
          LEFT,
          y(share),
          WIDTH - RIGHT,
          y(share));
      text(svg, LEFT - 8, y(share) + 4, "end", String.format(Locale.ROOT, "%.1f", share));
      String below =
          BigDecimal.valueOf(i * step)
              .round(new MathContext(4))
              .stripTrailingZeros()
              .toPlainString();
      text(svg, x(share), HEIGHT - BOTTOM + 18, "middle", below);
    }
    text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - BOTTOM + 38, "middle", axis);
    for (int i = 0; i < curves.size(); i++) {
      draw(svg, curves.get(i), COLOURS.get(i % COLOURS.size()), i, most);
    }
  }

  private void draw(StringBuilder svg, Curve curve, String colour, int number, double most) {
    StringBuilder corners = new StringBuilder();
    for (Point point : curve.points) {
      corners.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point.x / most), y(point.recall)));
    }
    line(
        svg,
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
        corners.toString().strip(),
        colour);
    for (Point point : curve.points) {
      line(
          svg,
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"><title>%s, %s: %.3f</title></circle>",
          x(point.x / most),
          y(point.recall),
          colour,
          escaped(curve.name),
          escaped(point.label),
          point.recall);
    }
    int top = TOP + 10 + 20 * number;
    line(
        svg,
        "<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"12\" fill=\"%s\"/>",
        WIDTH - RIGHT + 14,
        top - 10,
        colour);
    text(svg, WIDTH - RIGHT + 32, top, "start", curve.name);
  }

  /** A round number, of which {@link #STEPS} reach the largest. */
  private double step() {
    double largest =
        curves.stream()
            .flatMap(curve -> curve.points.stream())
            .mapToDouble(Point::x)
            .max()
            .orElse(1);
    double least = Math.max(largest, Double.MIN_NORMAL) * (1 - 1e-9) / STEPS;
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    return DoubleStream.of(1, 2, 2.5, 5, 10)
        .map(digit -> digit * power)
        .filter(step -> step >= least)
        .findFirst()
        .orElse(10 * power);
  }

  private static double x(double share) {
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double recall) {
    return HEIGHT - BOTTOM - recall * (HEIGHT - TOP - BOTTOM);
  }

  private static void text(StringBuilder svg, double x, double y, String anchor, String words) {
    line(
        svg,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
        x,
        y,
        anchor,
        escaped(words));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static void line(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
