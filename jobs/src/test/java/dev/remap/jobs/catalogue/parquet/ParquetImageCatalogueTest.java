package dev.remap.jobs.catalogue.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.image.ImageException;
import dev.remap.jobs.catalogue.CatalogueImage;
import dev.remap.jobs.catalogue.Catalogues;
import dev.remap.jobs.catalogue.ForgedParquet;
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
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images inside tables, as Spark writes them, however they are encoded. */
class ParquetImageCatalogueTest {
  private static final long SEED = 5;
  private static final int ROWS = 300;
  private static SparkSession session;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    session = LocalSpark.session();
  }

  @AfterAll
  static void stop() {
    session.stop();
  }

  private static byte[] bytes(int row) {
    byte[] bytes = new byte[1 + new Random(SEED + row).nextInt(4000)];
    new Random(SEED * 31 + row % 250).nextBytes(bytes);
    return bytes;
  }

  private static Dataset<Row> table() {
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

  private String write(Dataset<Row> table, Map<String, String> options) {
    String path = folder.resolve("t.parquet").toString();
    DataFrameWriter<Row> writer = table.coalesce(2).write().mode("overwrite");
    options.forEach(writer::option);
    writer.parquet(path);
    return path;
  }

  private static Map<String, ListedImage> list(String path, String format) {
    return list(found(path, Map.of("catalogue.format", format)));
  }

  private static List<Found> found(String path, Map<String, String> settings) {
    Map<String, String> all = new TreeMap<>(settings);
    all.put("catalogue.uri", path);
    return Catalogues.of(Settings.load(null, all)).find(session).collect();
  }

  private static Map<String, ListedImage> list(List<Found> found) {
    Map<String, ListedImage> images = new TreeMap<>();
    for (Found one : found) {
      if (one instanceof ListedImage image) {
        assertThat(images.put(image.imageId(), image)).isNull();
      }
    }
    return images;
  }

  private static LeftOut leftOut(List<Found> found) {
    LeftOut sum = new LeftOut();
    found.stream().filter(LeftOut.class::isInstance).forEach(one -> sum.add((LeftOut) one));
    return sum;
  }

  private static byte[] read(ListedImage image) throws Exception {
    return new CatalogueImage(
            image.imageId(),
            image.uri(),
            image.version(),
            image.range(),
            1 << 20,
            session.sparkContext().hadoopConfiguration())
        .read();
  }

  private static void assertAllRead(Map<String, ListedImage> images) throws Exception {
    assertThat(images).hasSize(ROWS);
    for (int i = 0; i < ROWS; i++) {
      assertThat(read(images.get("id" + i))).as("seed %d row %d", SEED, i).isEqualTo(bytes(i));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "uncompressed,false,PARQUET_1_0,true",
    "uncompressed,true,PARQUET_1_0,true",
    "uncompressed,false,PARQUET_2_0,false",
    "snappy,false,PARQUET_1_0,false",
    "zstd,true,PARQUET_2_0,false",
    "gzip,false,PARQUET_1_0,false",
  })
  void everyImageIsReadAsItWasWritten(
      String codec, String dictionary, String version, boolean asRange) throws Exception {
    String path =
        write(
            table(),
            Map.of(
                "compression",
                codec,
                "parquet.enable.dictionary",
                dictionary,
                "parquet.writer.version",
                version,
                "parquet.page.size",
                "20000",
                "parquet.page.size.row.check.min",
                "5",
                "parquet.block.size",
                "200000"));

    Map<String, ListedImage> images = list(path, "auto");

    assertAllRead(images);
    assertThat(images.values().stream().noneMatch(image -> image.uri().contains("#")))
        .as("plain ranges")
        .isEqualTo(asRange);
  }

  /** What repeats stands in a page of its own. */
  @ParameterizedTest
  @CsvSource({"uncompressed", "snappy"})
  void imagesInADictionaryAreRead(String codec) throws Exception {
    Dataset<Row> table =
        table().withColumn("image", functions.expr("unhex(concat('ff', lpad(label % 7, 4, '0')))"));

    Map<String, ListedImage> images = list(write(table, Map.of("compression", codec)), "auto");

    assertThat(images.values()).allSatisfy(i -> assertThat(i.uri()).contains(",dictionary="));
    for (int i = 0; i < ROWS; i++) {
      assertThat(read(images.get("id" + i))).containsExactly(0xff, 0, i % 7);
    }
  }

  @Test
  void aStructOfBytesAndPathIsRead() throws Exception {
    Dataset<Row> table =
        table()
            .withColumn(
                "image",
                functions.struct(
                    functions.col("image").as("bytes"), functions.lit("x").as("path")));

    assertAllRead(list(write(table, Map.of("compression", "snappy")), "auto"));
  }

  @ParameterizedTest
  @CsvSource({"uncompressed", "snappy"})
  void aRowWithoutAnImageIsListedAndIsAFaultOfContent(String codec) throws Exception {
    Dataset<Row> table =
        table()
            .withColumn(
                "image", functions.expr("case when label % 7 = 3 then null else image end"));
    Map<String, ListedImage> images = list(write(table, Map.of("compression", codec)), "auto");

    assertThat(images).hasSize(ROWS);
    assertThat(read(images.get("id4"))).isEqualTo(bytes(4));
    assertThat(read(images.get("id299"))).isEqualTo(bytes(299));
    assertThatThrownBy(() -> read(images.get("id3")))
        .isInstanceOf(ImageException.class)
        .hasMessage("its row of the table has no image");
  }

  /** As img2dataset writes them: what it could not download has a status, and no image. */
  @ParameterizedTest
  @CsvSource({"uncompressed,true", "snappy,true", "snappy,false"})
  void failedDownloadsAreLeftOutAndCounted(String codec, boolean everyFailureIsEmpty)
      throws Exception {
    String empty = everyFailureIsEmpty ? "label % 10 in (3, 4)" : "label % 10 in (3, 5)";
    Dataset<Row> table =
        table()
            .withColumnRenamed("image_id", "key")
            .withColumn("jpg", functions.expr("case when " + empty + " then null else image end"))
            .withColumn(
                "status",
                functions.expr(
                    "case label % 10 when 3 then 'failed_to_download' when 4 then"
                        + " 'failed_to_resize' else 'success' end"))
            .drop("image", "label");

    List<Found> found = found(write(table, Map.of("compression", codec)), Map.of());

    Map<String, ListedImage> images = list(found);
    assertThat(images).doesNotContainKey("id3").hasSize(everyFailureIsEmpty ? 240 : 270);
    assertThat(leftOut(found).counts())
        .containsEntry("left out, not downloaded, failed_to_download", 30L);
    assertThat(leftOut(found).counts().get("left out, not downloaded, failed_to_resize"))
        .isEqualTo(everyFailureIsEmpty ? Long.valueOf(30) : null);
    assertThat(read(images.get("id6"))).isEqualTo(bytes(6));
    if (!everyFailureIsEmpty) {
      assertThat(read(images.get("id4"))).as("a failure with an image").isEqualTo(bytes(4));
      assertThat(images).as("an empty success").containsKey("id5");
    }
  }

  @Test
  void imagesOfAnotherNameAndIdsThatAreNumbersAreRead() throws Exception {
    Dataset<Row> table =
        table()
            .selectExpr(
                "cast(label as bigint) + 9007199254740993 as id",
                "named_struct('bytes', image, 'path', concat(label, '.jpg')) as photo",
                "cast(label as double) as image");
    String path = write(table, Map.of("compression", "snappy"));

    Map<String, ListedImage> images =
        list(found(path, Map.of("catalogue.columns.image", "photo.bytes")));

    assertThat(images).hasSize(ROWS);
    assertThat(read(images.get("9007199254741000"))).isEqualTo(bytes(7));
    Map<String, ListedImage> byPath =
        list(
            found(
                path,
                Map.of(
                    "catalogue.columns.image", "photo.bytes",
                    "catalogue.columns.id", "photo.path")));
    assertThat(read(byPath.get("7.jpg"))).isEqualTo(bytes(7));
  }

  @Test
  void rowsOfHuggingFaceAreCalledByTheirNumbersIfASettingSaysSo() throws Exception {
    Dataset<Row> table = table().selectExpr("named_struct('bytes', image, 'path', null) as image");
    Path file = file(table);

    Map<String, ListedImage> images =
        list(found(file.toString(), Map.of("catalogue.columns.id", "row-number")));

    assertThat(images).hasSize(ROWS);
    for (int i = 0; i < ROWS; i += 37) {
      assertThat(read(images.get(file.getFileName() + "/" + (i + 1)))).isEqualTo(bytes(i));
    }
  }

  @Test
  void twoColumnsOfImagesAreOneTooMany() {
    String path = write(table().withColumn("png", functions.col("image")), Map.of());

    assertThat(list(path, "auto")).as("our own name goes first").hasSize(ROWS);
    String other = write(table().selectExpr("image_id", "image as jpg", "image as png"), Map.of());
    assertThatThrownBy(() -> list(other, "auto"))
        .hasStackTraceContaining(
            "several columns that may hold its images: jpg, png. Say which with"
                + " --set catalogue.columns.image=NAME");
  }

  @Test
  void whatJobsAndSystemsLeaveInAFolderIsNotRead() throws Exception {
    Path file = file(table());
    Path root = Files.createDirectories(folder.resolve("d/a=1"));
    Files.copy(file, root.resolve("part-00000.parquet"));
    for (String name :
        List.of(
            "_temporary/0/part-00001.parquet",
            ".hidden/part-00001.parquet",
            ".part-00001.parquet",
            "._part-00000.parquet",
            "_metadata",
            "_SUCCESS",
            "README.md",
            "LICENSE")) {
      Files.createDirectories(root.resolve(name).getParent());
      Files.copy(file, root.resolve(name));
    }

    List<Found> found =
        found(folder.resolve("d").toString(), Map.of("catalogue.format", "parquet-images"));

    assertAllRead(list(found));
    assertThat(leftOut(found).counts())
        .containsEntry("left out, hidden, ._*", 1L)
        .containsEntry("left out, hidden, .hidden/", 1L)
        .containsEntry("left out, hidden, .part-00001.parquet", 1L)
        .containsEntry("left out, housekeeping, _temporary/", 1L)
        .containsEntry("left out, housekeeping, _metadata", 1L)
        .containsEntry("left out, housekeeping, _SUCCESS", 1L)
        .containsEntry("left out, other ending, .md", 1L)
        .containsEntry("left out, other ending, none", 1L);
  }

  @Test
  void imagesInACodecThatIsNotThereAreRefusedWhenListed() throws Exception {
    Path file = one("gzip");
    ForgedParquet forged = new ForgedParquet(file);
    forged.footer(
        footer -> forged.column(1).setCodec(org.apache.parquet.format.CompressionCodec.BROTLI));

    assertRefused(file, "its column image is compressed with brotli");
  }

  @Test
  void aTableWithoutIdsIsRefused() {
    String path = write(table().drop("image_id"), Map.of());

    assertThatThrownBy(() -> list(path, "parquet-images"))
        .hasStackTraceContaining("has no column image_id (nor id, key, __key__, uid, sample_id)")
        .hasStackTraceContaining("catalogue.columns.id=row-number; its columns are image, label");
  }

  /**
   * Never a crash, never more memory than the file has; a wrong image only where no sum is kept.
   */
  @Test
  void damageEndsInASentence() throws Exception {
    String path = write(table().coalesce(1), Map.of("compression", "snappy"));
    Path file = only(path);
    byte[] whole = Files.readAllBytes(file);
    List<ListedImage> images = List.copyOf(list(path, "auto").values());
    Random random = new Random(SEED);
    int told = 0;
    for (int round = 0; round < 300; round++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(damaged.length * 9 / 10)] ^= (byte) (1 + random.nextInt(255));
      Files.write(file, damaged);
      ListedImage image = images.get(random.nextInt(images.size()));
      ListedImage unversioned =
          new ListedImage(image.imageId(), image.uri(), "unknown", -1, image.range());
      try {
        assertThat(read(unversioned))
            .as("seed %d round %d", SEED, round)
            .isEqualTo(bytes(Integer.parseInt(image.imageId().substring(2))));
      } catch (IOException | ImageException e) {
        told++;
      }
    }
    assertThat(told).isPositive();
  }

  @Test
  void aFileThatIsNoParquetIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("no.parquet"), "words that are no table");

    assertRefused(file, "no.parquet cannot be read as Parquet");
  }

  private static void assertRefused(Path table, String... parts) {
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
  private Path one(String codec) throws IOException {
    String path =
        write(
            table().coalesce(1).limit(20),
            Map.of("compression", codec, "parquet.enable.dictionary", "false"));
    return only(path);
  }

  private Path file(Dataset<Row> table) throws IOException {
    String path = folder.resolve("one.parquet").toString();
    table.coalesce(1).write().parquet(path);
    return only(path);
  }

  private static Path only(String path) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(path))) {
      return files.filter(each -> each.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
  }

  @ParameterizedTest
  @CsvSource({"0,image_id", "1,image"})
  void aColumnThatClaimsToReachBeyondTheFileIsRefused(int column, String name) throws IOException {
    Path file = one("uncompressed");
    ForgedParquet forged = new ForgedParquet(file);

    forged.footer(footer -> forged.column(column).setTotal_compressed_size(1_000_000_000_000L));

    assertRefused(
        file,
        file.getFileName() + " cannot be read as Parquet",
        "its column " + name + " says it has 1000000000000 bytes");
  }

  @ParameterizedTest
  @CsvSource({"0", "1"})
  void aPageThatClaimsMoreThanAPageMayHaveIsRefused(int column) throws IOException {
    Path file = one("gzip");

    new ForgedParquet(file)
        .page(
            column,
            (header, body) -> {
              header.setUncompressed_page_size(Integer.MAX_VALUE);
              return body;
            });

    assertRefused(file, file.getFileName().toString(), "has more than 512 MiB");
  }

  @ParameterizedTest
  @CsvSource({"0", "1"})
  void aPageThatClaimsMoreRowsThanItsGroupIsRefused(int column) throws IOException {
    Path file = one("uncompressed");

    new ForgedParquet(file)
        .page(
            column,
            (header, body) -> {
              header.getData_page_header().setNum_values(Integer.MAX_VALUE);
              return body;
            });

    assertRefused(
        file,
        file.getFileName().toString(),
        "says it has 2147483647 rows, and its row group has 20 left");
  }

  @Test
  void fewerIdsThanRowsAreRefused() throws IOException {
    Path file = one("snappy");

    new ForgedParquet(file)
        .page(
            0,
            (header, body) -> {
              header.getData_page_header().setNum_values(10);
              return body;
            });

    assertRefused(file, "its column image_id has fewer values than rows");
  }

  /** The decompressor would take 2 GiB. */
  @Test
  void snappyThatClaimsAnotherSizeThanItsPageIsRefused() throws IOException {
    Path file = one("snappy");
    byte[] claim = {-1, -1, -1, -1, 7, 0, 0, 0, 0, 0};

    new ForgedParquet(file).page(1, (header, body) -> claim);

    ListedImage image = list(file.toString(), "parquet-images").get("id0");
    assertThatThrownBy(() -> read(image))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("bytes uncompressed, and what Snappy made of them 2147483647");
    new ForgedParquet(file).page(0, (header, body) -> claim);
    assertRefused(file, "what Snappy made of them 2147483647");
  }

  @Test
  void aPageThatIsTooLargeForTheLargestImageIsNotUnpacked() throws IOException {
    Path file = one("gzip");
    new ForgedParquet(file)
        .page(
            1,
            (header, body) -> {
              header.setUncompressed_page_size((64 << 20) + 1);
              return body;
            });

    ListedImage image = list(file.toString(), "parquet-images").get("id0");

    assertThatThrownBy(() -> read(image))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("67108865 bytes uncompressed; at most 67108864 are read");
  }

  @Test
  void aDictionaryThatClaimsMoreValuesThanFitIsRefused() throws IOException {
    Dataset<Row> table = table().withColumn("image_id", functions.expr("concat('id', label % 3)"));
    Path file = only(write(table.coalesce(1), Map.of("compression", "uncompressed")));
    ForgedParquet forged = new ForgedParquet(file);

    forged.dictionary(
        0, header -> header.getDictionary_page_header().setNum_values(Integer.MAX_VALUE));

    assertRefused(file, "its dictionary says it has 2147483647 values in ");
  }
}
