package dev.remap.jobs.catalogue.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.catalogue.CatalogueImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GivenPathTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x:y.jpg",
        "Screenshot 2024-05-03 10:30:01.jpg",
        ":y.jpg",
        "file:",
        "10:30/a.jpg",
        "a:b/c:d.jpg",
        "a%41:#?.jpg"
      })
  void aRelativeLocalNameWithAColonIsThatFile(String name) throws Exception {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[] {1, 2, 3});

    String given = GivenPath.of(name, folder);

    assertThat(new CatalogueImage(name, given, "", 10, new Configuration()).read())
        .containsExactly(1, 2, 3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a.jpg", "./x:y.jpg", "/x:y.jpg", "s3a://b/x.jpg", "file:/x", "x:no.jpg", "foo:"})
  void allElseIsAsItIsGiven(String given) throws IOException {
    Files.write(folder.resolve("a.jpg"), new byte[] {1});
    Files.write(folder.resolve("x:y.jpg"), new byte[] {1});

    assertThat(GivenPath.of(given, folder)).isEqualTo(given);
  }
}
