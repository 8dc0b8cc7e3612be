package dev.remap.jobs.catalogue.parquet;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.file.ReadWindow;
import dev.remap.jobs.catalogue.table.NumberType;
import dev.remap.jobs.config.InputException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.schema.LogicalTypeAnnotation.Float16LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * Vectors in a column of a Parquet file, row by row: lists of numbers, or bytes that are numbers.
 * Holds one page of them.
 */
public final class ParquetVectors implements AutoCloseable {
  private static final int MOST_COMPONENTS = 1 << 16;

  private final ParquetSource in;
  private final int dimension;
  private final Optional<NumberType> width;
  private final ColumnDescriptor vectors;
  private final MessageType schema;
  private final ColumnDescriptor id;
  private final ColumnDescriptor version;
  private final ParquetRows rows;
  private ParquetTexts ids;
  private ParquetTexts versions;
  private ParquetPageWalk walk;
  private ParquetPages pages;
  private ParquetPage first;
  private ColumnReader numbers;

  /**
   * Which columns have what.
   *
   * @param id null where the row's number is the id
   * @param version null where there is none
   */
  public record Columns(String vector, String id, String version) {}

  /**
   * One row.
   *
   * @param id null where ids are row numbers; empty where the row has none
   * @param values none where the row has no vector
   * @param version null where the row has none
   */
  @SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
  public record Row(String id, float[] values, String version) {}

  /**
   * @param columns chooses by the names of those that may hold vectors, and of those that may hold
   *     ids
   * @param dimension of the vectors
   * @param width of numbers that are bytes; empty: four of them are one
   */
  public ParquetVectors(
      ListedImage file,
      Choice columns,
      int dimension,
      Optional<NumberType> width,
      Configuration conf)
      throws IOException {
    this.in = new ParquetSource(file, conf);
    this.dimension = dimension;
    this.width = width;
    try {
      Columns chosen = columns.in(names(), in.names());
      this.vectors = column(chosen.vector);
      this.schema = new MessageType("table", in.schema().getType(chosen.vector));
      this.id = chosen.id == null ? null : in.ids(chosen.id);
      this.version = chosen.version == null ? null : in.column(chosen.version);
      this.rows = new ParquetRows(in.groups());
    } catch (RuntimeException e) {
      in.close();
      throw e;
    }
  }

  /** Chooses columns. */
  public interface Choice {
    Columns in(List<String> vectors, List<String> others);
  }

  /** Fields with numbers, or with bytes that may be. */
  private List<String> names() {
    return in.schema().getFields().stream()
        .map(Type::getName)
        .filter(name -> leaf(name).map(ParquetVectors::mayBeVectors).orElse(false))
        .toList();
  }

  /** The only column of a field. */
  private Optional<ColumnDescriptor> leaf(String field) {
    List<ColumnDescriptor> columns =
        in.schema().getColumns().stream()
            .filter(column -> column.getPath()[0].equals(field))
            .toList();
    return columns.size() == 1 ? Optional.of(columns.get(0)) : Optional.empty();
  }

  private static boolean mayBeVectors(ColumnDescriptor column) {
    PrimitiveType type = column.getPrimitiveType();
    PrimitiveTypeName name = type.getPrimitiveTypeName();
    if (column.getMaxRepetitionLevel() == 1) {
      return name == PrimitiveTypeName.FLOAT || name == PrimitiveTypeName.DOUBLE || isHalf(type);
    }
    return column.getMaxRepetitionLevel() == 0
        && type.getLogicalTypeAnnotation() == null
        && (name == PrimitiveTypeName.BINARY || name == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY);
  }

  private static boolean isHalf(PrimitiveType type) {
    return type.getLogicalTypeAnnotation() instanceof Float16LogicalTypeAnnotation;
  }

  private ColumnDescriptor column(String field) {
    return leaf(field)
        .filter(ParquetVectors::mayBeVectors)
        .orElseThrow(
            () ->
                new InputException(
                    "Table %s has no vectors in its column %s: lists of float16, float32 or"
                        + " float64, or bytes, are read",
                    in.file().uri(), field));
  }

  public long row() {
    return rows.row();
  }

