package dev.remap.jobs.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.catalogue.file.OutsideLinks;
import dev.remap.jobs.catalogue.table.TableColumns;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableCatalogueTest {
  private static SparkSession session;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    session = LocalSpark.sharedSession();
  }

  @BeforeEach
  void image() throws IOException {
    Files.createDirectories(folder.resolve("images"));
    Path file = Files.write(folder.resolve("images/one.jpg"), new byte[7]);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L));
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static Map<String, ListedImage> list(Path table, String format, String... roots) {
    return new TableCatalogue(
            table.toString(),
            format(format),
            TableColumns.KNOWN,
            List.of(roots),
            OutsideLinks.LEFT_OUT)
        .list(LocalSpark.spark()).collect().stream()
            .collect(Collectors.toMap(ListedImage::imageId, Function.identity()));
  }

  private static TableFormat format(String name) {
    return switch (name) {
      case "csv" -> TableFormat.CSV;
      case "json" -> TableFormat.JSON_LINES;
      default -> TableFormat.PARQUET;
    };
  }

  private ListedImage one(String id) {
    return new ListedImage(id, folder + "/images/one.jpg", "7@1700000000000", 7);
  }

  @Test
  void csvWithQuotesAndMoreColumnsIsRead() throws IOException {
    Path table =
        write(
            "t.csv",
            """
            note,uri,image_id
            "says ""hello"", twice",images/one.jpg,"a, b"
            ,/elsewhere/two.jpg,007
            """);

    Map<String, ListedImage> images = list(table, "csv");

    assertThat(images.get("a, b")).isEqualTo(one("a, b"));
    assertThat(images.get("007"))
        .as("ids stay texts")
        .isEqualTo(new ListedImage("007", "/elsewhere/two.jpg", "unknown", -1));
  }

  @Test
  void theByteOrderMarkThatExcelWritesIsNoPartOfTheFirstColumn() throws IOException {
    Path table = write("bom.csv", "\uFEFFimage_id,uri\r\na,images/one.jpg\r\n");

    assertThat(list(table, "csv")).containsOnlyKeys("a").containsEntry("a", one("a"));
  }

  @Test
  void jsonLinesAndParquetSayTheSame() throws IOException {
    Path lines =
        write(
            "t.jsonl",
            """
            {"image_id": "a", "uri": "images/one.jpg"}
            {"uri": "images/none.jpg", "image_id": 12}
            """);
    Path parquet = folder.resolve("t.parquet");
    session.read().json(lines.toString()).write().parquet(parquet.toString());

    assertThat(list(parquet, "parquet"))
        .isEqualTo(list(lines, "json"))
        .containsEntry("a", one("a"))
        .containsEntry("12", new ListedImage("12", folder + "/images/none.jpg", "unknown", -1));
  }

  @Test
  void aZippedTableAndOneOfSeveralFilesAreRead() throws IOException {
    String text = "image_id,uri\na,images/one.jpg\n";
    Path zipped = folder.resolve("t.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    write("part-1.csv", text);
    write("part-2.csv", "image_id,uri\nb,images/one.jpg\n");

    assertThat(list(zipped, "csv")).containsEntry("a", one("a"));
    assertThat(list(folder.resolve("part-*.csv"), "csv").values())
        .containsExactlyInAnyOrder(one("a"), one("b"));
  }

  /** What a table says of an image's version is taken as it is, and the file is not looked at. */
  @Test
  void aVersionColumnSavesLookingAtTheFiles() throws IOException {
    Path table =
        write(
            "v.csv",
            """
            image_id,uri,version
            a,images/one.jpg,v1
            b,s3a://bucket/x.jpg,e7
            c,images/one.jpg,
            """);

    Map<String, ListedImage> images = list(table, "csv");

    assertThat(images.get("a"))
        .isEqualTo(new ListedImage("a", folder + "/images/one.jpg", "v1", -1));
    assertThat(images.get("b")).isEqualTo(new ListedImage("b", "s3a://bucket/x.jpg", "e7", -1));
    assertThat(images.get("c")).as("an empty version").isEqualTo(one("c"));
  }

  @Test
  void urisWithASchemeOrFromTheRootAreTakenAsTheyAre() throws IOException {
    String absolute = folder.resolve("images/one.jpg").toString();
    Path table =
        write("u.csv", "image_id,uri\na," + absolute + "\nb,file:" + absolute + "\nc,::\n");

    Map<String, ListedImage> images = list(table, "csv");

    assertThat(images.get("a")).isEqualTo(one("a"));
    assertThat(images.get("b"))
        .isEqualTo(new ListedImage("b", "file:" + absolute, "7@1700000000000", 7));
    assertThat(images.get("c")).isEqualTo(new ListedImage("c", folder + "/::", "unknown", -1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "csv | id,path;a,1.jpg | has no column uri (nor url, image_url, file_name",
        "csv | id,path;a,1.jpg | catalogue.columns.uri=NAME; its columns are id, path",
        "csv | name,uri;a,1.jpg | has no column image_id (nor id, key",
        "csv | image_id,path;a,1.jpg | has no column uri",
        "csv | image_id,uri;,2.jpg | broken, row 1 (line 2), has no id",
        "csv | image_id,uri;a,1.jpg;b, | broken, row 2 (line 3), has no URI",
        "csv | image_id,uri;b | broken cannot be read as csv: row 1 (line 2): it has 1 field, and"
            + " the header has 2",
        "csv | '' | has no column uri",
        "csv | '' | its columns are none",
        "json | {\"image_id\":\"a\",\"uri\":\"1.jpg\"};{nonsense | cannot be read as jsonl: line 2:"
            + " it",
        "json | {\"image_id\":\"a\",\"uri\":null} | broken, line 1, has no URI",
        "parquet | words that are no table | is not a Parquet file",
      })
  void aBrokenTableIsRefusedWithWhatIsBroken(String format, String text, String part)
      throws IOException {
    Path table = write("broken", text.replace(';', '\n'));

    assertThatThrownBy(() -> list(table, format))
        .satisfies(
            failure -> assertThat(messages(failure)).anySatisfy(m -> assertThat(m).contains(part)));
  }

  /** Of the failures that are meant for the user; Spark wraps what a task throws. */
  private static List<String> messages(Throwable failure) {
    List<String> messages = new java.util.ArrayList<>();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof InputException) {
        messages.add(cause.getMessage());
      }
    }
    return messages;
  }

  private static List<ListedImage> auto(String uri) {
    Settings settings = Settings.load(null, Map.of("catalogue.uri", uri));
    return Catalogues.of(settings).list(LocalSpark.spark()).collect();
  }

  /** Their logs say which files count; read file by file they would list what was removed. */
  @ParameterizedTest
  @CsvSource({
    "_delta_log/00000000000000000000.json,a Delta table",
    ".hoodie/hoodie.properties,a Hudi table",
    "metadata/00000-1b3f.metadata.json,an Iceberg table",
    "_spark_metadata/0,what a Spark stream has written",
  })
  void tablesWithALogAreRefusedByName(String log, String kind) throws IOException {
    Path table = folder.resolve("some/t.parquet");
    session.sql("select 'a' as image_id, 'x' as uri").write().parquet(table.toString());
    Path below = Files.createDirectories(table.resolve("data/day=1"));
    try (var files = Files.list(table)) {
      Path part =
          files.filter(file -> file.toString().endsWith(".parquet")).findAny().orElseThrow();
      Files.copy(part, below.resolve("part-1.parquet"));
    }
    assertThat(list(table.resolve("data"), "parquet")).hasSize(1);
    Files.createDirectories(table.resolve(log).getParent());
    Files.createFile(table.resolve(log));

    for (String given :
        List.of(
            "t.parquet",
            "t.parquet/",
            "t.parquet/*.parquet",
            "t.parquet/data",
            "t.parquet/data/day=1/part-1.parquet",
            "")) {
      Path uri = Path.of(folder + "/some/" + given);
      assertThatThrownBy(() -> list(uri, "parquet"))
          .as(given)
          .hasStackTraceContaining("some/t.parquet is " + kind + ": which of its files count");
    }
  }

  @Test
  void aFolderIsATableByItsNameAlsoWithASlash() throws IOException {
    Files.createDirectories(folder.resolve("t.csv"));
    write("t.csv/part-00000", "image_id,uri\na,images/one.jpg\n");
    write("t.csv/part-00001.csv", "image_id,uri\nb,images/one.jpg\n");
    write("t.csv/_SUCCESS", "");

    assertThat(auto(folder + "/t.csv/")).containsExactlyInAnyOrder(one("a"), one("b"));
  }

  @Test
  void versionsOfAManyRowTableAreLookedUpByManyTasks() throws IOException {
    StringBuilder text = new StringBuilder("image_id,uri\n");
    for (int i = 0; i < 8_000; i++) {
      text.append("id").append(i).append(",images/one.jpg\n");
    }
    write("many.csv", text.toString());

    List<ListedImage> images = auto(folder + "/many.csv");

    assertThat(images).hasSize(8_000).contains(one("id0"), one("id7999"));
  }

  @Test
  void namesOfColumnsAreForTables() {
    Settings settings =
        Settings.load(
            null, Map.of("catalogue.uri", folder.toString(), "catalogue.columns.id", "row-number"));

    assertThatThrownBy(() -> Catalogues.of(settings))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("catalogue.columns names columns, but catalogue ")
        .hasMessageContaining("(format folder) is no table");
  }

  @Test
  void aTableOfNoRowsListsNothing() throws IOException {
    assertThat(list(write("h.csv", "image_id,uri\n"), "csv")).isEmpty();
  }

  @Test
  void aTableThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> list(folder.resolve("none.csv"), "csv"))
        .isInstanceOf(InputException.class)
        .hasMessage("Table %s/none.csv does not exist: check --catalogue", folder);
  }

  @Test
  void aTableOfManyPartitionsIsListedWhole() {
    Path parquet = folder.resolve("many.parquet");
    session
        .range(0, 500, 1, 7)
        .selectExpr("concat('id', id) as image_id", "concat(id, '.jpg') as uri", "'1' as version")
        .write()
        .parquet(parquet.toString());

    assertThat(list(parquet, "parquet")).hasSize(500);
    assertThat(
            session
                .read()
                .parquet(parquet.toString())
                .select("image_id")
                .as(Encoders.STRING())
                .collectAsList())
        .containsExactlyInAnyOrderElementsOf(list(parquet, "parquet").keySet());
  }

  /** From wherever the command is called, and wherever it is called from later. */
  @Test
  void relativeUrisStartAtTheTablesFolderWhoeverNamesIt() throws IOException {
    Path table = write("sub.csv", "image_id,uri\na,images/one.jpg\nb,./sub/../images/one.jpg\n");
    Path here = Path.of("").toAbsolutePath();

    Map<String, ListedImage> images = list(here.relativize(table), "csv");

    assertThat(images).containsEntry("a", one("a")).containsEntry("b", one("b"));
    assertThat(list(Path.of("file:" + table), "csv").get("a").uri())
        .isEqualTo("file:" + folder + "/images/one.jpg");
  }

  @Test
  void aUriOfAWebServerIsListedWithoutAskingIt() throws IOException {
    Path table = write("h.csv", "image_id,uri\na,http://127.0.0.1:1/x.jpg?w=1\n");

    assertThat(list(table, "csv"))
        .containsEntry("a", new ListedImage("a", "http://127.0.0.1:1/x.jpg?w=1", "of its URI", -1));
  }

  @Test
  void aUriThatNothingHereReadsIsRefusedWithItsPlace() throws IOException {
    Path table = write("g.csv", "image_id,uri\na,images/one.jpg\nb,gs://bucket/x.jpg\n");

    assertThatThrownBy(() -> list(table, "csv"))
        .satisfies(
            failure ->
                assertThat(messages(failure))
                    .anySatisfy(
                        m -> assertThat(m).contains("g.csv, row 2 (line 3) ", "gcs-connector")));
  }

  @ParameterizedTest
  @CsvSource({
    "/elsewhere/two.jpg, false",
    "images/one.jpg, true",
    "file:/shared/two.jpg, true",
    "file:///shared/deep/two.jpg, true",
    "/shared/two.jpg, true",
    "/shared2/two.jpg, false",
    "hdfs://shared/two.jpg, false",
    "s3a://pictures/products/two.jpg, true",
    "s3a://pictures/people/two.jpg, false",
    "s3a://pictures2/products/two.jpg, false",
    "https://example.org/two.jpg, false",
  })
  void uriMayBeHeldToFolders(String uri, boolean allowed) throws IOException {
    Path table = write("t.csv", "image_id,version,uri\nx,1," + uri + "\n");
    String[] roots = {folder.toString(), "/shared", "s3a://pictures/products/"};

    if (allowed) {
      assertThat(list(table, "csv", roots)).containsOnlyKeys("x");
    } else {
      assertThatThrownBy(() -> list(table, "csv", roots))
          .hasStackTraceContaining("Image 'x' of the catalogue lies at " + uri + ", outside")
          .hasStackTraceContaining("s3a://pictures/products/). Remove it");
    }
  }

  @Test
  void rootThatIsNoAbsolutePathIsAnInputError() throws IOException {
    Path table = write("t.csv", "image_id,version,uri\nx,1,/x.jpg\n");

    for (String root : List.of("pictures", "/a/../b", "")) {
      assertThatThrownBy(() -> list(table, "csv", root))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("catalogue.roots has '" + root + "'");
    }
  }
}
