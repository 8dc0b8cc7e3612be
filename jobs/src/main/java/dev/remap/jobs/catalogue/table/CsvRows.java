package dev.remap.jobs.catalogue.table;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of a CSV table as RFC 4180 has them: fields between commas; one in quotes may hold
 * commas, line breaks and doubled quotes. What the RFC leaves open is refused, as any reading of it
 * could make other rows than were meant.
 */
public final class CsvRows {
  private final TableBytes in;
  private final List<Integer> ends = new ArrayList<>();
  private long line = 1;
  private int next;
  private boolean quoted;

  public CsvRows(TableBytes in) {
    this.in = in;
  }

  /** In which line the row begins that was read last, from 1. */
  public long line() {
    return line;
  }

  /** The fields of the next row that is not an empty line; null at the end. */
  public List<String> next() throws IOException {
    while (true) {
      line = in.line();
      next = in.read();
      if (next < 0) {
        return null;
      }
      in.clear();
      ends.clear();
      quoted = false;
      field();
      while (next == ',') {
        next = in.read();
        field();
      }
      if (ends.size() > 1 || quoted || in.kept() > 0) {
        return fields();
      }
    }
  }

  private List<String> fields() throws IOException {
    List<String> fields = new ArrayList<>(ends.size());
    int from = 0;
    for (int to : ends) {
      fields.add(in.text(from, to));
      from = to;
    }
    return fields;
  }

  /** Reads a field, and stands behind it: at a comma, the end of the row, or of the table. */
  private void field() throws IOException {
    if (next == '"') {
      quoted = true;
      quotedField();
    } else {
      plainField();
    }
    ends.add(in.kept());
    if (next == '\r') {
      next = in.read();
      if (next >= 0 && next != '\n') {
        throw new IOException(
            "it has a carriage return that no line feed follows: end lines with a line feed");
      }
    }
  }

  private void plainField() throws IOException {
    while (next >= 0 && next != ',' && next != '\n' && next != '\r') {
      if (next == '"') {
        throw new IOException(
            "it has a quote inside a field that is not in quotes: put the field in quotes, and"
                + " double those inside");
      }
      keep();
    }
  }

  private void quotedField() throws IOException {
    long opened = in.line();
    while (true) {
      next = in.read();
      if (next < 0) {
        throw new IOException("a quote that opens in line " + opened + " is not closed");
      }
      if (next == '"') {
        next = in.read();
        if (next != '"') {
          break;
        }
      }
      in.keep(next);
    }
    if (next >= 0 && next != ',' && next != '\n' && next != '\r') {
      throw new IOException(
          "it has text behind the end of a field in quotes: double the quotes inside a field");
    }
  }

  private void keep() throws IOException {
    if (next == 0) {
      throw new IOException("it has a zero byte: write the table as UTF-8");
    }
    in.keep(next);
    next = in.read();
  }
}
