package dev.remap.jobs.catalogue.embedding;

import dev.remap.jobs.catalogue.table.RowIds;
import dev.remap.jobs.catalogue.table.TableBytes;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A text file with an id in each line. */
final class TextIds implements RowIds {
  private final String file;
  private final long rows;
  private final TableBytes in;
  private long line;

  TextIds(String file, Configuration conf) throws IOException {
    this.file = file;
    long count = 0;
    try (TableBytes all = TableBytes.open(new Path(file), conf)) {
      while (keepLine(all)) {
        count++;
      }
    }
    this.rows = count;
    this.in = TableBytes.open(new Path(file), conf);
  }

  /** Keeps the next line, without its end; whether there is one. */
  private static boolean keepLine(TableBytes in) throws IOException {
    in.clear();
    int next = in.read();
    if (next < 0) {
      return false;
    }
    for (; next >= 0 && next != '\n'; next = in.read()) {
      in.keep(next);
    }
    return true;
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public String table() {
    return file;
  }

  @Override
  public String next() throws IOException {
    line++;
    String id = keepLine(in) ? text() : "";
    if (id.isBlank()) {
      throw new IOException("the file of ids " + file + " has none in line " + line);
    }
    return id;
  }

  private String text() throws IOException {
    try {
      String text = in.text(0, in.kept());
      return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    } catch (IOException e) {
      throw new IOException("line %d of %s: %s".formatted(line, file, e.getMessage()), e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
