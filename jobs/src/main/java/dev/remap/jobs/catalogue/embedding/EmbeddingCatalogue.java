package dev.remap.jobs.catalogue.embedding;

import dev.remap.jobs.catalogue.file.Catalogue;
import dev.remap.jobs.catalogue.file.Found;
import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.file.OutsideLinks;
import dev.remap.jobs.catalogue.parquet.ParquetIds;
import dev.remap.jobs.catalogue.parquet.ParquetVectors;
import dev.remap.jobs.catalogue.table.NumberType;
import dev.remap.jobs.catalogue.table.RowIds;
import dev.remap.jobs.catalogue.table.RowSource;
import dev.remap.jobs.catalogue.table.TableColumns;
import dev.remap.jobs.catalogue.table.TableFiles;
import dev.remap.jobs.catalogue.table.TableRow;
import dev.remap.jobs.catalogue.table.TableRows;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.config.TaskConfiguration;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Vectors that somebody else's model made, each listed with its numbers: Parquet with a column of
 * them, NumPy's arrays (also with the tables beside them that clip-retrieval writes), {@code
 * .fvecs}, {@code .bvecs}, {@code .fbin}, {@code .u8bin} and {@code .i8bin}.
 *
 * @param vector names the column of a table's vectors; blank: it is known by its name
 * @param dimension of the vectors; others are listed too, and rejected when they are taken
 * @param bytes are which numbers in a table; {@code auto}: float32
 */
public record EmbeddingCatalogue(
    String uri,
    String vector,
    TableColumns columns,
    int dimension,
    String bytes,
    OutsideLinks links)
    implements Catalogue, Serializable {
  /** As many as a whitening takes. */
  public static final int MOST_COMPONENTS = 16_383;

  private static final List<String> ENDINGS =
      List.of("npy", "fvecs", "bvecs", "fbin", "u8bin", "i8bin", "parquet", "parq", "pq", "ids");

  /** The one at that place that the settings describe. */
  public static EmbeddingCatalogue of(Settings settings, String uri) {
    return new EmbeddingCatalogue(
        uri,
        settings.string("embeddings.column").strip(),
        TableColumns.of(settings),
        settings.integer("embeddings.dimension", 0, MOST_COMPONENTS),
        settings.string("embeddings.bytes"),
        OutsideLinks.of(settings));
  }

  private Optional<NumberType> width() {
    return bytes.equals("auto")
        ? Optional.empty()
        : Optional.of(NumberType.valueOf(bytes.toUpperCase(Locale.ROOT)));
  }

  /** The same for vectors of another dimension. */
  public EmbeddingCatalogue with(int components) {
    return new EmbeddingCatalogue(uri, vector, columns, components, bytes, links);
  }

  @Override
  public JavaRDD<Found> find(JavaSparkContext spark) {
    Configuration hadoop = spark.hadoopConfiguration();
    Broadcast<TaskConfiguration> conf = spark.broadcast(new TaskConfiguration(hadoop));
    JavaRDD<Found> found = new TableFiles(uri, ENDINGS, links).find(spark);
    VectorFiles files =
        VectorFiles.of(
            Found.images(found).collect(), columns.id().equals(TableColumns.ROW_NUMBER), hadoop);
    if (files.files().isEmpty()) {
      throw new InputException(
          "Catalogue %s has no files with vectors: looked for .%s%s",
          uri,
          String.join(", .", ENDINGS),
          files.leftOut().isEmpty() ? "" : "; " + files.leftOut());
    }
    JavaRDD<Found> rows =
        spark
            .parallelize(files.files(), files.files().size())
            .flatMap(file -> rows(file, conf.value().value()));
    return rows.union(Found.leftOut(found))
        .union(spark.parallelize(List.<Found>of(files.leftOut()), 1));
  }

  private Iterator<Found> rows(VectorFiles.File file, Configuration conf) {
    TableRows rows = TableRows.of(file.vectors().uri(), "vectors", () -> open(file, conf));
    TaskCompletionListener close = context -> rows.close();
    TaskContext.get().addTaskCompletionListener(close);
    return rows.hasNext()
        ? new Listed(rows)
        : List.<Found>of(
                new LeftOut().add("files without a vector", VectorFiles.name(file.vectors())))
            .iterator();
  }

  private RowSource open(VectorFiles.File file, Configuration conf) throws IOException {
    EmbeddingColumns choice = new EmbeddingColumns(vector, columns);
    String table = file.vectors().uri();
    if (VectorFiles.isTable(file.vectors())) {
      ParquetVectors vectors =
          new ParquetVectors(
              file.vectors(),
              (some, others) -> choice.in(some, others, table),
              dimension,
              width(),
              conf);
      return new ParquetVectorRows(file.vectors(), vectors);
    }
    return new ArrayRows(file.vectors(), ids(file.ids(), choice, conf), conf);
  }

  private static RowIds ids(ListedImage file, EmbeddingColumns choice, Configuration conf)
      throws IOException {
    if (file == null) {
      return null;
    }
    return file.uri().endsWith(VectorFiles.TEXT_IDS)
        ? new TextIds(file.uri(), conf)
        : new ParquetIds(file, names -> choice.id(names, file.uri()), conf);
  }

  /** Rows with an id and a version each. */
  private record Listed(Iterator<TableRow> rows) implements Iterator<Found> {
    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public Found next() {
      TableRow row = rows.next();
      if (row.imageId() == null || row.imageId().isEmpty()) {
        throw new InputException(
            "Table %s, has no id: complete it, or remove it, then run again", row.where());
      }
      String version =
          row.version() == null || row.version().isEmpty()
              ? VectorUri.version(row.uri())
              : row.version();
      return new ListedImage(row.imageId(), row.uri(), version, -1);
    }
  }

  @Override
  public String wanted() {
    return "files of vectors";
  }
}
