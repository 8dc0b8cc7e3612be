package dev.remap.jobs.catalogue.embedding;

import dev.remap.jobs.catalogue.file.PlainFiles;
import dev.remap.jobs.catalogue.table.RowIds;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A text file with an id in each line. */
final class TextIds implements RowIds {
  private final String file;
  private final long rows;
  private final BufferedReader lines;
  private long line;

  TextIds(String file, Configuration conf) throws IOException {
    this.file = file;
    try (BufferedReader all = open(file, conf)) {
      this.rows = all.lines().count();
    }
    this.lines = open(file, conf);
  }

  private static BufferedReader open(String file, Configuration conf) throws IOException {
    return new BufferedReader(
        new InputStreamReader(PlainFiles.open(new Path(file), conf), StandardCharsets.UTF_8));
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
    String id = lines.readLine();
    if (id == null || id.isBlank()) {
      throw new IOException("the file of ids " + file + " has none in line " + line);
    }
    return id;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
