package dev.remap.jobs.table;

import dev.remap.core.extraction.BoxTable;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * A local Parquet file with the boxes of images: the columns image_id, x, y, width and height, and
 * score, which it may lack. Others are not looked at. Row groups are read one by one.
 */
final class BoxFile implements AutoCloseable {
  static final String SETTING = "extractor.regions-table";

  private static final String ID = "image_id";
  private static final List<String> SIDES = List.of("x", "y", "width", "height");
  private static final String SCORE = "score";

  private final Path path;
  private final ParquetFileReader reader;
  private final MessageType wanted;
  private final MessageColumnIO columns;

  /** Is given each row, of which nothing is checked; what is missing is NaN. */
  @FunctionalInterface
  interface Each {
    /**
     * Of one row.
     *
     * @param imageId null where the row has none
     * @param score 1 where the table has no scores
     */
    void accept(String imageId, double[] box, double score);
  }

  private BoxFile(Path path, ParquetFileReader reader) {
    this.path = path;
    this.reader = reader;
    MessageType schema = reader.getFileMetaData().getSchema();
    List<Type> types = new ArrayList<>();
    types.add(typed(schema, ID, Set.of(PrimitiveTypeName.BINARY), "texts"));
    for (String side : SIDES) {
      types.add(number(schema, side));
    }
    if (schema.containsField(SCORE)) {
      types.add(number(schema, SCORE));
    }
    this.wanted = new MessageType("boxes", types);
    reader.setRequestedSchema(wanted);
    this.columns = new ColumnIOFactory().getColumnIO(wanted, schema);
  }

  static BoxFile open(Path path) {
    ParquetFileReader reader = null;
    try {
      reader = ParquetFileReader.open(new LocalInputFile(path));
      return new BoxFile(path, reader);
    } catch (IOException | RuntimeException e) {
      closeQuietly(reader);
      throw e instanceof InputException known ? known : unreadable(path, e);
    }
  }

  /** What an extractor says of the table: its content, all of which is read. */
  static BoxTable table(Path path) {
    long rows;
    try (BoxFile file = open(path)) {
      rows = file.reader.getRecordCount();
    }
    if (rows == 0) {
      throw new InputException("%s has no rows: check %s", path, SETTING);
    }
    try (InputStream in = Files.newInputStream(path)) {
      return new BoxTable(Sha256.hex(in), rows);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private Type number(MessageType schema, String name) {
    return typed(
        schema, name, Set.of(PrimitiveTypeName.FLOAT, PrimitiveTypeName.DOUBLE), "numbers");
  }

  private Type typed(
      MessageType schema, String name, Set<PrimitiveTypeName> types, String inWords) {
    if (!schema.containsField(name)) {
      throw new InputException(
          "%s has no column %s, but %s: a table of boxes needs %s, %s, and may have %s",
          path,
          name,
          schema.getFields().stream().map(Type::getName).collect(Collectors.joining(", ")),
          ID,
          String.join(", ", SIDES),
          SCORE);
    }
    Type type = schema.getType(name);
    boolean plain = type.isPrimitive() && !type.isRepetition(Type.Repetition.REPEATED);
    if (!plain || !types.contains(type.asPrimitiveType().getPrimitiveTypeName())) {
      throw new InputException(
          "%s has the column %s, which must be of %s (%s): it is '%s'",
          path,
          name,
          inWords,
          types.stream()
              .map(known -> known.name().toLowerCase(Locale.ROOT))
              .sorted()
              .collect(Collectors.joining(" or ")),
          type);
    }
    return type;
  }

  void forEach(Each each) {
    try {
      for (PageReadStore group = reader.readNextRowGroup();
          group != null;
          group = reader.readNextRowGroup()) {
        RecordReader<Group> rows = columns.getRecordReader(group, new GroupRecordConverter(wanted));
        for (long row = 0; row < group.getRowCount(); row++) {
          accept(rows.read(), each);
        }
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private void accept(Group row, Each each) {
    double[] box = new double[SIDES.size()];
    for (int i = 0; i < box.length; i++) {
      box[i] = number(row, SIDES.get(i));
    }
    String id =
        row.getFieldRepetitionCount(ID) == 0 ? null : row.getBinary(ID, 0).toStringUsingUTF8();
    each.accept(id, box, wanted.containsField(SCORE) ? number(row, SCORE) : 1);
  }

  private double number(Group row, String name) {
    if (row.getFieldRepetitionCount(name) == 0) {
      return Double.NaN;
    }
    return wanted.getType(name).asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.FLOAT
        ? row.getFloat(name, 0)
        : row.getDouble(name, 0);
  }

  private static InputException unreadable(Path path, Exception e) {
    return new InputException(
        "%s cannot be read as a Parquet table of boxes (%s): check %s",
        path, e.getMessage() == null ? e.toString() : e.getMessage(), SETTING);
  }

  private static void closeQuietly(ParquetFileReader reader) {
    try {
      if (reader != null) {
        reader.close();
      }
    } catch (IOException e) {
      // What went wrong before is what is told.
    }
  }

  @Override
  public void close() {
    closeQuietly(reader);
  }
}
