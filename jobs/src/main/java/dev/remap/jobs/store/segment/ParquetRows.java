package dev.remap.jobs.store.segment;

import dev.remap.jobs.store.row.Row;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.RecordConsumer;

/** Builds the Parquet writer of a table, every setting that shapes the bytes given here. */
final class ParquetRows<R extends Row> extends ParquetWriter.Builder<R, ParquetRows<R>> {
  private static final long ROW_GROUP_BYTES = 64L << 20;

  /** Texts that hardly ever repeat, so that a dictionary would only be built to be thrown away. */
  private static final List<String> UNIQUE = List.of("key", "image_id", "uri", "version");

  private final ParquetOutput file;
  private final RowFormat<R> format;
  private final Map<String, String> metadata;

  ParquetRows(ParquetOutput file, RowFormat<R> format, Map<String, String> metadata) {
    super(file);
    this.file = file;
    this.format = format;
    this.metadata = metadata;
    withConf(new PlainParquetConfiguration());
    withWriterVersion(WriterVersion.PARQUET_1_0);
    withRowGroupSize(ROW_GROUP_BYTES);
    withPageSize(format.pageBytes());
    withPageRowCountLimit(format.pageRows());
    withPageWriteChecksumEnabled(true);
    withCompressionCodec(
        format.isNumeric() ? CompressionCodecName.UNCOMPRESSED : CompressionCodecName.ZSTD);
    if (format.isNumeric()) {
      // Rows of thousands of values would overshoot a page long before the usual first look.
      withMinRowCountForPageSizeCheck(1);
    }
    for (ColumnDescriptor column : format.schema().getColumns()) {
      shape(String.join(".", column.getPath()), column.getMaxRepetitionLevel() > 0);
    }
  }

  private void shape(String column, boolean isList) {
    if (isList) {
      withStatisticsEnabled(column, false);
      withSizeStatisticsEnabled(column, false);
    }
    withDictionaryEncoding(column, !isList && !UNIQUE.contains(column));
  }

  @Override
  protected ParquetRows<R> self() {
    return this;
  }

  @Override
  @SuppressWarnings("deprecation") // abstract in Parquet, and not called
  protected WriteSupport<R> getWriteSupport(Configuration conf) {
    return new Support<>(file, format, metadata);
  }

  @Override
  protected WriteSupport<R> getWriteSupport(ParquetConfiguration conf) {
    return new Support<>(file, format, metadata);
  }

  private static final class Support<R extends Row> extends WriteSupport<R> {
    private final ParquetOutput file;
    private final RowFormat<R> format;
    private final Map<String, String> metadata;
    private RecordConsumer out;
    private FieldWriter fields;

    Support(ParquetOutput file, RowFormat<R> format, Map<String, String> metadata) {
      this.file = file;
      this.format = format;
      this.metadata = metadata;
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in Parquet, and not called
    public WriteContext init(Configuration conf) {
      return new WriteContext(format.schema(), metadata);
    }

    @Override
    public WriteContext init(ParquetConfiguration conf) {
      return new WriteContext(format.schema(), metadata);
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
      out = consumer;
      fields = new FieldWriter(format.schema(), consumer);
    }

    @Override
    public void write(R row) {
      out.startMessage();
      format.write(row, fields);
      out.endMessage();
    }

    @Override
    public FinalizedWriteContext finalizeWrite() {
      file.endRows();
      return super.finalizeWrite();
    }
  }
}
