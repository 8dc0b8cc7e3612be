package dev.remap.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a relative path is looked for by a direct spark-submit, which names no installation. */
class SettingFileTest {
  private static final Path GIVEN = Path.of("conf/backbones/one");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"remap-index.jar", "lib/remap-index.jar", "jobs/target/remap-index.jar"})
  void theInstallationIsFoundFromItsJar(String jar) throws IOException {
    Files.createDirectories(folder.resolve(GIVEN));

    assertThat(SettingFile.around(folder.resolve(jar), GIVEN)).isEqualTo(folder.resolve(GIVEN));
  }

  @Test
  void whatIsNotThereIsNamedAsItWasGiven() {
    assertThat(SettingFile.around(Path.of("/remap-index.jar"), GIVEN)).isEqualTo(GIVEN);
    assertThat(SettingFile.around(folder.resolve("a/b/c/remap-index.jar"), GIVEN)).isEqualTo(GIVEN);
  }
}
