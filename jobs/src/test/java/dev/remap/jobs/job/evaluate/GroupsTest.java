package dev.remap.jobs.job.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.job.JobContext;
import dev.remap.jobs.job.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
    assertThat(Groups.of(null, given).of(imageId).orElse(null)).isEqualTo(group);
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
