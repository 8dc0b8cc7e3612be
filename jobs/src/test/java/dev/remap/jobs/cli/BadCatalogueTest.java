package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.row.RejectRow;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.RowFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A folder as people have them: among good pictures, files that are none, or not quite. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadCatalogueTest {
  private static final long SEED = 42;
  private static final List<String> ODD_NAMES =
      List.of("with space.jpg", "quote's \"name\".jpg", "Müller_雪 100%.jpg", "a+b#c?d=e&f.jpg");

  private Path catalogue;
  private Remap remap;
  private Remap.Ran extraction;
  private Tables tables;
  private Ledger ledger;

  @BeforeAll
  void extract(@TempDir Path folder) throws IOException {
    catalogue = folder.resolve("my pictures");
    for (String name : ODD_NAMES) {
      good(catalogue.resolve(name));
    }
    good(catalogue.resolve("sub folder/UPPER.JPEG"));
    copy("cmyk.jpg", "cmyk.jpg");
    copy("oriented.jpg", "turned.jpg");
    copy("rgba.png", "really-a-png.jpg");
    bad();
    remap = new Remap(folder.resolve("the store")).tinyBackbone(folder.resolve("tiny"));
    remap.set("unit.images", 4).succeed("snapshot", "--catalogue", catalogue.toString());
    extraction = remap.run("extract", "--set", "extract.max-reject-ratio=1");
    tables = new Tables(remap.store());
    ledger = tables.ledger(tables.only("descriptors") + "/00000001");
  }

  private static void good(Path file) {
    Pictures.write(file, new Random(SEED), Pictures.LONG, Pictures.SHORT);
  }

  private byte[] fixture(String name) throws IOException {
    return Files.readAllBytes(Remap.FIXTURES.resolve("images").resolve(name));
  }

  private void copy(String fixture, String name) throws IOException {
    Files.write(catalogue.resolve(name), fixture(fixture));
  }

  private void bad() throws IOException {
    Files.write(catalogue.resolve("empty.jpg"), new byte[0]);
    Files.writeString(catalogue.resolve("text.jpg"), "These are words, not an image.");
    byte[] whole = fixture("baseline.jpg");
    Files.write(catalogue.resolve("half.jpg"), Arrays.copyOf(whole, whole.length / 2));
    Files.write(catalogue.resolve("bomb.png"), pngBomb(30_000));
    Files.writeString(catalogue.resolve("notes.txt"), "no image, and not called one");
  }

  /** A PNG without pixels that says it has 2.7 GB of them. */
  private static byte[] pngBomb(int side) {
    byte[] header =
        ByteBuffer.allocate(13).putInt(side).putInt(side).put((byte) 8).put((byte) 2).array();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    file.writeBytes(chunk("IHDR", header));
    file.writeBytes(chunk("IDAT", new byte[] {0x78, (byte) 0x9c, 3, 0, 0, 0, 0, 1}));
    file.writeBytes(chunk("IEND", new byte[0]));
    return file.toByteArray();
  }

  private static byte[] chunk(String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    return ByteBuffer.allocate(12 + data.length)
        .putInt(data.length)
        .put(name)
        .put(data)
        .putInt((int) crc.getValue())
        .array();
  }

  @Test
  void badImagesDoNotKeepTheExtractionFromSucceeding() {
    assertThat(extraction.status()).as(extraction.err()).isZero();
    assertThat(extraction.err()).isEmpty();
    assertThat(extraction.out()).contains("books: 12 listed = 8 described + 4 rejected");
    assertThat(ledger.counts())
        .contains(
            entry("listed", 12L),
            entry("described", 8L),
            entry("rejected", 4L),
            entry("unreachable", 0L));
  }

  @Test
  void everyBadImageIsARejectWithItsReason() {
    Map<String, RejectRow> rejects =
        tables.rows(ledger, "rejects", RowFormat.rejects()).stream()
            .collect(Collectors.toMap(RejectRow::imageId, Function.identity()));

    assertThat(rejects.keySet())
        .containsExactlyInAnyOrder("empty.jpg", "text.jpg", "half.jpg", "bomb.png");
    assertThat(rejects.values())
        .allSatisfy(
            reject -> {
              assertThat(reject.kind()).isEqualTo(RejectRow.Kind.CONTENT);
              assertThat(reject.stage()).isEqualTo("decode");
              assertThat(reject.uri()).endsWith("/my pictures/" + reject.imageId());
              assertThat(reject.version()).matches("\\d+@\\d+");
              assertThat(reject.attempts()).isEqualTo(1);
            });
    assertThat(rejects.get("empty.jpg").reason()).contains("empty");
    assertThat(rejects.get("text.jpg").reason()).contains("not a JPEG, PNG or WebP");
    assertThat(rejects.get("half.jpg").reason()).contains("cut short");
    assertThat(rejects.get("bomb.png").reason()).contains("30000").contains("200000000");
  }

  @Test
  void oddNamesAndUnusualImagesAreDescribed() {
    Map<String, VectorRow> described =
        tables.rows(ledger, "descriptors", RowFormat.descriptors(9)).stream()
            .collect(Collectors.toMap(VectorRow::imageId, Function.identity()));

    assertThat(described.keySet())
        .containsAll(ODD_NAMES)
        .contains("sub folder/UPPER.JPEG", "cmyk.jpg", "turned.jpg", "really-a-png.jpg")
        .hasSize(8);
    for (String name : ODD_NAMES) {
      assertThat(described.get(name).vector())
          .as("the same picture, seed %d, as %s", SEED, name)
          .isEqualTo(described.get("sub folder/UPPER.JPEG").vector());
    }
    assertThat(described.get("cmyk.jpg").width()).isEqualTo(99);
    assertThat(described.get("turned.jpg").width()).isEqualTo(70);
    assertThat(described.get("turned.jpg").height()).isEqualTo(99);
  }

  @Test
  void statusCountsTheRejectsAndListsThemWhenAsked() {
    assertThat(remap.succeed("status").out())
        .containsPattern("(?m)^ +4  content \\(decode\\)$")
        .contains("one by one: `remap status --store ");
    assertThat(remap.succeed("status", "--rejects").out())
        .containsPattern("(?m)^  text.jpg  content/decode: not a JPEG, PNG or WebP");
  }

  /** The descriptors are there; what failed is the check, and raising the ratio passes it. */
  @Test
  void tooManyRejectsFailTheRun(@TempDir Path other) {
    Remap strict = new Remap(other.resolve("store")).tinyBackbone(other.resolve("tiny"));
    strict.succeed("snapshot", "--catalogue", catalogue.toString());

    strict
        .run("extract")
        .assertRefused(
            1,
            "4 of 12 images were rejected, more than extract.max-reject-ratio (0.25) allows",
            "See `remap status --store ",
            "raising the ratio finishes at once. Most often, of 4 looked at:\n",
            "  1  content (decode), such as text.jpg (file:",
            "/my pictures/text.jpg): not a JPEG, PNG or WebP");
    strict.run("whiten").assertRefused(2, "no complete descriptors");
    assertThat(strict.succeed("status", "--rejects").out())
        .contains("rejected while snapshot 1 was described, by extractor ")
        .containsPattern("(?m)^  text.jpg  content/decode: not a JPEG, PNG or WebP")
        .contains("\n  empty.jpg  ", "\n  half.jpg  ", "\n  bomb.png  ");

    strict.set("extract.max-reject-ratio", 0.5);
    assertThat(strict.succeed("extract").out())
        .contains("1 unit was done by an earlier run")
        .contains("books: 12 listed = 8 described + 4 rejected");
    assertThat(strict.succeed("status").out())
        .contains("rejected images of snapshot 1")
        .doesNotContain("rejected while");
  }

  /** What the last night rejected stands beside what was rejected before. */
  @Test
  void tooManyRejectsOfANightAreShownByTheCommandThatIsAdvised(@TempDir Path other)
      throws IOException {
    Path growing = other.resolve("growing");
    good(growing.resolve("good.jpg"));
    Files.writeString(growing.resolve("old.jpg"), "words");
    Remap night = new Remap(other.resolve("store")).tinyBackbone(other.resolve("tiny"));
    night.set("extract.max-reject-ratio", 0.5).set("catalogue.uri", growing);
    night.succeed("snapshot");
    night.succeed("extract");
    for (int i = 10; i < 21; i++) {
      Files.writeString(growing.resolve("new-" + i + ".jpg"), "other words");
    }
    Files.write(growing.resolve("new-empty.jpg"), new byte[0]);
    night.succeed("snapshot");

    night
        .run("extract")
        .assertRefused(
            1,
            "12 of 12 images were rejected",
            "Most often, of 12 looked at:\n        11  content (decode), such as new-",
            "\n         1  content (decode), such as new-empty.jpg (file:");
    assertThat(night.succeed("status", "--rejects").out())
        .containsPattern("rejected images of snapshot 1, .*\n  old.jpg  ")
        .contains(
            "rejected while snapshot 2 was described", "\n  new-empty.jpg  ", "  new-20.jpg  ");
    assertThat(night.succeed("status").out())
        .containsPattern("while snapshot 2 was described, .*\n +12  content .decode.\n +11  not");
    assertThat(night.succeed("status", "--json").out())
        .containsPattern("\"complete\" : true,\\s+\"reasons\"")
        .containsPattern("\"complete\" : false,\\s+\"reasons\"");
  }

  /** More than a few unreachable images are an outage, and nothing is committed. */
  @Test
  void anOutageCommitsNothing(@TempDir Path other) throws IOException {
    Path vanishing = other.resolve("vanishing");
    for (int i = 0; i < 6; i++) {
      good(vanishing.resolve(i + ".jpg"));
    }
    Remap away = new Remap(other.resolve("store")).tinyBackbone(other.resolve("tiny"));
    away.succeed("snapshot", "--catalogue", vanishing.toString());
    for (int i = 1; i < 6; i++) {
      Files.delete(vanishing.resolve(i + ".jpg"));
    }

    away.run("extract").assertRefused(1, "images could not be reached", "; not committed");
    assertThat(away.contents().keySet()).noneMatch(name -> name.matches("descriptors/.*records.*"));

    for (int i = 1; i < 6; i++) {
      good(vanishing.resolve(i + ".jpg"));
    }
    away.succeed("snapshot", "--catalogue", vanishing.toString());
    assertThat(away.succeed("extract").out()).contains("books: 6 listed = 6 described");
  }

  /** They are for the next snapshot, and no outage, since storage has told. */
  @Test
  void imagesThatChangeWhileTheyAreDescribedAreRejectedUntilTheNextSnapshot(@TempDir Path other)
      throws IOException {
    Path changing = other.resolve("changing");
    for (int i = 0; i < 12; i++) {
      good(changing.resolve(i + ".jpg"));
    }
    Remap busy = new Remap(other.resolve("store")).tinyBackbone(other.resolve("tiny"));
    busy.succeed("snapshot", "--catalogue", changing.toString());
    for (int i = 0; i < 5; i++) {
      Pictures.write(
          changing.resolve(i + ".jpg"), new Random(i), Pictures.LONG + 8, Pictures.SHORT);
    }

    String said = busy.succeed("extract", "--set", "extract.max-reject-ratio=0.5").out();
    busy.succeed("snapshot", "--catalogue", changing.toString());

    assertThat(said).contains("books: 12 listed = 7 described + 5 rejected");
    assertThat(busy.succeed("extract").out()).contains("5 listed = 5 described + 0 rejected");
  }
}
