package dev.remap.jobs.catalogue.parquet;

import dev.remap.core.image.ImageException;
import dev.remap.jobs.catalogue.file.ByteRange;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.PositionedReadable;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;

/**
 * Where an image lies in a compressed or encoded page of a Parquet file: all that is needed to read
 * that page and nothing else of the file, not even its footer. The page itself is the range that an
 * image's row has. Written behind the file's path, after a hash.
 *
 * @param file text of the file's path
 * @param row of the image in its page, from 0
 * @param levels definition level of a value that is there: how many of its column's steps are
 *     optional
 * @param dictionary where the page with the column's dictionary is; {@link ByteRange#WHOLE} if the
 *     page needs none
 */
public record ParquetCell(
    String file, CompressionCodecName codec, int levels, int row, ByteRange dictionary) {
  private static final Pattern FORM =
      Pattern.compile(
          "(.+)#parquet-page,codec=([a-z0-9_]{1,20}),levels=(\\d),row=(\\d{1,9})"
              + "(?:,dictionary=(\\d{1,18})\\+(\\d{1,9}))?",
          Pattern.DOTALL);

  /** The cell that a URI names; null for the URI of a file. */
  public static ParquetCell in(String uri) throws ImageException {
    Matcher matcher = FORM.matcher(uri);
    if (!matcher.matches()) {
      return null;
    }
    ByteRange dictionary =
        matcher.group(5) == null
            ? ByteRange.WHOLE
            : new ByteRange(Long.parseLong(matcher.group(5)), Long.parseLong(matcher.group(6)));
    return new ParquetCell(
        matcher.group(1),
        codec(matcher.group(2)),
        Integer.parseInt(matcher.group(3)),
        Integer.parseInt(matcher.group(4)),
        dictionary);
  }

  private static CompressionCodecName codec(String name) throws ImageException {
    try {
      return CompressionCodecName.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ImageException("its URI names the unknown codec " + name);
    }
  }

  String uri() {
    String start =
        file
            + "#parquet-page,codec="
            + codec.name().toLowerCase(Locale.ROOT)
            + ",levels="
            + levels
            + ",row="
            + row;
    return dictionary.isWhole()
        ? start
        : start + ",dictionary=" + dictionary.from() + "+" + dictionary.size();
  }

  /**
   * The image's bytes.
   *
   * @param page where its page lies, header included
   * @throws IOException if the file cannot be read, or is damaged there
   * @throws ImageException if there is no image, or one that is too long
   */
  public byte[] read(PositionedReadable in, ByteRange page, long maxBytes)
      throws IOException, ImageException {
    Binary value;
    try (ParquetPages pages = new ParquetPages(in, codec, maxBytes)) {
      value =
          value(
              pages.data(page),
              dictionary.isWhole() ? null : pages.dictionary(dictionary, Integer.BYTES));
    } catch (RuntimeException e) {
      // Parquet throws whatever a damaged page makes it stumble over.
      throw new IOException("its page in the Parquet file is damaged: " + e.getMessage(), e);
    }
    if (value == null) {
      throw new ImageException("its row of the table has no image");
    }
    if (value.length() > maxBytes) {
      throw new ImageException(
          "the image has " + value.length() + " bytes; image.max-bytes is " + maxBytes);
    }
    return value.getBytes();
  }

  /** Null where the row has none. */
  private Binary value(DataPage page, DictionaryPage values) throws IOException {
    if (row >= page.getValueCount()) {
      throw new IOException(
          "its page has " + page.getValueCount() + " rows; it was listed as row " + row);
    }
    ColumnReader column =
        ParquetColumn.reader(
            ParquetColumn.BYTES,
            levels,
            values,
            page.getValueCount(),
            List.of(page).iterator()::next);
    for (int i = 0; i < row; i++) {
      if (column.getCurrentDefinitionLevel() == levels) {
        column.skip();
      }
      column.consume();
    }
    return column.getCurrentDefinitionLevel() == levels ? column.getBinary() : null;
  }
}
