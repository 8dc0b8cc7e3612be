package dev.remap.jobs.catalogue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.CRC32;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.PositionedReadable;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/** Decodes one page of a column of bytes, with Parquet's own decoders. */
final class ParquetPages {
  /** A page that claims more, compressed or not, is not read: many writers keep to 1 MiB. */
  static final int MAX_PAGE = 512 << 20;

  private static final Statistics<?> NO_STATISTICS = null;

  private ParquetPages() {}

  /** The cell's value; null where there is none. */
  static Binary read(PositionedReadable in, ParquetCell cell, ByteRange place) throws IOException {
    CodecFactory codecs = new CodecFactory(new Configuration(false), 0);
    try {
      Page page = page(in, place);
      DictionaryPage dictionary =
          cell.dictionary().isWhole()
              ? null
              : dictionary(page(in, cell.dictionary()), cell.codec(), codecs);
      return value(data(page, cell.codec(), codecs), dictionary, cell);
    } finally {
      codecs.release();
    }
  }

  private record Page(PageHeader header, byte[] body) {}

  private static Page page(PositionedReadable in, ByteRange place) throws IOException {
    if (place.size() > MAX_PAGE) {
      throw new IOException(
          "its page has " + place.size() + " bytes; at most " + MAX_PAGE + " are read");
    }
    byte[] bytes = new byte[(int) place.size()];
    in.readFully(place.from(), bytes);
    ByteArrayInputStream stream = new ByteArrayInputStream(bytes);
    PageHeader header = Util.readPageHeader(stream);
    byte[] body = stream.readAllBytes();
    requireWhole(header, body);
    return new Page(header, body);
  }

  private static void requireWhole(PageHeader header, byte[] body) throws IOException {
    int unpacked = header.getUncompressed_page_size();
    if (header.getCompressed_page_size() != body.length || unpacked < 0 || unpacked > MAX_PAGE) {
      throw new IOException(
          "its page says it has "
              + header.getCompressed_page_size()
              + " bytes, "
              + unpacked
              + " uncompressed, where "
              + body.length
              + " were listed");
    }
    CRC32 crc = new CRC32();
    crc.update(body);
    if (header.isSetCrc() && header.getCrc() != (int) crc.getValue()) {
      throw new IOException("its page in the Parquet file has another checksum: it is damaged");
    }
  }

  private static DictionaryPage dictionary(
      Page page, CompressionCodecName codec, CodecFactory codecs) throws IOException {
    if (!page.header.isSetDictionary_page_header()) {
      throw new IOException("no dictionary where one was listed");
    }
    int values = page.header.getDictionary_page_header().getNum_values();
    return new DictionaryPage(
        unpacked(page.body, 0, page.header.getUncompressed_page_size(), codec, codecs),
        values,
        encoding(page.header.getDictionary_page_header().getEncoding()));
  }

  private static DataPage data(Page page, CompressionCodecName codec, CodecFactory codecs)
      throws IOException {
    if (page.header.isSetData_page_header()) {
      DataPageHeader header = page.header.getData_page_header();
      return new DataPageV1(
          unpacked(page.body, 0, page.header.getUncompressed_page_size(), codec, codecs),
          header.getNum_values(),
          page.header.getUncompressed_page_size(),
          NO_STATISTICS,
          encoding(header.getRepetition_level_encoding()),
          encoding(header.getDefinition_level_encoding()),
          encoding(header.getEncoding()));
    }
    if (!page.header.isSetData_page_header_v2()) {
      throw new IOException("no page of values where one was listed");
    }
    return dataV2(page, codec, codecs);
  }

  private static DataPage dataV2(Page page, CompressionCodecName codec, CodecFactory codecs)
      throws IOException {
    DataPageHeaderV2 header = page.header.getData_page_header_v2();
    int repetitions = header.getRepetition_levels_byte_length();
    int levels = Math.addExact(repetitions, header.getDefinition_levels_byte_length());
    BytesInput values =
        unpacked(
            page.body,
            levels,
            page.header.getUncompressed_page_size() - levels,
            header.isIs_compressed() ? codec : CompressionCodecName.UNCOMPRESSED,
            codecs);
    return DataPageV2.uncompressed(
        header.getNum_rows(),
        header.getNum_nulls(),
        header.getNum_values(),
        BytesInput.from(page.body, 0, repetitions),
        BytesInput.from(page.body, repetitions, levels - repetitions),
        encoding(header.getEncoding()),
        values,
        NO_STATISTICS);
  }

  private static BytesInput unpacked(
      byte[] body, int from, int size, CompressionCodecName codec, CodecFactory codecs)
      throws IOException {
    BytesInput packed = BytesInput.from(body, from, Math.subtractExact(body.length, from));
    ByteArrayOutputStream values = new ByteArrayOutputStream();
    codecs.getDecompressor(codec).decompress(packed, size).writeAllTo(values);
    return BytesInput.from(values.toByteArray());
  }

  /** Both enumerations have the names of the format's specification. */
  private static Encoding encoding(org.apache.parquet.format.Encoding encoding) {
    return Encoding.valueOf(encoding.name());
  }

  private static Binary value(DataPage page, DictionaryPage dictionary, ParquetCell cell)
      throws IOException {
    if (cell.row() >= page.getValueCount()) {
      throw new IOException(
          "its page has " + page.getValueCount() + " rows; it was listed as row " + cell.row());
    }
    MessageType schema = schema(cell.levels());
    ColumnDescriptor column = schema.getColumns().get(0);
    ColumnReader values =
        new ColumnReadStoreImpl(
                new OnePage(page, dictionary),
                new ParquetImageColumns.NoRecords(Math.max(0, cell.levels() - 1)),
                schema,
                "")
            .getColumnReader(column);
    for (int i = 0; i < cell.row(); i++) {
      if (values.getCurrentDefinitionLevel() == cell.levels()) {
        values.skip();
      }
      values.consume();
    }
    return values.getCurrentDefinitionLevel() == cell.levels() ? values.getBinary() : null;
  }

  /** A column of bytes below as many optional steps; their names do not matter. */
  private static MessageType schema(int levels) {
    Type type =
        levels == 0
            ? Types.required(PrimitiveTypeName.BINARY).named("bytes")
            : Types.optional(PrimitiveTypeName.BINARY).named("bytes");
    for (int level = 1; level < levels; level++) {
      type = Types.optionalGroup().addField(type).named("step");
    }
    return new MessageType("table", type);
  }

  /** A column chunk that has no other page. */
  private static final class OnePage implements PageReadStore, PageReader {
    private final DictionaryPage dictionary;
    private final int values;
    private DataPage page;

    OnePage(DataPage page, DictionaryPage dictionary) {
      this.page = page;
      this.values = page.getValueCount();
      this.dictionary = dictionary;
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
      DataPage only = page;
      page = null;
      return only;
    }
  }
}
