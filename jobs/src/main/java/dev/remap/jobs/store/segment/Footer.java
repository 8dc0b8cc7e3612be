package dev.remap.jobs.store.segment;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * The one place where Parquet leaves a file's bytes to chance: a column's encodings are listed in
 * the order of a hash set of enum constants, which differs from one JVM to the next.
 */
final class Footer {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  private Footer() {}

  /**
   * The end of a file, from behind its last row group to its last byte, with each column's
   * encodings in the order of the format's definition.
   */
  static byte[] inFixedOrder(byte[] tail) throws IOException {
    int end = tail.length - Integer.BYTES - MAGIC.length;
    int length = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt(end);
    FileMetaData footer =
        Util.readFileMetaData(new ByteArrayInputStream(tail, end - length, length));
    for (RowGroup group : footer.getRow_groups()) {
      for (ColumnChunk column : group.getColumns()) {
        Collections.sort(column.getMeta_data().getEncodings());
      }
    }
    ByteArrayOutputStream ordered = new ByteArrayOutputStream(tail.length);
    ordered.write(tail, 0, end - length);
    Util.writeFileMetaData(footer, ordered);
    int written = ordered.size() - (end - length);
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    ordered.write(bytes.putInt(written).array());
    ordered.write(MAGIC);
    return ordered.toByteArray();
  }
}
