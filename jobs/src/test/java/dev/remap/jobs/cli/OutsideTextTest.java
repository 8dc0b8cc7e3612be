package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Ids of images and other text from outside that would steer a terminal or forge a line. */
class OutsideTextTest {
  private static final String FORGED = "remap: all is well";
  private static final String ID =
      "a\u001b]0;owned\u0007\u001b[2Jb\u009b31m\r\n" + FORGED + "\u2028\u202etxt.exe";

  private static void assertPlain(String said) {
    assertThat(said.codePoints().filter(c -> c != '\n' && c != '\t'))
        .noneMatch(Character::isISOControl)
        .noneMatch(c -> c == 0x2028 || c == 0x202e);
    assertThat(said.lines()).noneMatch(line -> line.startsWith(FORGED));
    assertThat(said).contains("owned", FORGED);
  }

  @Test
  void theConsoleShowsThem() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Console console = new Console(new PrintStream(bytes, true, StandardCharsets.UTF_8));

    console.say("  %s is bad", ID);
    console.table(List.of(List.of("image id", "score"), List.of(ID, "1"), List.of("b", "2")));

    String said = bytes.toString(StandardCharsets.UTF_8);
    assertPlain(said);
    assertThat(said.lines()).hasSize(5);
    assertThat(said).contains("a\\u001b]0;owned\\u0007");
  }

  @Test
  void jsonIsExact() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ObjectMapper json = new ObjectMapper();

    new Console(new PrintStream(bytes, true, StandardCharsets.UTF_8))
        .json(json.writerWithDefaultPrettyPrinter().writeValueAsString(Map.of("id", ID)));

    assertPlain(bytes.toString(StandardCharsets.UTF_8));
    assertThat(json.readTree(bytes.toByteArray()).get("id").asText()).isEqualTo(ID);
  }

  @Test
  void messagesOfFailuresShowThem() {
    assertPlain(new InputException("The id %s", ID).getMessage());
    assertPlain(new JobFailedException("The id %s", ID).getMessage());
    assertPlain(new StoreException("The id " + ID).getMessage());
    assertPlain(StoreException.of("read", ID, new IOException(ID)).getMessage());
    assertThat(StoreException.damaged("x", ID).getMessage().lines()).hasSize(1);
  }

  @Test
  void theLogShowsThem() {
    Remap.Ran ran =
        Remap.logged(
            () ->
                LoggerFactory.getLogger("dev.remap.Any")
                    .warn("{} failed", ID, new IllegalStateException(ID, new IOException(ID))));

    assertPlain(ran.err());
    assertThat(ran.err()).contains("Caused by: ").containsPattern("\n\tat dev\\.remap");
    assertThat(ran.err().split("IllegalStateException", -1)).as("told once").hasSize(2);
    Remap.Ran ofSpark =
        Remap.logged(() -> LoggerFactory.getLogger("org.apache.spark.Any").warn("it\u001b[2J is"));
    assertThat(ofSpark.err()).contains("it?[2J is");
  }

  @Test
  void theCommandShowsThemWhereItFails(@TempDir Path folder) throws IOException {
    Path own = folder.resolve("own.conf");
    Files.writeString(own, "unit.images = \"a\\u001b[2J\"");
    Remap.Ran ran =
        Remap.line("status", "--store", folder + "/no\u001b[2Jstore", "--config", own.toString());
    Remap.Ran gone = Remap.line("status", "--store", folder + "/no\u001b[2Jstore");

    assertThat(ran.err() + gone.err()).doesNotContain("\u001b").contains("\\u001b[2J");
    assertThat(Remap.line("status", "--\u001b[2J").err()).doesNotContain("\u001b");
  }
}
