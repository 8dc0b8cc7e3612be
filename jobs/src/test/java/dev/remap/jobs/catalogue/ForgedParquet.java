package dev.remap.jobs.catalogue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;

/** A Parquet file that claims something else than it did. */
public final class ForgedParquet {
  private static final int TAIL = 8;

  private final Path file;
  private final byte[] content;
  private final FileMetaData footer;

  public ForgedParquet(Path file) throws IOException {
    this.file = file;
    byte[] bytes = Files.readAllBytes(file);
    int size = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(bytes.length - TAIL);
    this.content = Arrays.copyOf(bytes, bytes.length - TAIL - size);
    this.footer =
        Util.readFileMetaData(
            new ByteArrayInputStream(bytes, content.length, bytes.length - content.length));
  }

  public ColumnMetaData column(int number) {
    return footer.getRow_groups().get(0).getColumns().get(number).getMeta_data();
  }

  public void footer(Consumer<FileMetaData> change) throws IOException {
    change.accept(footer);
    write(new byte[0]);
  }

  /**
   * Makes a column of its first page of values only, changed.
   *
   * @param change of the header, and from the old body to the new one
   */
  public void page(int column, BiFunction<PageHeader, byte[], byte[]> change) throws IOException {
    ColumnMetaData chunk = column(column);
    int from = (int) chunk.getData_page_offset();
    ByteArrayInputStream in = new ByteArrayInputStream(content, from, content.length - from);
    PageHeader header = Util.readPageHeader(in);
    byte[] body = change.apply(header, in.readNBytes(header.getCompressed_page_size()));
    header.unsetCrc();
    header.setCompressed_page_size(body.length);
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    Util.writePageHeader(header, page);
    page.write(body);
    chunk.unsetDictionary_page_offset();
    chunk.setData_page_offset(content.length);
    chunk.setTotal_compressed_size(page.size());
    write(page.toByteArray());
  }

  /** Changes the header of a column's dictionary; its pages of values stay what they are. */
  public void dictionary(int column, Consumer<PageHeader> change) throws IOException {
    ColumnMetaData chunk = column(column);
    int from = (int) chunk.getDictionary_page_offset();
    ByteArrayInputStream in = new ByteArrayInputStream(content, from, content.length - from);
    PageHeader header = Util.readPageHeader(in);
    change.accept(header);
    ByteArrayOutputStream pages = new ByteArrayOutputStream();
    Util.writePageHeader(header, pages);
    pages.write(in.readNBytes(header.getCompressed_page_size()));
    chunk.setDictionary_page_offset(content.length);
    long grown = content.length + pages.size() - chunk.getData_page_offset();
    pages.write(
        in.readNBytes(
            (int) (from + chunk.getTotal_compressed_size() - chunk.getData_page_offset())));
    chunk.setData_page_offset(chunk.getData_page_offset() + grown);
    chunk.setTotal_compressed_size(pages.size());
    write(pages.toByteArray());
  }

  private void write(byte[] page) throws IOException {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    Util.writeFileMetaData(footer, written);
    int size = written.size();
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(content);
    whole.write(page);
    whole.write(written.toByteArray());
    whole.write(
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(size).array());
    whole.write("PAR1".getBytes(StandardCharsets.US_ASCII));
    Files.write(file, whole.toByteArray());
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
  }
}
