package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Planted credentials turn up in nothing that is written, whatever fails. */
class SecretsTest {
  private static final String ACCESS = "AKIAPLANTEDPLANTED00";
  private static final String SECRET = "PlantedSecret/abc+def0123456789";
  private static final Map<String, String> SPARK =
      Map.of(
          "spark.hadoop.fs.s3a.access.key", ACCESS,
          "spark.hadoop.fs.s3a.secret.key", SECRET,
          "spark.hadoop.fs.s3a.endpoint", "http://127.0.0.1:9",
          "spark.hadoop.fs.s3a.endpoint.region", "us-east-1",
          "spark.hadoop.fs.s3a.path.style.access", "true",
          "spark.hadoop.fs.s3a.attempts.maximum", "1",
          "spark.hadoop.fs.s3a.retry.limit", "0");

  @TempDir private Path folder;
  private Remap remap;
  private final StringBuilder said = new StringBuilder();

  @BeforeEach
  void plant() {
    LocalSpark.use("local[2]");
    SPARK.forEach(System::setProperty);
    Pictures.folders(folder.resolve("catalogue"), 1, 2, 3);
    remap = new Remap(folder.resolve("store")).tinyBackbone(folder.resolve("tiny"));
    remap.set("unit.attempts", 1);
    remap.set("extract.access-allowance", 0);
  }

  @AfterEach
  void remove() {
    SPARK.keySet().forEach(System::clearProperty);
  }

  @Test
  void nothingWrittenHoldsACredentialWhateverFails() throws IOException {
    Path table = folder.resolve("table.csv");
    Files.writeString(
        table, "image_id,uri,version\na,s3a://planted/a.jpg,1\nb,s3a://planted/b.jpg,1\n");

    run(0, "snapshot", "--catalogue", folder.resolve("catalogue").toString());
    run(0, "extract");
    run(0, "snapshot", "--catalogue", table.toString());
    run(1, "extract");
    run(1, "snapshot", "--catalogue", "s3a://planted/folder");
    for (String command : List.of("status", "verify", "extract")) {
      said.append(Remap.line(command, "--store", "s3a://planted/store"));
    }

    assertNothingLeaked();
    assertThat(said).contains("could not be reached");
  }

  @Test
  void uriWithAPasswordIsRefusedAndNotRepeated() throws IOException {
    String uri = "s3a://" + ACCESS + ":" + SECRET + "@bucket/folder";
    Path table = folder.resolve("table.csv");
    Files.writeString(table, "image_id,uri,version\na," + uri + "/a.jpg,1\n");
    Path config = folder.resolve("own.conf");
    Files.writeString(config, "catalogue.uri = \"" + uri + "\"\n");
    Files.createDirectories(folder.resolve("store"));

    run(2, "snapshot", "--catalogue", uri);
    run(2, "snapshot", "--config", config.toString());
    run(2, "snapshot", "--catalogue", table.toString());
    run(2, "status", "--set", "store=" + uri);
    run(2, "status", "--set", "fs.s3a.secret.key=" + SECRET);
    run(2, "search", "--image", uri + "/a.jpg");

    assertThat(said).contains("password in its URI").contains("unknown setting fs.s3a.secret.key");
    Files.delete(table);
    Files.delete(config);
    assertNothingLeaked();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "t.csv | image_id,uri;,{} | t.csv, row 1 (line 2) has a password in its URI",
        "t.csv | image_id,uri;{},clean.jpg | t.csv, row 1 (line 2) has a password in its URI",
        "t.csv | image_id,uri,version;a,b.jpg,{} | t.csv, row 1 (line 2) has a password in its URI",
        "t.csv | image_id,uri;{} | cannot be read as csv: row 1 (line 2): it has 1 field",
        "t.csv | {} | catalogue.columns.uri=NAME; its columns are s3a://…@",
        "t.jsonl | {\"image_id\":null,\"uri\":\"{}\"} | t.jsonl, line 1 has a password in its URI",
        "t.jsonl | {\"image_id\":\"a\",\"uri\":\"x\"};\"{}\" | cannot be read as jsonl: line 2: it"
            + " is no",
        "inventory.csv | bucket,key,size,etag;{},x.jpg,1,1 | is no name of a bucket",
        "inventory.csv | bucket,key,size,etag;{},,1,1 | is no name of a bucket",
      })
  void noRowOfATableIsRepeatedWithItsPassword(String name, String text, String part)
      throws IOException {
    String uri = "s3a://" + ACCESS + ":" + SECRET + "@bucket/x.jpg";
    Path table = folder.resolve(name);
    Files.writeString(
        table,
        text.replace(';', '\n')
            .replace("{}", name.startsWith("i") ? uri.substring("s3a://".length()) : uri));
    Files.createDirectories(folder.resolve("store"));

    run(2, "snapshot", "--catalogue", table.toString(), "--format", formatOf(name));

    assertThat(said.toString()).contains(part);
    Files.delete(table);
    assertNothingLeaked();
  }

  /**
   * Through the command, so that nothing on the way keeps a row; each form is CredentialsTest's.
   */
  @ParameterizedTest
  @ValueSource(strings = {"https://host/x.jpg?w=1&access%5Ftoken={}", "x.jpg;jsessionid={}"})
  void noRowOfATableIsRepeatedWithItsToken(String form) throws IOException {
    Path table = folder.resolve("t.csv");
    Files.writeString(table, "image_id,uri,version\na," + form.replace("{}", ACCESS) + ",1\n");
    Files.createDirectories(folder.resolve("store"));

    run(2, "snapshot", "--catalogue", table.toString());

    assertThat(said.toString()).contains("t.csv", "has a password in its URI (or a token");
    Files.delete(table);
    assertNothingLeaked();
  }

  /** It is only a name, whatever it looks like. */
  @Test
  void aFileThatIsCalledLikeASignedUriIsDescribed() {
    Path odd = folder.resolve("odd");
    Pictures.write(
        odd.resolve("q?X-Amz-Signature=0123&token=4.jpg"), new Random(1), Pictures.LONG, 80);

    run(0, "snapshot", "--catalogue", odd.toString());
    run(0, "extract");

    assertThat(said).contains("1 listed = 1 described + 0 rejected");
  }

  private static String formatOf(String name) {
    return name.startsWith("inventory") ? "inventory" : "auto";
  }

  private void run(int status, String command, String... options) {
    Remap.Ran ran = remap.run(command, options);
    said.append(ran);
    assertThat(ran.status())
        .as("%s %s: %s", command, Arrays.toString(options), ran)
        .isEqualTo(status);
  }

  private void assertNothingLeaked() throws IOException {
    assertThat(said.toString()).doesNotContain(ACCESS).doesNotContain(SECRET);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(content.contains(ACCESS)).as("%s", file).isFalse();
        assertThat(content.contains(SECRET)).as("%s", file).isFalse();
      }
    }
  }
}
