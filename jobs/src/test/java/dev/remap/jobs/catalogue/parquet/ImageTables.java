package dev.remap.jobs.catalogue.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.catalogue.CatalogueImage;
import dev.remap.jobs.catalogue.Catalogues;
import dev.remap.jobs.catalogue.file.Found;
import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Tables with images inside, as Spark writes them, and what a catalogue lists of them. */
abstract class ImageTables {
  static final long SEED = 5;
  static final int ROWS = 300;
  static SparkSession session;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    session = LocalSpark.sharedSession();
  }

  static byte[] bytes(int row) {
    byte[] bytes = new byte[1 + new Random(SEED + row).nextInt(4000)];
    new Random(SEED * 31 + row % 250).nextBytes(bytes);
    return bytes;
  }

  static Dataset<Row> table() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(RowFactory.create("id" + i, bytes(i), i));
    }
    return session.createDataFrame(
        rows,
        new StructType()
            .add("image_id", DataTypes.StringType)
            .add("image", DataTypes.BinaryType)
            .add("label", DataTypes.IntegerType));
  }

  String write(Dataset<Row> table, Map<String, String> options) {
    String path = folder.resolve("t.parquet").toString();
    DataFrameWriter<Row> writer = table.coalesce(2).write().mode("overwrite");
    options.forEach(writer::option);
    writer.parquet(path);
    return path;
  }

  static Map<String, ListedImage> list(String path, String format) {
    return list(found(path, Map.of("catalogue.format", format)));
  }

  static List<Found> found(String path, Map<String, String> settings) {
    Map<String, String> all = new TreeMap<>(settings);
    all.put("catalogue.uri", path);
    return Catalogues.of(Settings.load(null, all)).find(LocalSpark.spark()).collect();
  }

  static Map<String, ListedImage> list(List<Found> found) {
    Map<String, ListedImage> images = new TreeMap<>();
    for (Found one : found) {
      if (one instanceof ListedImage image) {
        assertThat(images.put(image.imageId(), image)).isNull();
      }
    }
    return images;
  }

  static LeftOut leftOut(List<Found> found) {
    LeftOut sum = new LeftOut();
    found.stream().filter(LeftOut.class::isInstance).forEach(one -> sum.add((LeftOut) one));
    return sum;
  }

  static byte[] read(ListedImage image) throws Exception {
    return new CatalogueImage(
            image.imageId(),
            image.uri(),
            image.version(),
            image.range(),
            1 << 20,
            session.sparkContext().hadoopConfiguration())
        .read();
  }

  static void assertAllRead(Map<String, ListedImage> images) throws Exception {
    assertThat(images).hasSize(ROWS);
    for (int i = 0; i < ROWS; i++) {
      assertThat(read(images.get("id" + i))).as("seed %d row %d", SEED, i).isEqualTo(bytes(i));
    }
  }

  static void assertRefused(Path table, String... parts) {
    assertThatThrownBy(() -> list(table.toString(), "parquet-images"))
        .satisfies(
            failure -> {
              Throwable cause = failure;
              while (!(cause instanceof InputException)) {
                cause = cause.getCause();
              }
              assertThat(cause.getMessage()).contains(parts).doesNotContain("\n");
            });
  }

  /** The only file of a small table: ids in column 0, images in column 1. */
  Path one(String codec) throws IOException {
    String path =
        write(
            table().coalesce(1).limit(20),
            Map.of("compression", codec, "parquet.enable.dictionary", "false"));
    return only(path);
  }

  Path file(Dataset<Row> table) throws IOException {
    String path = folder.resolve("one.parquet").toString();
    table.coalesce(1).write().parquet(path);
    return only(path);
  }

  static Path only(String path) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(path))) {
      return files.filter(each -> each.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
  }
}