  /** The next row; null at the end. */
  public Row next() throws IOException {
    if (!rows.next(this::start)) {
      return null;
    }
    return new Row(
        ids == null ? null : Objects.requireNonNullElse(ids.next(), ""),
        values(),
        versions == null ? null : versions.next());
  }

  private void start(BlockMetaData group) throws IOException {
    closeColumns();
    ids = id == null ? null : in.read(group, id);
    versions = version == null ? null : in.read(group, version);
    ColumnChunkMetaData chunk = in.chunk(group, vectors);
    walk =
        new ParquetPageWalk(
            new ReadWindow(in.in(), in.file().bytes()), chunk, 0, chunk.getValueCount());
    pages = new ParquetPages(in.in(), chunk.getCodec(), ParquetPages.MAX_PAGE);
    first = walk.next();
    DictionaryPage dictionary =
        walk.dictionary().isWhole()
            ? null
            : pages.dictionary(walk.dictionary(), ParquetText.leastBytes(vectors));
    numbers = ParquetColumn.reader(schema, dictionary, chunk.getValueCount(), this::page);
  }

  private DataPage page() throws IOException {
    ParquetPage page = first == null ? walk.next() : first;
    first = null;
    if (page == null) {
      throw new EOFException("its column of vectors has fewer values than rows");
    }
    return pages.data(page.place());
  }

  private float[] values() throws IOException {
    if (vectors.getMaxRepetitionLevel() == 0) {
      byte[] bytes =
          numbers.getCurrentDefinitionLevel() == vectors.getMaxDefinitionLevel()
              ? numbers.getBinary().getBytes()
              : new byte[0];
      numbers.consume();
      return of(bytes);
    }
    float[] values = new float[Math.min(MOST_COMPONENTS, Math.max(1, dimension))];
    int count = 0;
    do {
      int level = numbers.getCurrentDefinitionLevel();
      if (level == vectors.getMaxDefinitionLevel() || isMissingNumber(level)) {
        if (count == MOST_COMPONENTS) {
          throw new IOException("its vector has more than " + MOST_COMPONENTS + " components");
        }
        if (count == values.length) {
          values = Arrays.copyOf(values, Math.min(MOST_COMPONENTS, 2 * count));
        }
        values[count++] = isMissingNumber(level) ? Float.NaN : number();
      }
      numbers.consume();
    } while (numbers.getCurrentRepetitionLevel() > 0);
    return Arrays.copyOf(values, count);
  }

  /** A list that has an element without a number; an empty list has no element. */
  private boolean isMissingNumber(int level) {
    return vectors.getPrimitiveType().isRepetition(Type.Repetition.OPTIONAL)
        && level == vectors.getMaxDefinitionLevel() - 1;
  }

  private float number() {
    return switch (vectors.getPrimitiveType().getPrimitiveTypeName()) {
      case FLOAT -> numbers.getFloat();
      case DOUBLE -> (float) numbers.getDouble();
      default -> {
        byte[] bytes = numbers.getBinary().getBytes();
        yield NumberType.FLOAT16.read(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
      }
    };
  }

  /** Of twice or half the bytes they may be wider numbers, or those of another dimension. */
  private float[] of(byte[] bytes) throws IOException {
    for (NumberType other : List.of(NumberType.FLOAT16, NumberType.FLOAT64)) {
      if (width.isEmpty() && bytes.length == (long) other.bytes() * dimension) {
        throw new IOException(
            "its vector has %d bytes, which are %s of %d components or float32 of %d: if they are what"
                    .formatted(
                        bytes.length,
                        other.name().toLowerCase(Locale.ROOT),
                        dimension,
                        bytes.length / NumberType.FLOAT32.bytes())
                + " embeddings.dimension says, set embeddings.bytes = "
                + other.name().toLowerCase(Locale.ROOT));
      }
    }
    NumberType type = width.orElse(NumberType.FLOAT32);
    float[] values = new float[bytes.length / type.bytes()];
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; i++) {
      values[i] = type.read(in);
    }
    return values;
  }

  private void closeColumns() {
    for (ParquetTexts column : new ParquetTexts[] {ids, versions}) {
      if (column != null) {
        column.close();
      }
    }
    if (pages != null) {
      pages.close();
    }
  }

  @Override
  public void close() throws IOException {
    closeColumns();
    in.close();
  }
}
