package dev.remap.jobs.store.segment;

import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;

import dev.remap.jobs.store.row.DuplicateRow;
import dev.remap.jobs.store.row.FlowRow;
import dev.remap.jobs.store.row.HeaderRow;
import dev.remap.jobs.store.row.LabelRow;
import dev.remap.jobs.store.row.LayeredRow;
import dev.remap.jobs.store.row.MinedRow;
import dev.remap.jobs.store.row.MomentRow;
import dev.remap.jobs.store.row.NeighborRow;
import dev.remap.jobs.store.row.RejectRow;
import dev.remap.jobs.store.row.Row;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.row.VectorRow;
import java.util.Locale;
import org.apache.parquet.filter2.predicate.FilterApi;
import org.apache.parquet.filter2.predicate.FilterPredicate;
import org.apache.parquet.filter2.predicate.Operators.LongColumn;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Types;

/**
 * How the rows of one table stand in Parquet.
 *
 * @param <R> the table's rows
 */
public abstract sealed class RowFormat<R extends Row>
    permits SnapshotFormat,
        VectorFormat,
        RejectFormat,
        MomentFormat,
        HeaderFormat,
        NeighborFormat,
        DuplicateFormat,
        LabelFormat,
        FlowFormat,
        MinedFormat {
  private static final int MIB = 1 << 20;

  private final String table;
  private final MessageType schema;

  RowFormat(String table, MessageType schema) {
    this.table = table;
    this.schema = schema;
  }

  /** Listings of catalogues. */
  public static RowFormat<SnapshotRow> snapshot() {
    return new SnapshotFormat();
  }

  /** Raw descriptors of that many values. */
  public static RowFormat<VectorRow> descriptors(int dimension) {
    return new VectorFormat("descriptors", "descriptor", dimension, MIB);
  }

  /** Whitened vectors of that many values; small pages, so that single keys can be fetched. */
  public static RowFormat<VectorRow> vectors(int dimension) {
    return new VectorFormat("vectors", "vector", dimension, MIB / 16);
  }

  /** Augmented vectors of that many values; pages as those of vectors. */
  public static RowFormat<VectorRow> augmented(int dimension) {
    return new VectorFormat("augmented", "vector", dimension, MIB / 16);
  }

  /** Images that could not be described. */
  public static RowFormat<RejectRow> rejects() {
    return new RejectFormat();
  }

  /** Moments of descriptors of that many values. */
  public static RowFormat<MomentRow> moments(int dimension) {
    return new MomentFormat(dimension);
  }

  /** The nearest of each image. */
  public static RowFormat<NeighborRow> neighbors() {
    return new NeighborFormat();
  }

  /** What flows from each image to others. */
  public static RowFormat<FlowRow> flows() {
    return new FlowFormat();
  }

  /** Images that are near copies of each other. */
  public static RowFormat<DuplicateRow> duplicates() {
    return new DuplicateFormat();
  }

  /** Labels of images, and whether they are borne out. */
  public static RowFormat<LabelRow> labels() {
    return new LabelFormat();
  }

  /** Tuples that a training has mined, image by image. */
  public static RowFormat<MinedRow> mined() {
    return new MinedFormat();
  }

  /** The first columns of the rows of a snapshot, of descriptors or of vectors, read alone. */
  public static RowFormat<HeaderRow> headers(RowFormat<? extends LayeredRow> of) {
    return new HeaderFormat(of);
  }

  /** The table's name, in paths, records and file metadata. */
  public final String table() {
    return table;
  }

  final MessageType schema() {
    return schema;
  }

  /** The columns that are read. */
  MessageType projection() {
    return schema;
  }

  /** Throws {@link IllegalArgumentException} for a row that must not be stored. */
  abstract void check(R row);

  abstract void write(R row, FieldWriter out);

  /** Reads the next row; an {@link IllegalArgumentException} means that the file is damaged. */
  abstract R read(Columns in);

  /** Whether rows are sorted by image keys, which a unit's range then bounds. */
  boolean hasImageKeys() {
    return true;
  }

  /** Chooses the rows of these keys, both included, by the column that has them. */
  FilterPredicate keys(long from, long to) {
    LongColumn key = FilterApi.longColumn("key");
    return FilterApi.and(FilterApi.gtEq(key, from), FilterApi.ltEq(key, to));
  }

  /** Whether nearly all bytes are floating point values, which no codec makes smaller. */
  boolean isNumeric() {
    return false;
  }

  int pageBytes() {
    return MIB;
  }

  /**
   * Rows of a page at the most. A range of keys is read in whole pages of keys, and of the other
   * columns all that belong to those: keys are short, so without a bound one page would have those
   * of a whole segment. Texts, which are compressed page by page, make smaller ones too dear.
   */
  int pageRows() {
    return 1024;
  }

  static PrimitiveType text(String name) {
    return Types.required(BINARY).as(LogicalTypeAnnotation.stringType()).named(name);
  }

  static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  static <E extends Enum<E>> E value(Class<E> type, String name) {
    for (E value : type.getEnumConstants()) {
      if (name(value).equals(name)) {
        return value;
      }
    }
    throw new IllegalArgumentException("kind '" + name + "' is not known");
  }

  static void checkId(String imageId) {
    if (imageId.isEmpty()) {
      throw new IllegalArgumentException("An image has an empty id: every image needs one");
    }
  }
}
