package dev.remap.jobs.run;

import dev.remap.jobs.store.Plain;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What the user reads: plain lines on standard output, tables with aligned columns. What comes from
 * outside cannot steer the terminal or forge a line, see {@link Plain}.
 */
public final class Console {
  private final PrintStream out;
  private final Consumer<List<List<String>>> tables;

  public Console(PrintStream out) {
    this(out, table -> {});
  }

  /**
   * One of which programs take the tables.
   *
   * @param tables is given each of them, the header first
   */
  Console(PrintStream out, Consumer<List<List<String>>> tables) {
    this.out = out;
    this.tables = tables;
  }

  /** Prints one line; as {@link Plain#format}, whose values may come from outside. */
  public void say(String format, Object... values) {
    print(Plain.format(format, values));
  }

  /** Prints a JSON document for programs; what a terminal would obey is escaped as JSON allows. */
  public void json(String document) {
    print(Plain.lines(document));
  }

  /** After the sentence of an interruption there is nothing to say. */
  private void print(String text) {
    if (!Interruption.isUnderway()) {
      out.println(text);
      out.flush();
    }
  }

  /**
   * Prints a table: first row is the header; columns of numbers are aligned right, of text left.
   */
  public void table(List<List<String>> table) {
    tables.accept(table);
    List<List<String>> rows =
        table.stream().map(row -> row.stream().map(Plain::line).toList()).toList();
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    boolean[] numbers = new boolean[columns];
    for (int i = 0; i < columns; i++) {
      int column = i;
      numbers[i] =
          rows.stream().skip(1).map(row -> row.get(column)).allMatch(c -> c.matches("|[–\\d].*"));
    }
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (int r = 0; r < rows.size(); r++) {
      print(line(rows.get(r), widths, numbers));
      if (r == 0) {
        List<String> rule = new ArrayList<>();
        for (int width : widths) {
          rule.add("─".repeat(width));
        }
        print(line(rule, widths, numbers));
      }
    }
  }

  private static String line(List<String> cells, int[] widths, boolean[] numbers) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String pad = " ".repeat(widths[i] - cells.get(i).length());
      text.append("  ").append(numbers[i] ? pad + cells.get(i) : cells.get(i) + pad);
    }
    return text.toString().stripTrailing();
  }

  /** So many things in words: {@code 1 unit}, {@code 2,000 units}. */
  public static String count(long count, String thing) {
    return String.format(Locale.ROOT, "%,d %s%s", count, thing, count == 1 ? "" : "s");
  }

  /** Bytes in words: {@code 12.3 MB}. */
  public static String bytes(long bytes) {
    String[] units = {"B", "kB", "MB", "GB", "TB", "PB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1000 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  }

  /** Seconds in words: {@code 42 s}, {@code 3 min 20 s}, {@code 5 h 12 min}. */
  public static String seconds(double seconds) {
    if (seconds < 9.95) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    if (whole < 3600) {
      return whole / 60 + " min " + whole % 60 + " s";
    }
    return whole / 3600 + " h " + whole % 3600 / 60 + " min";
  }
}
