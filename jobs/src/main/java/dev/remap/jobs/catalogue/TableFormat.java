package dev.remap.jobs.catalogue;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.parquet.ParquetTable;
import dev.remap.jobs.catalogue.table.ColumnChoice;
import dev.remap.jobs.catalogue.table.RowSource;
import dev.remap.jobs.catalogue.table.TableFiles;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** How a table's rows are written. */
enum TableFormat {
  PARQUET("parquet", String.join(" ", ParquetTable.ENDINGS)) {
    @Override
    RowSource open(ListedImage file, ColumnChoice columns, Configuration conf) throws IOException {
      return new ParquetTable(file, columns, conf);
    }
  },
  CSV("csv", "csv") {
    @Override
    RowSource open(ListedImage file, ColumnChoice columns, Configuration conf) throws IOException {
      return new CsvTable(file, columns, conf);
    }
  },
  JSON_LINES("jsonl", "jsonl ndjson json") {
    @Override
    RowSource open(ListedImage file, ColumnChoice columns, Configuration conf) throws IOException {
      return new JsonLines(file, columns, conf);
    }
  };

  private final String format;
  private final String endings;

  TableFormat(String format, String endings) {
    this.format = format;
    this.endings = endings;
  }

  /** As setting {@code catalogue.format} calls it. */
  String format() {
    return format;
  }

  List<String> endings() {
    return List.of(endings.split(" ", -1));
  }

  /** Whether a name, in lower case, ends as such tables' do, compressed ones too. */
  boolean isNamedBy(String name) {
    return TableFiles.COMPRESSED.stream()
            .map(ending -> "." + ending)
            .filter(name::endsWith)
            .map(ending -> name.substring(0, name.length() - ending.length()))
            .anyMatch(this::hasEnding)
        || hasEnding(name);
  }

  private boolean hasEnding(String name) {
    return endings().stream().anyMatch(ending -> name.endsWith("." + ending));
  }

  /** The rows of one file. */
  abstract RowSource open(ListedImage file, ColumnChoice columns, Configuration conf)
      throws IOException;
}
