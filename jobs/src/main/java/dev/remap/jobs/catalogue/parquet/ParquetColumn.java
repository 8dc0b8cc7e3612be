package dev.remap.jobs.catalogue.parquet;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/** A column for Parquet's own decoders, which take its pages as they need them. */
final class ParquetColumn implements PageReadStore, PageReader {
  /** The type of a column of images. */
  static final PrimitiveType BYTES = Types.optional(PrimitiveTypeName.BINARY).named("bytes");

  private final DictionaryPage dictionary;
  private final long values;
  private final Pages pages;

  /** The pages of values in order; null at the end. */
  interface Pages {
    DataPage next() throws IOException;
  }

  private ParquetColumn(DictionaryPage dictionary, long values, Pages pages) {
    this.dictionary = dictionary;
    this.values = values;
    this.pages = pages;
  }

  /**
   * At its first value.
   *
   * @param type of its values
   * @param levels definition level of a value that is there
   * @param dictionary null where it has none
   * @param values how many it has, missing ones included
   */
  static ColumnReader reader(
      PrimitiveType type, int levels, DictionaryPage dictionary, long values, Pages pages) {
    return reader(schema(type, levels), dictionary, values, pages);
  }

  /**
   * At its first value.
   *
   * @param schema with this column alone
   */
  static ColumnReader reader(
      MessageType schema, DictionaryPage dictionary, long values, Pages pages) {
    ColumnDescriptor column = schema.getColumns().get(0);
    return new ColumnReadStoreImpl(
            new ParquetColumn(dictionary, values, pages),
            new NoRecords(column.getPath().length - 1),
            schema,
            "")
        .getColumnReader(column);
  }

  /** A column below as many optional steps; their names do not matter. */
  private static MessageType schema(PrimitiveType value, int levels) {
    Type type =
        new PrimitiveType(
            levels == 0 ? Type.Repetition.REQUIRED : Type.Repetition.OPTIONAL,
            value.getPrimitiveTypeName(),
            value.getTypeLength(),
            "value");
    for (int level = 1; level < levels; level++) {
      type = Types.optionalGroup().addField(type).named("step");
    }
    return new MessageType("table", type);
  }

  @Override
  public PageReader getPageReader(ColumnDescriptor column) {
    return this;
  }

  @Override
  public long getRowCount() {
    return values;
  }

  @Override
  public DictionaryPage readDictionaryPage() {
    return dictionary;
  }

  @Override
  public long getTotalValueCount() {
    return values;
  }

  @Override
  public DataPage readPage() {
    try {
      return pages.next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Values are taken from the column itself, not assembled to records. */
  private static final class NoRecords extends GroupConverter {
    private static final PrimitiveConverter VALUE = new PrimitiveConverter() {};
    private final int groups;

    /**
     * @param groups how many groups stand around the value, besides the table
     */
    NoRecords(int groups) {
      this.groups = groups;
    }

    @Override
    public Converter getConverter(int field) {
      return groups == 0 ? VALUE : new NoRecords(groups - 1);
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }
}
