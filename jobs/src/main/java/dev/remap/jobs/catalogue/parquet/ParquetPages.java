package dev.remap.jobs.catalogue.parquet;

import dev.remap.jobs.catalogue.file.ByteRange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.zip.CRC32;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.PositionedReadable;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Reads and unpacks pages of a column, one at a time. What a page claims of its size is checked
 * before as much is allocated. For one thread.
 */
final class ParquetPages implements AutoCloseable {
  /** A page that claims more, compressed or not, is not read: many writers keep to 1 MiB. */
  static final int MAX_PAGE = 512 << 20;

  private static final long LEAST_MAX_PAGE = 64L << 20;

  /** So many of the largest values that are wanted may fill a page. */
  private static final int LARGEST_VALUES = 8;

  private static final Statistics<?> NO_STATISTICS = null;

  private final PositionedReadable in;
  private final CompressionCodecName codec;
  private final long maxPage;
  private final CodecFactory codecs = new CodecFactory(new Configuration(false), 0);

  /**
   * @param maxValue bytes of the largest value that is wanted: much larger pages are not unpacked
   */
  ParquetPages(PositionedReadable in, CompressionCodecName codec, long maxValue) {
    this.in = in;
    this.codec = codec;
    this.maxPage =
        maxValue > MAX_PAGE / LARGEST_VALUES
            ? MAX_PAGE
            : Math.max(LEAST_MAX_PAGE, maxValue * LARGEST_VALUES);
  }

  private record Page(PageHeader header, byte[] body) {
    int unpackedSize() {
      return header.getUncompressed_page_size();
    }
  }

  private Page page(ByteRange place) throws IOException {
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

  private void requireWhole(PageHeader header, byte[] body) throws IOException {
    int unpacked = header.getUncompressed_page_size();
    if (unpacked > maxPage) {
      throw new IOException(
          "its page says it has "
              + unpacked
              + " bytes uncompressed; at most "
              + maxPage
              + " are read: write the table with smaller pages, or raise image.max-bytes");
    }
    if (header.getCompressed_page_size() != body.length || unpacked < 0) {
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

  /**
   * Refuses a column that cannot be unpacked.
   *
   * @throws IOException if there is nothing here that unpacks what the codec made
   */
  static void requireSupported(CompressionCodecName codec, String column) throws IOException {
    CodecFactory codecs = new CodecFactory(new Configuration(false), 0);
    try {
      codecs.getDecompressor(codec);
    } catch (RuntimeException | LinkageError e) {
      throw new IOException(
          "its column "
              + column
              + " is compressed with "
              + codec.name().toLowerCase(Locale.ROOT)
              + ", which cannot be unpacked here: write it with zstd, snappy, gzip or uncompressed",
          e);
    } finally {
      codecs.release();
    }
  }

  /**
   * The dictionary that lies there.
   *
   * @param leastBytes that each of its values takes
   */
  DictionaryPage dictionary(ByteRange place, int leastBytes) throws IOException {
    Page page = page(place);
    if (!page.header.isSetDictionary_page_header()) {
      throw new IOException("no dictionary where one was listed");
    }
    int values = page.header.getDictionary_page_header().getNum_values();
    if (values < 0 || values > page.unpackedSize() / leastBytes) {
      throw new IOException(
          "its dictionary says it has "
              + values
              + " values in "
              + page.unpackedSize()
              + " bytes, of which each takes at least "
              + leastBytes);
    }
    return new DictionaryPage(
        unpacked(page.body, 0, page.unpackedSize(), codec),
        values,
        encoding(page.header.getDictionary_page_header().getEncoding()));
  }

  /** The page of values that lies there. */
  DataPage data(ByteRange place) throws IOException {
    Page page = page(place);
    if (page.header.isSetData_page_header()) {
      DataPageHeader header = page.header.getData_page_header();
      return new DataPageV1(
          unpacked(page.body, 0, page.unpackedSize(), codec),
          header.getNum_values(),
          page.unpackedSize(),
          NO_STATISTICS,
          encoding(header.getRepetition_level_encoding()),
          encoding(header.getDefinition_level_encoding()),
          encoding(header.getEncoding()));
    }
    if (!page.header.isSetData_page_header_v2()) {
      throw new IOException("no page of values where one was listed");
    }
    return dataV2(page);
  }

  private DataPage dataV2(Page page) throws IOException {
    DataPageHeaderV2 header = page.header.getData_page_header_v2();
    int repetitions = header.getRepetition_levels_byte_length();
    int definitions = header.getDefinition_levels_byte_length();
    int room = Math.min(page.body.length, page.unpackedSize());
    if (repetitions < 0
        || repetitions > room
        || definitions < 0
        || definitions > room - repetitions) {
      throw new IOException(
          "its page says it has levels of " + repetitions + " and " + definitions + " bytes");
    }
    int levels = repetitions + definitions;
    BytesInput values =
        unpacked(
            page.body,
            levels,
            page.unpackedSize() - levels,
            header.isIs_compressed() ? codec : CompressionCodecName.UNCOMPRESSED);
    return DataPageV2.uncompressed(
        header.getNum_rows(),
        header.getNum_nulls(),
        header.getNum_values(),
        BytesInput.from(page.body, 0, repetitions),
        BytesInput.from(page.body, repetitions, definitions),
        encoding(header.getEncoding()),
        values,
        NO_STATISTICS);
  }

  private BytesInput unpacked(byte[] body, int from, int size, CompressionCodecName codec)
      throws IOException {
    BytesInput packed = BytesInput.from(body, from, body.length - from);
    if (codec == CompressionCodecName.SNAPPY && packed.size() > 0) {
      requireSnappyOf(size, packed);
    }
    // Now, as the decompressor may be asked for another page before these bytes are looked at.
    BytesInput unpacked = codecs.getDecompressor(codec).decompress(packed, size);
    return BytesInput.from(unpacked.toInputStream().slice(Math.toIntExact(unpacked.size())));
  }

  /** Snappy begins with a size of its own, and the decompressor takes as much memory as it says. */
  private static void requireSnappyOf(int size, BytesInput packed) throws IOException {
    int snappySize = BytesUtils.readUnsignedVarInt(packed.toInputStream());
    if (snappySize != size) {
      throw new IOException(
          "its page says it has "
              + size
              + " bytes uncompressed, and what Snappy made of them "
              + Integer.toUnsignedString(snappySize));
    }
  }

  /** Both enumerations have the names of the format's specification. */
  private static Encoding encoding(org.apache.parquet.format.Encoding encoding) {
    return Encoding.valueOf(encoding.name());
  }

  @Override
  public void close() {
    codecs.release();
  }
}
