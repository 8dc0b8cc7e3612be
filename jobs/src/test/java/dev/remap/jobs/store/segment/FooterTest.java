package dev.remap.jobs.store.segment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.row.SnapshotRow;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FooterTest {
  /** Length of the footer and magic. */
  private static final int END = 8;

  @TempDir private Path folder;

  @Test
  void doesNotDependOnTheOrderInWhichParquetListsEncodings() throws IOException {
    byte[] file = segment();
    byte[] reversed = reverseEncodings(file);

    assertThat(reversed).isNotEqualTo(file);
    assertThat(Footer.inFixedOrder(reversed)).isEqualTo(file);
    assertThat(Footer.inFixedOrder(file)).isEqualTo(file);
  }

  private byte[] segment() throws IOException {
    Store store = Store.openOrCreate(folder.toString(), new Configuration());
    try (SegmentWriter<SnapshotRow> writer =
        SegmentWriter.create(store, "x", RowFormat.snapshot(), KeyRange.ALL, Map.of())) {
      Rows.snapshot(100, KeyRange.ALL, new Random(1)).forEach(writer::write);
      writer.finish();
    }
    return Files.readAllBytes(folder.resolve("x"));
  }

  /** As a JVM would write it whose hash codes happen to be the other way round. */
  private static byte[] reverseEncodings(byte[] file) throws IOException {
    int start = file.length - END - length(file);
    FileMetaData footer =
        Util.readFileMetaData(new ByteArrayInputStream(file, start, length(file)));
    for (ColumnChunk column : footer.getRow_groups().get(0).getColumns()) {
      Collections.reverse(column.getMeta_data().getEncodings());
    }
    ByteArrayOutputStream reversed = new ByteArrayOutputStream();
    reversed.write(file, 0, start);
    Util.writeFileMetaData(footer, reversed);
    reversed.write(Arrays.copyOfRange(file, file.length - END, file.length));
    return reversed.toByteArray();
  }

  private static int length(byte[] file) {
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(file.length - END);
  }
}
