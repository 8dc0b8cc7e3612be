package dev.remap.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupsTest {
  /** It takes longer to make than all else here. */
  private static final Configuration HADOOP = new Configuration();

  @ParameterizedTest
  @CsvSource({
    "., a/b/1.jpg, a/b",
    ".,  a/1.jpg, a",
    ".,  1.jpg,",
    "/,  a/1.jpg, a",
    "a,  a/b/1.jpg, a/b",
    "a/, a/b/1.jpg, a/b",
    "a,  a/1.jpg,",
    "a,  ab/c/1.jpg,",
    "a,  b/a/1.jpg,",
    "., /x1,",
  })
  void theGroupOfAnImageIsItsFolderBelowTheOneGiven(String given, String imageId, String group) {
    assertThat(byFolder(given, List.of()).of(imageId).orElse(null)).isEqualTo(group);
  }

  private static Groups byFolder(String given, List<String> roots) {
    return new Groups.ByFolder(GroupFolder.prefix(given, roots, HADOOP));
  }

  /** Whatever leads to the catalogue's folder, or to one below it, is that folder. */
  @Test
  void aFolderIsTheSameByEveryPathThatLeadsToIt(@TempDir Path temporary) throws IOException {
    Path catalogue = Files.createDirectories(temporary.resolve("my photos/all"));
    Files.createDirectories(catalogue.resolve("a/b"));
    Path link = Files.createSymbolicLink(temporary.resolve("link"), catalogue);
    String relative = Path.of("").toAbsolutePath().relativize(catalogue).toString();
    List<String> ways =
        List.of(
            catalogue.toString(),
            "file:" + catalogue,
            "file://" + catalogue,
            temporary + "/my photos/../my photos//all",
            relative,
            "./" + relative,
            link.toString(),
            "file:" + link);
    for (String root : List.of(catalogue.toString(), "file:" + catalogue + "/", link.toString())) {
      for (String way : ways) {
        for (String end : List.of("", "/", "//")) {
          assertThat(byFolder(way + end, List.of(root)).of("a/b/1.jpg"))
              .as("%s of %s", way + end, root)
              .contains("a/b");
          assertThat(byFolder(way + "/a" + end, List.of(root)).of("a/b/1.jpg")).contains("a/b");
          assertThat(byFolder(way + "/a" + end, List.of(root)).of("a/1.jpg")).isEmpty();
        }
      }
    }
  }

  @Test
  void aFolderThatIsNotInTheCatalogueIsRefused(@TempDir Path temporary) {
    List<String> roots = List.of("file:/somewhere/else/");

    for (String given : List.of(temporary.toString(), "file:" + temporary, "s3a://bucket/x")) {
      assertThatExceptionOfType(InputException.class)
          .as(given)
          .isThrownBy(() -> byFolder(given, roots))
          .withMessageContaining("is not in the catalogue (file:/somewhere/else/)");
    }
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> byFolder("", roots))
        .withMessageContaining("has no name");
  }

  @ParameterizedTest
  @CsvSource({
    "a/b/1.jpg, file:/c d/a/b/1.jpg, file:/c d/",
    "1.jpg, s3a://bucket/1.jpg, s3a://bucket/",
    "00.tar/x/1.jpg, file:/tars/00.tar, file:/tars/",
    "0001, file:/tars/00.tar,",
  })
  void aListingTellsWhereItsCatalogueBegins(String imageId, String uri, String root) {
    assertThat(GroupFolder.root(imageId, uri).orElse(null)).isEqualTo(root);
  }

  @Test
  void aTableGivesGroupsToTheImagesItNames(@TempDir Path folder) throws IOException {
    Path table =
        Files.writeString(
            folder.resolve("g.csv"), "group,image_id\n1,\"a, \"\"b\"\".jpg\"\n1,c.jpg\n2,d\n");
    try (JobContext context = LocalSpark.sharing(folder.resolve("store"), Map.of())) {
      Groups groups = Groups.of(context, table.toString());

      assertThat(groups.of("a, \"b\".jpg")).contains("1");
      assertThat(groups.of("c.jpg")).contains("1");
      assertThat(groups.of("d")).contains("2");
      assertThat(groups.of("e")).isEmpty();
      assertThatExceptionOfType(InputException.class)
          .isThrownBy(() -> Groups.of(context, table.toString(), 2))
          .withMessageEndingWith("g.csv has more than 2 rows: name a table of fewer images");
      assertThat(Groups.of(context, table.toString(), 3)).isEqualTo(groups);
    }
  }

  @Test
  void aLineBreakInQuotesMakesNoImageOfItsOwn(@TempDir Path folder) throws IOException {
    Path table =
        Files.writeString(
            folder.resolve("g.csv"),
            "image_id,note,group\r\na.jpg,\"two\r\nghost.jpg,x,ghosts\",1\r\n\"b\nc.jpg\",,1\r\n");
    try (JobContext context = LocalSpark.sharing(folder.resolve("store"), Map.of())) {
      Groups groups = Groups.of(context, table.toString());

      assertThat(groups.of("a.jpg")).contains("1");
      assertThat(groups.of("b\nc.jpg")).contains("1");
      assertThat(groups.of("ghost.jpg")).isEmpty();
      assertThat(Groups.of(context, table.toString(), 2)).isEqualTo(groups);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "g.csv | image_id,group;a,1;b | g.csv cannot be read as csv: row 2 (line 3): it has 1"
            + " field",
        "g.csv | image_id,group;a,1;,2 | g.csv, row 2 (line 3), has no id",
        "g.csv | image_id,group;a,1;b,1;a,2 | g.csv, row 3 (line 4), has the image a, which"
            + " another",
        "g.csv | image_id,group;a,\"1 | row 1 (line 2): a quote that opens in line 2 is not closed",
        "g.csv | image_id,group,group;a,1,2 | g.csv needs the columns image_id and group, each"
            + " once",
        "g.jsonl | {\"image_id\":\"a\",\"group\":1};{\"image_id\": | cannot be read as jsonl: line"
            + " 2:",
        "g.jsonl | {\"image_id\":\"a\",\"group\":1};{\"image_id\":2} | line 2 needs the columns"
            + " image_id",
      })
  void whatIsWrongWithATableIsToldWithItsRow(
      String name, String text, String part, @TempDir Path folder) throws IOException {
    Path table = Files.writeString(folder.resolve(name), text.replace(';', '\n'));
    try (JobContext context = LocalSpark.sharing(folder.resolve("store"), Map.of())) {
      assertThatExceptionOfType(InputException.class)
          .isThrownBy(() -> Groups.of(context, table.toString()))
          .withMessageContaining(part);
    }
  }

  @Test
  void groupsMayBeNumbersAndMayBeMissing(@TempDir Path folder) throws IOException {
    Path lines =
        Files.writeString(
            folder.resolve("g.jsonl"),
            "{\"image_id\":9007199254740993,\"group\":7}\n{\"image_id\":\"b\",\"group\":null}\n");
    Path parquet = folder.resolve("g.parquet");
    try (JobContext context = LocalSpark.sharing(folder.resolve("store"), Map.of())) {
      context
          .session()
          .sql(
              "select 9007199254740993 as image_id, 7 as group, map(1, 2) as other"
                  + " union all select 1, null, null")
          .write()
          .parquet(parquet.toString());
      for (Path table : List.of(lines, parquet)) {
        Groups groups = Groups.of(context, table.toString());

        assertThat(groups.of("9007199254740993")).as("%s", table).contains("7");
        assertThat(groups.of("b")).as("%s", table).isEmpty();
        assertThat(groups.of("1")).as("%s", table).isEmpty();
      }
    }
  }
}
