package dev.remap.jobs.catalogue;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.table.ColumnChoice;
import dev.remap.jobs.catalogue.table.RowSource;
import dev.remap.jobs.catalogue.table.TableBytes;
import dev.remap.jobs.catalogue.table.TableColumns;
import dev.remap.jobs.catalogue.table.TableRow;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A file with a JSON object on each line, read from its start to its end, one line in memory. */
final class JsonLines implements RowSource {
  private final ListedImage file;
  private final ColumnChoice columns;
  private final TableBytes in;
  private List<String> names = List.of();
  private TableColumns.Chosen chosen;
  private long line;

  JsonLines(ListedImage file, ColumnChoice columns, Configuration conf) throws IOException {
    this.file = file;
    this.columns = columns;
    this.in = TableBytes.open(new Path(file.uri()), conf);
  }

  @Override
  public String place() {
    return "line " + line;
  }

  @Override
  public TableRow next() throws IOException {
    while (true) {
      String text = line();
      if (text == null) {
        return null;
      }
      if (!text.isBlank()) {
        return row(JsonRow.of(text));
      }
    }
  }

  private String line() throws IOException {
    in.clear();
    line = in.line();
    int next = in.read();
    if (next < 0) {
      return null;
    }
    for (; next >= 0 && next != '\n'; next = in.read()) {
      in.keep(next);
    }
    return in.text(0, in.kept());
  }

  private TableRow row(JsonRow row) throws IOException {
    List<String> found = TableColumns.sorted(row.names());
    if (!found.equals(names)) {
      choose(found);
    }
    String id = chosen.id() == null ? file.imageId() + "/" + line : row.id(chosen.id());
    String version = chosen.version() == null ? null : row.version(chosen.version());
    String uri = chosen.uri() == null ? null : row.text(chosen.uri());
    return new TableRow(id, uri, version, file.uri(), place());
  }

  /** Objects may have other fields than the one before, but not other ids. */
  private void choose(List<String> found) throws IOException {
    TableColumns.Chosen before = chosen;
    chosen = columns.in(found, file.uri() + ", " + place());
    names = found;
    if (before != null && !(same(before.id(), chosen.id()) && same(before.uri(), chosen.uri()))) {
      throw new IOException(
          "its id is in %s and its URI in %s, but those before in %s and %s: name them with catalogue.columns"
              .formatted(chosen.id(), chosen.uri(), before.id(), before.uri()));
    }
  }

  private static boolean same(String a, String b) {
    return a == null ? b == null : a.equals(b);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
