package dev.remap.jobs.catalogue.parquet;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.file.PlainFiles;
import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopStreams;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.schema.MessageType;

/**
 * An open Parquet file of a catalogue. Only the columns that are asked for are looked at, so that
 * the types of the others do not matter.
 */
final class ParquetSource implements AutoCloseable {
  private final ListedImage file;
  private final ParquetFileReader reader;
  private final FSDataInputStream in;

  ParquetSource(ListedImage file, Configuration conf) throws IOException {
    Path path = new Path(file.uri());
    this.file = file;
    this.reader = ParquetFileReader.open(new Source(conf, path, file.bytes()));
    this.in = PlainFiles.open(path, conf);
  }

  ListedImage file() {
    return file;
  }

  FSDataInputStream in() {
    return in;
  }

  List<BlockMetaData> groups() {
    return reader.getRowGroups();
  }

  MessageType schema() {
    return reader.getFileMetaData().getSchema();
  }

  long rows() {
    return reader.getRecordCount();
  }

  /** All columns with at most one value in a row. */
  List<ColumnDescriptor> columns() {
    return reader.getFileMetaData().getSchema().getColumns().stream()
        .filter(column -> column.getMaxRepetitionLevel() == 0)
        .toList();
  }

  List<String> names() {
    return columns().stream().map(ParquetSource::name).toList();
  }

  static String name(ColumnDescriptor column) {
    return String.join(".", column.getPath());
  }

  ColumnDescriptor column(String name) {
    return columns().stream().filter(column -> name(column).equals(name)).findFirst().orElseThrow();
  }

  /** A column of ids, which come through as they were written. */
  ColumnDescriptor ids(String name) {
    ColumnDescriptor ids = column(name);
    if (!ParquetText.isExact(ids.getPrimitiveType())) {
      throw new InputException(
          "Table %s has ids of type %s in its column %s, which have no exact text: write them as"
              + " texts or whole numbers, or name another column with --set"
              + " catalogue.columns.id=NAME",
          file.uri(), type(ids), name);
    }
    return ids;
  }

  ColumnDescriptor texts(String name) {
    ColumnDescriptor texts = column(name);
    if (!ParquetText.isText(texts.getPrimitiveType())) {
      throw new InputException(
          "Table %s has values of type %s in its column %s, where texts are needed",
          file.uri(), type(texts), name);
    }
    return texts;
  }

  private static String type(ColumnDescriptor column) {
    String type =
        column.getPrimitiveType().getPrimitiveTypeName().toString().toLowerCase(Locale.ROOT);
    return column.getPrimitiveType().getLogicalTypeAnnotation() == null
        ? type
        : type + " (" + column.getPrimitiveType().getLogicalTypeAnnotation() + ")";
  }

  ParquetTexts read(BlockMetaData group, ColumnDescriptor column) throws IOException {
    return new ParquetTexts(in, file.bytes(), chunk(group, column), column, group.getRowCount());
  }

  ColumnChunkMetaData chunk(BlockMetaData group, ColumnDescriptor column) throws IOException {
    for (ColumnChunkMetaData chunk : group.getColumns()) {
      if (List.of(chunk.getPath().toArray()).equals(List.of(column.getPath()))) {
        ParquetPages.requireSupported(chunk.getCodec(), name(column));
        return chunk;
      }
    }
    throw new IOException("a row group has no column " + name(column));
  }

  /** Parquet's own would look for checksums beside local files, whatever their names. */
  private record Source(Configuration conf, Path path, long length) implements InputFile {
    @Override
    public long getLength() {
      return length;
    }

    @Override
    public SeekableInputStream newStream() throws IOException {
      return HadoopStreams.wrap(PlainFiles.open(path, conf));
    }

    @Override
    public String toString() {
      return path.toString();
    }
  }

  @Override
  public void close() throws IOException {
    reader.close();
    in.close();
  }
}
