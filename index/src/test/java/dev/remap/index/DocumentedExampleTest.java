package dev.remap.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in docs/jfaiss.md, run as that page says: with nothing else on the class path. */
class DocumentedExampleTest {
  private static final Pattern PROGRAM = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path folder;

  @Test
  void theProgramRunsWithThisModuleAlone() throws IOException, InterruptedException {
    Matcher page = PROGRAM.matcher(Files.readString(Path.of("../docs/jfaiss.md")));
    assertThat(page.find()).isTrue();
    Path program = Files.writeString(folder.resolve("Example.java"), page.group(1));

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                Path.of("target/classes").toAbsolutePath().toString(),
                program.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said.lines())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("10000"),
            line -> assertThat(line).isEqualTo("IVF64,PQ16np, 10000 entries"),
            // The first query is the vector with key 5000.
            line -> assertThat(line).startsWith("Neighbor[key=5000, distance="),
            line -> assertThat(line).isEqualTo("5000 queries"));
  }
}
