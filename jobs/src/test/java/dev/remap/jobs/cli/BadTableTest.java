package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Catalogues that cannot be listed: a sentence, and a store with nothing of them in it. */
class BadTableTest {
  @TempDir private Path folder;
  private Remap remap;

  @BeforeEach
  void store() {
    remap = new Remap(folder.resolve("store"));
  }

  private Remap.Ran snapshot(Object catalogue) {
    Remap.Ran ran = remap.run("snapshot", "--catalogue", catalogue.toString());
    assertThat(remap.contents().keySet()).as("what is in the store").isEmpty();
    return ran;
  }

  private Path table(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void noCatalogueIsRefused() {
    remap.run("snapshot").assertRefused(2, "No catalogue given: use --catalogue");
  }

  @ParameterizedTest
  @CsvSource({"nothing,does not exist: check --catalogue", "none.csv,does not exist"})
  void aMissingCatalogueIsRefused(String name, String part) {
    Path missing = folder.resolve(name);

    snapshot(missing).assertRefused(2, missing.toString(), part);
  }

  @Test
  void aFileThatIsNoTableIsRefused() throws IOException {
    snapshot(table("notes.txt", "words")).assertRefused(2, "notes.txt is a file: give a folder");
  }

  @Test
  void anUnknownSchemeOrFormatIsRefused() {
    snapshot("foo://x").assertRefused(2, "foo://x", "No FileSystem for scheme \"foo\"");
    remap
        .run("snapshot", "--catalogue", folder.toString(), "--format", "xml")
        .assertRefused(2, "catalogue.format is 'xml'", "parquet", "csv", "inventory or embeddings");
  }

  @Test
  void anEmptyCatalogueIsRefused() throws IOException {
    snapshot(Files.createDirectory(folder.resolve("empty")))
        .assertRefused(2, "has no images: looked for files ending in jpg, jpeg, png, webp");
    snapshot(table("header.csv", "image_id,uri\n")).assertRefused(2, "header.csv has no images");
  }

  @Test
  void anIdThatIsListedTwiceIsNamedWithItsFiles() throws IOException {
    Path table = table("twice.csv", "image_id,uri\na,1.jpg\nb,2.jpg\na,3.jpg\n");

    snapshot(table)
        .assertRefused(2, "image ids more than once", "a (" + folder + "/", "1.jpg", "3.jpg");
  }

  @Test
  void afterARefusedListingTheNextSnapshotIsTheFirst() throws IOException {
    snapshot(table("c.csv", "image_id,uri\na,1.jpg\na,3.jpg\n")).assertRefused(2, "more than once");
    table("c.csv", "image_id,uri\na,1.jpg\nb,3.jpg\n");

    Remap.Ran mended = remap.succeed("snapshot", "--catalogue", folder.resolve("c.csv").toString());

    assertThat(mended.out()).contains("snapshot 1 is complete: 2 images");
    assertThat(remap.succeed("status").out()).contains("complete").doesNotContain("of 1 units");
  }

  @Test
  void aBrokenTableIsRefusedWithWhatIsBroken() throws IOException {
    snapshot(table("id.csv", "image_id,uri\na,1.jpg\n,2.jpg\n"))
        .assertRefused(2, "id.csv, row 2 (line 3), has no id: complete it, or remove it");
    snapshot(table("short.csv", "image_id,uri\na,1.jpg\nb\n"))
        .assertRefused(
            2,
            "short.csv cannot be read as csv: row 2 (line 3): it has 1 field, and the header has"
                + " 2");
    snapshot(table("t.parquet", "words that are no table"))
        .assertRefused(2, "t.parquet cannot be read as parquet", "is not a Parquet file");
  }

  /** Before a plan is made, which would stay behind half done. */
  @Test
  void anImageWithoutAnIdOrAUriIsRefused() throws Exception {
    snapshot(table("uri.jsonl", "{\"image_id\":\"a\",\"uri\":\"\"}"))
        .assertRefused(2, "uri.jsonl, line 1, has no URI");
    Path parquet = folder.resolve("p");
    SparkSession session = LocalSpark.sharedSession();
    session.sql("select '' as image_id, unhex('ff') as image").write().parquet(parquet.toString());
    remap
        .run("snapshot", "--catalogue", parquet.toString(), "--format", "parquet-images")
        .assertRefused(2, "an image without an id, in ", ".parquet#parquet-page");
    assertThat(remap.contents()).isEmpty();
  }

  @Test
  void aMemberThatIsAllEndingIsHiddenAndNoImage() throws Exception {
    Path shards = Files.createDirectory(folder.resolve("shards"));
    Files.createDirectory(folder.resolve("members"));
    Files.write(folder.resolve("members/.jpg"), new byte[] {1});
    Process tar =
        new ProcessBuilder(
                "tar",
                "-cf",
                shards.resolve("00000.tar").toString(),
                "-C",
                folder + "/members",
                ".jpg")
            .start();
    assertThat(tar.waitFor()).isZero();
    Files.writeString(shards.resolve("00000_stats.json"), "{\"successes\": 1}");

    remap
        .run("snapshot", "--catalogue", shards.toString(), "--format", "img2dataset")
        .assertRefused(2, "Shard 00000.tar has 0 images, but its statistics count 1 successes");
    assertThat(remap.contents()).isEmpty();
  }

  /** Images that nobody can ask for do not keep the others from being listed and described. */
  @Test
  void urisThatNobodyCanBeAskedForAreRejectsOfTheirOwnKindAndBlockNoUnit() throws IOException {
    StringBuilder rows = new StringBuilder("image_id,uri\nd,gone.jpg\n");
    for (int i = 0; i < 5; i++) {
      rows.append("s").append(i).append(",s3://bucket/a//").append(i).append(".jpg\n");
      Pictures.write(folder.resolve(i + ".jpg"), new Random(i), Pictures.LONG, Pictures.SHORT);
      rows.append("ok").append(i).append(',').append(i).append(".jpg\n");
    }
    Path table = table("odd.csv", rows.toString());

    Remap.Ran ran = remap.succeed("snapshot", "--catalogue", table.toString());

    assertThat(ran.out())
        .contains("snapshot 1 is complete: 11 images", "5 URIs of s3: or s3n:, taken as s3a:");
    remap.tinyBackbone(folder.resolve("backbone"));
    remap
        .run("extract")
        .assertRefused(
            1, "6 of 11 images were rejected, more than", "unreadable (read), such as s");
    String said = remap.set("extract.max-reject-ratio", 0.6).succeed("extract").out();
    assertThat(said).contains("books: 11 listed = 5 described + 6 rejected");
    assertThat(remap.succeed("status", "--rejects").out())
        .containsPattern("\n  s1  unreadable/read: its URI has empty steps")
        .containsPattern("\n  d  access/read: .*gone.jpg");
    assertThat(remap.succeed("status").out())
        .contains("unreadable (read)")
        .contains("try 6 unreachable images again");
  }

  @Test
  void aRefusedSnapshotLeavesTheOlderOneAsItWas() throws IOException {
    Path table = table("c.csv", "image_id,uri\na,1.jpg\nb,3.jpg\n");
    remap.succeed("snapshot", "--catalogue", table.toString());
    Map<String, String> before = remap.contents();
    table("c.csv", "image_id,uri\na,1.jpg\na,3.jpg\n");

    remap.run("snapshot", "--catalogue", table.toString()).assertRefused(2, "more than once");

    assertThat(remap.contents()).isEqualTo(before);
  }
}
