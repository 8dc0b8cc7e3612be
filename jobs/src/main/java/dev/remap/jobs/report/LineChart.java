package dev.remap.jobs.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A line through numbers, as the page's template draws it: in units of a picture of {@link #WIDTH}
 * × {@link #HEIGHT}, whose y axis goes down.
 *
 * @param title what is drawn, which is also read out
 * @param line the corners of the line, {@code x,y x,y …}
 * @param dots a mark for each number, while there are few
 * @param ticks of the y axis
 * @param first below the first number
 * @param last below the last one
 */
record LineChart(
    String title, String line, List<Dot> dots, List<Tick> ticks, String first, String last) {
  static final int WIDTH = 640;
  static final int HEIGHT = 200;

  private static final int LEFT = 70;
  private static final int RIGHT = 10;
  private static final int TOP = 12;
  private static final int BOTTOM = 28;
  private static final int MOST_DOTS = 60;
  private static final int STEPS = 4;

  /**
   * A number and what it is of.
   *
   * @param note what is said after it
   */
  record Point(String label, double value, String note) {
    Point(String label, double value) {
      this(label, value, "");
    }
  }

  record Dot(String x, String y, String text) {}

  record Tick(String y, String label) {}

  LineChart {
    dots = List.copyOf(dots);
    ticks = List.copyOf(ticks);
  }

  /**
   * Draws at least one number, from zero.
   *
   * @throws IllegalArgumentException if there is none, or one is negative or not finite
   */
  static LineChart of(String title, List<Point> points) {
    for (Point point : points) {
      if (!(point.value >= 0 && point.value < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(title + ": " + point);
      }
    }
    double step = step(points.stream().mapToDouble(Point::value).max().orElseThrow());
    double top = STEPS * step;
    List<Dot> dots = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      dots.add(
          new Dot(
              plain(x(i, points.size())),
              plain(y(point.value, top)),
              point.label + ": " + number(point.value) + point.note));
    }
    List<Tick> ticks = new ArrayList<>();
    for (int i = 0; i <= STEPS; i++) {
      ticks.add(new Tick(plain(y(i * step, top)), number(i * step)));
    }
    String line = dots.stream().map(dot -> dot.x + "," + dot.y).collect(Collectors.joining(" "));
    return new LineChart(
        title,
        line,
        dots.size() > MOST_DOTS ? List.of() : dots,
        ticks,
        points.get(0).label,
        points.size() == 1 ? "" : points.get(points.size() - 1).label);
  }

  /** A round number, of which {@link #STEPS} reach the largest but for what rounding adds. */
  private static double step(double largest) {
    if (largest == 0) {
      return 1;
    }
    double least = largest * (1 - 1e-9) / STEPS;
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (double digit : new double[] {1, 2, 2.5, 5}) {
      if (digit * power >= least) {
        return digit * power;
      }
    }
    return 10 * power;
  }

  private static double x(int i, int count) {
    double share = count == 1 ? 0.5 : (double) i / (count - 1);
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double value, double top) {
    return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM);
  }

  private static String plain(double coordinate) {
    return String.format(Locale.ROOT, "%.1f", coordinate);
  }

  /** A number for people: whole ones with commas, others with four digits that count. */
  static String number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return String.format(Locale.ROOT, "%,d", (long) value);
    }
    return Math.abs(value) < 1e-3
        ? String.format(Locale.ROOT, "%.2e", value)
        : new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }
}
