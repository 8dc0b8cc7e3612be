package dev.remap.jobs.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.config.Settings;
import dev.remap.jobs.job.LocalSpark;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InventoryCatalogueTest {
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

  private static Map<String, ListedImage> list(Path table) {
    return list(table, "[Bucket, Key, Size, LastModifiedDate, ETag]");
  }

  private static Map<String, ListedImage> list(Path table, String columns) {
    Settings settings =
        Settings.load(
                null,
                Map.of("catalogue.format", "inventory", "catalogue.inventory-columns", columns))
            .with("catalogue.uri", table.toString());
    Map<String, ListedImage> images = new TreeMap<>();
    Catalogue.of(settings).list(session).collect().forEach(i -> images.put(i.imageId(), i));
    return images;
  }

  @Test
  void aZippedCsvAsS3WritesItHasNoHeaderAndEncodedKeys() throws IOException {
    Path file = folder.resolve("inventory.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(
          """
          "pictures","a+b/m%C3%BCller%2B1.jpg","12","2026-01-02T03:04:05.000Z","0123abcd"
          "pictures","notes.txt","5","2026-01-02T03:04:05.000Z","ffff"
          "pictures","no-etag.png","7","2026-01-02T03:04:05.000Z",
          """
              .getBytes(StandardCharsets.UTF_8));
    }

    Map<String, ListedImage> images = list(file);

    assertThat(images)
        .containsOnly(
            Map.entry(
                "a b/müller+1.jpg",
                new ListedImage(
                    "a b/müller+1.jpg", "s3a://pictures/a b/müller+1.jpg", "etag:0123abcd", 12)),
            Map.entry(
                "no-etag.png",
                new ListedImage(
                    "no-etag.png",
                    "s3a://pictures/no-etag.png",
                    "7 bytes, 2026-01-02T03:04:05.000Z",
                    7)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "parquet", "orc"})
  void aTableWithNamesIsReadAsItStandsWithoutWhatIsGone(String format) throws IOException {
    Path csv =
        Files.writeString(
            folder.resolve("t.csv"),
            """
            bucket,key,is_latest,is_delete_marker,size,e_tag
            b,a+1.jpg,true,false,3,\
            """
                + "\"\"\"q1\"\"\"\n"
                + """
                b,a+1.jpg,false,false,3,old
                b,gone.jpg,true,true,,x
                """);
    Path table = csv;
    if (!format.equals("csv")) {
      table = folder.resolve("t." + format);
      session
          .read()
          .option("header", true)
          .option("escape", "\"")
          .csv(csv.toString())
          .write()
          .format(format)
          .save(table.toString());
    }

    assertThat(list(table))
        .containsOnly(
            Map.entry("a+1.jpg", new ListedImage("a+1.jpg", "s3a://b/a+1.jpg", "etag:q1", 3)));
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    Path three = Files.writeString(folder.resolve("three.csv"), "b,k.jpg,1\n");
    assertThatThrownBy(() -> list(three))
        .hasMessageContaining("has 3 columns; catalogue.inventory-columns names 5")
        .hasMessageContaining("fileSchema");
    assertThatThrownBy(() -> list(three, "[Bucket, Size, ETag]"))
        .hasMessageContaining("has no column key; its columns are Bucket, Size, ETag");
    assertThatThrownBy(() -> list(three, "[Bucket, Key, Size]"))
        .hasStackTraceContaining("k.jpg has neither an e_tag nor size and last_modified_date");
    assertThatThrownBy(() -> list(folder.resolve("none.csv")))
        .hasMessageContaining("does not exist");
  }

  @Test
  void objectsMayBeHeldToFolders() throws IOException {
    Path table = Files.writeString(folder.resolve("t.csv"), "bucket,key,e_tag\nb,in/k.jpg,1\n");

    assertThat(below("s3a://b/in", table).list(session).collect()).hasSize(1);
    assertThatThrownBy(() -> below("s3a://b/i", table).list(session).collect())
        .hasStackTraceContaining("Image 'in/k.jpg' of the catalogue lies at s3a://b/in/k.jpg")
        .hasStackTraceContaining("outside catalogue.roots (s3a://b/i/)");
  }

  private static Catalogue below(String root, Path table) {
    Map<String, String> set =
        Map.of("catalogue.format", "inventory", "catalogue.roots", "[\"" + root + "\"]");
    return Catalogue.of(Settings.load(null, set).with("catalogue.uri", table.toString()));
  }

  /** Hadoop would read another object than the one that is listed. */
  @ParameterizedTest
  @ValueSource(strings = {"a//b.jpg", "/a.jpg", "a/../b.jpg", "../b.jpg", "./b.jpg"})
  void aKeyThatHadoopCannotSayIsListedAndNeverReadAsAnother(String key) throws IOException {
    Path table = Files.writeString(folder.resolve("t.csv"), "bucket,key,e_tag\nb," + key + ",1\n");
    ListedImage image = list(table).get(key);

    assertThatThrownBy(
            () ->
                new CatalogueImage(key, image.uri(), image.version(), 10, new Configuration())
                    .read())
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("its URI has empty steps, or . or .. as one");
  }
}
