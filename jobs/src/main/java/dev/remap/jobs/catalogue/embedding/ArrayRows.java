package dev.remap.jobs.catalogue.embedding;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.file.PlainFiles;
import dev.remap.jobs.catalogue.table.RowIds;
import dev.remap.jobs.catalogue.table.RowSource;
import dev.remap.jobs.catalogue.table.TableRow;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The vectors of an array file, read from its beginning to its end. Their ids are those of the
 * table beside it, row by row; without one, the file's name and their number in it, from 0, as
 * ground truth of such files counts.
 */
final class ArrayRows implements RowSource {
  private static final int BUFFER = 1 << 20;

  private final ListedImage file;
  private final DataInputStream in;
  private final ArrayLayout layout;
  private final RowIds ids;
  private final byte[] bytes;
  private long row;

  /**
   * @param ids null where there is no table
   */
  ArrayRows(ListedImage file, RowIds ids, Configuration conf) throws IOException {
    this.file = file;
    this.ids = ids;
    Path path = new Path(file.uri());
    long skipped;
    try (DataInputStream start = open(path, conf)) {
      layout = ArrayLayout.of(path.getName(), start, file.bytes());
    }
    requireAsMany();
    in = open(path, conf);
    for (skipped = 0; skipped < layout.header(); ) {
      skipped += in.skip(layout.header() - skipped);
    }
    bytes = new byte[layout.rowBytes()];
  }

  private static DataInputStream open(Path path, Configuration conf) throws IOException {
    return new DataInputStream(new BufferedInputStream(PlainFiles.open(path, conf), BUFFER));
  }

  private void requireAsMany() throws IOException {
    if (ids != null && ids.rows() != layout.rows()) {
      throw new IOException(
          "it has %,d vectors, and what has their ids, %s, has %,d rows"
              .formatted(layout.rows(), ids.table(), ids.rows()));
    }
  }

  @Override
  public String place() {
    return "vector " + row;
  }

  @Override
  public TableRow next() throws IOException {
    if (row == layout.rows()) {
      return null;
    }
    in.readFully(bytes);
    ByteBuffer numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (layout.each() > 0 && numbers.getInt() != layout.dimension()) {
      throw new IOException(
          "it has %d components, the first one has %d"
              .formatted(numbers.getInt(0), layout.dimension()));
    }
    float[] vector = new float[layout.dimension()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = layout.type().read(numbers);
    }
    String id = ids == null ? file.imageId() + "/" + row : ids.next();
    TableRow listed = new TableRow(id, VectorUri.of(vector), null, file.uri(), place());
    row++;
    return listed;
  }

  @Override
  public void close() throws IOException {
    in.close();
    if (ids != null) {
      ids.close();
    }
  }
}
