package dev.remap.jobs.catalogue;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.table.ColumnChoice;
import dev.remap.jobs.catalogue.table.CsvRows;
import dev.remap.jobs.catalogue.table.RowSource;
import dev.remap.jobs.catalogue.table.TableBytes;
import dev.remap.jobs.catalogue.table.TableColumns;
import dev.remap.jobs.catalogue.table.TableRow;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A CSV file with a header, read from its start to its end, one row in memory. */
final class CsvTable implements RowSource {
  private final ListedImage file;
  private final ColumnChoice columns;
  private final TableBytes in;
  private final CsvRows rows;
  private List<String> header;
  private TableColumns.Chosen chosen;
  private long row = -1;

  CsvTable(ListedImage file, ColumnChoice columns, Configuration conf) throws IOException {
    this.file = file;
    this.columns = columns;
    this.in = TableBytes.open(new Path(file.uri()), conf);
    this.rows = new CsvRows(in);
  }

  @Override
  public String place() {
    return row <= 0 ? "its header" : "row " + row + " (line " + rows.line() + ")";
  }

  @Override
  public TableRow next() throws IOException {
    if (header == null) {
      header();
    }
    row++;
    List<String> fields = rows.next();
    if (fields == null) {
      return null;
    }
    if (fields.size() != header.size()) {
      throw new IOException(
          "it has "
              + fields.size()
              + (fields.size() == 1 ? " field" : " fields")
              + ", and the header has "
              + header.size());
    }
    String id = chosen.id() == null ? file.imageId() + "/" + row : field(fields, chosen.id());
    String version = chosen.version() == null ? null : field(fields, chosen.version());
    String uri = chosen.uri() == null ? null : field(fields, chosen.uri());
    return new TableRow(id, uri, version, file.uri(), place());
  }

  private void header() throws IOException {
    row++;
    List<String> names = rows.next();
    header = names == null ? List.of() : names;
    if (header.size() == 1 && header.get(0).matches(".*[;\t|].*")) {
      throw new IOException("it has one column: separate columns with commas");
    }
    chosen = columns.in(header, file.uri());
  }

  private String field(List<String> fields, String column) {
    return fields.get(header.indexOf(column));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
