package dev.remap.jobs.catalogue.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.image.ImageException;
import dev.remap.jobs.catalogue.file.Found;
import dev.remap.jobs.catalogue.file.ListedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images inside tables, as Spark writes them, however they are encoded. */
class ParquetImageCatalogueTest extends ImageTables {
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
  void aTableWithoutIdsIsRefused() {
    String path = write(table().drop("image_id"), Map.of());

    assertThatThrownBy(() -> list(path, "parquet-images"))
        .hasStackTraceContaining("has no column image_id (nor id, key, __key__, uid, sample_id)")
        .hasStackTraceContaining("catalogue.columns.id=row-number; its columns are image, label");
  }
}
