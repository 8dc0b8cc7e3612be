package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.catalogue.FailingFileSystem;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A storage that fails has failed; a catalogue that is read from it is not wrong. */
class FailingStorageTest {
  /** Behind what is read at once to look at the first row. */
  private static final long IN_THE_MIDDLE = 100_000;

  private static final int ROWS = 5_000;

  @TempDir private Path folder;
  private Remap remap;

  @BeforeEach
  void use() {
    remap = remap("store");
    FailingFileSystem.use();
  }

  @AfterEach
  void leave() {
    FailingFileSystem.leave();
  }

  /** All rows of a table are one unit. */
  private Remap remap(String store) {
    return new Remap(folder.resolve(store)).set("unit.images", ROWS);
  }

  private String rows(String row) {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      rows.append(row.replace("#", Integer.toString(i)));
    }
    return rows.toString();
  }

  private Path table(String format) throws IOException {
    Path table = folder.resolve("t." + format);
    switch (format) {
      case "csv" ->
          Files.writeString(table, "image_id,uri,version\n" + rows("i#,p/x/y/z/#.jpg,v\n"));
      case "csv.gz" -> {
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(table))) {
          out.write(
              ("image_id,uri,version\n" + rows("i#,p#.jpg,v\n")).getBytes(StandardCharsets.UTF_8));
        }
      }
      case "jsonl" ->
          Files.writeString(
              table, rows("{\"image_id\":\"i#\",\"uri\":\"p#.jpg\",\"version\":\"v\"}\n"));
      default -> parquet(table);
    }
    return table;
  }

  private static void parquet(Path table) throws IOException {
    Path written = Path.of(table + ".dir");
    SparkSession session = LocalSpark.sharedSession();
    session
        .sql(
            "select string(id) image_id, concat('p', id) uri, 'v' version from range(0, 5000, 1,"
                + " 1)")
        .write()
        .parquet(written.toString());
    try (var files = Files.newDirectoryStream(written, "part-*.parquet")) {
      Files.copy(files.iterator().next(), table);
    }
  }

  @Test
  void aTableIsReadAgainIfItsStorageFailsOnceInTheMiddle() throws IOException {
    for (String format : new String[] {"csv", "jsonl"}) {
      Path table = table(format);
      FailingFileSystem.fail("t." + format, IN_THE_MIDDLE, 1);

      Remap.Ran ran = remap.run("snapshot", "--catalogue", table.toString());

      assertThat(ran.status()).as("%s: %s", format, ran).isZero();
      assertThat(ran.out()).contains("is complete: 5,000 images");
      assertThat(FailingFileSystem.left()).isZero();
      remap = remap("another store");
    }
  }

  @ParameterizedTest
  @CsvSource({"csv,100000", "csv,0", "csv.gz,0", "jsonl,100000", "parquet,0"})
  void aStorageThatFailsToTheLastIsNamedAndTheTableIsNotCalledWrong(String format, long from)
      throws IOException {
    Path table = table(format);
    FailingFileSystem.fail("t." + format, from, Integer.MAX_VALUE);

    remap
        .run("snapshot", "--catalogue", table.toString())
        .assertRefused(1, "Could not read file:" + table + ": the wire was cut");
    assertThat(remap.contents()).as("a first snapshot that fails leaves no store").isEmpty();
  }

  @Test
  void aTarFileIsReadAgainAndIsNotCalledWrong() throws Exception {
    Path members = Files.createDirectory(folder.resolve("members"));
    Files.write(members.resolve("a.jpg"), new byte[] {1});
    Path tar = folder.resolve("t.tar");
    assertThat(
            new ProcessBuilder("tar", "-cf", tar.toString(), "-C", members.toString(), "a.jpg")
                .start()
                .waitFor())
        .isZero();

    FailingFileSystem.fail("t.tar", 0, Integer.MAX_VALUE);
    remap
        .run("snapshot", "--catalogue", tar.toString())
        .assertRefused(1, "Could not read file:" + tar + ": the wire was cut");
    FailingFileSystem.fail("t.tar", 0, 1);
    Remap.Ran ran = remap.run("snapshot", "--catalogue", tar.toString());
    assertThat(ran.status()).as("%s", ran).isZero();
    assertThat(FailingFileSystem.left()).isZero();
  }

  /** Each unit has fewer than it may have, and all together more than a run may have. */
  @Test
  void unitsThatAreFineEachMayLackTooManyImagesTogether() throws IOException {
    remap.tinyBackbone(folder.resolve("tiny")).set("unit.images", 3).set("unit.attempts", 1);
    Path catalogue = folder.resolve("catalogue");
    for (int i = 0; i < 12; i++) {
      Path file = catalogue.resolve("f" + i).resolve(i < 3 ? "cut.jpg" : "good.jpg");
      Pictures.write(file, new Random(i), Pictures.LONG, Pictures.SHORT);
    }
    remap.succeed("snapshot", "--catalogue", catalogue.toString());
    FailingFileSystem.fail("cut.jpg", 0, Integer.MAX_VALUE);
    remap.set("extract.access-allowance", 2);

    remap
        .run("extract")
        .assertRefused(
            1,
            "3 of 12 images could not be reached",
            "extract.max-access-ratio (0.01)",
            "What was reached is described and committed",
            "cut.jpg): ");

    remap.set("extract.max-access-ratio", 0.5);
    assertThat(remap.succeed("extract").out()).contains("12 listed = 9 described + 3 rejected");
  }

  @Test
  void whatIsWrongInATableIsStillWrongInput() throws IOException {
    Path table = Files.writeString(folder.resolve("t.csv"), "image_id,uri\na,b.jpg\nc\n");

    remap
        .run("snapshot", "--catalogue", table.toString())
        .assertRefused(2, "t.csv cannot be read as csv: row 2 (line 3): it has 1 field");
  }
}
