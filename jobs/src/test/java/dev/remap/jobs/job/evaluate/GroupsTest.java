package dev.remap.jobs.job.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.job.JobContext;
import dev.remap.jobs.job.LocalSpark;
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
  })
  void theGroupOfAnImageIsItsFolderBelowTheOneGiven(String given, String imageId, String group) {
    assertThat(byFolder(given, List.of()).of(imageId).orElse(null)).isEqualTo(group);
  }

  private static Groups byFolder(String given, List<String> roots) {
    return new Groups.ByFolder(GroupFolder.prefix(given, roots, new Configuration()));
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
    try (JobContext context = LocalSpark.context(folder.resolve("store"), Map.of())) {
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
}
