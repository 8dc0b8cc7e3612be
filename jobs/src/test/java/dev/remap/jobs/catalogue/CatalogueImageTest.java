package dev.remap.jobs.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.image.ImageException;
import dev.remap.jobs.catalogue.file.ByteRange;
import dev.remap.jobs.catalogue.file.UnreadableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of an image is a fault of its content, for ever, and what of its access, for now. */
class CatalogueImageTest {
  private static final long MODIFIED = 1_700_000_000_000L;

  /** A file may have any of them. */
  static final List<String> NAMES =
      List.of(
          "plain.jpg",
          "Screenshot 2024-05-03 10:30:01.jpg",
          "a:b.jpg",
          ":.jpg",
          "file:x.jpg",
          "http:x.jpg",
          "a#b?c=d&e.jpg",
          "q?X-Amz-Signature=0123.jpg",
          "100%.jpg",
          "100%20%zz.jpg",
          "a b .jpg",
          " lead.jpg",
          "[a]{b}*.jpg",
          "back\\slash.jpg",
          "C:\\x.jpg",
          "new\nline\r\t.jpg",
          "\u001b[31mred.jpg",
          "~tilde.jpg",
          "雪 👍 é e\u0301.jpg",
          "quote's \"two\".jpg",
          "@user:pass@host.jpg",
          "+,;=|^`<>$!.jpg",
          "..dots...jpg");

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = Files.write(folder.resolve("x.jpg"), new byte[] {1, 2, 3});
    Files.setLastModifiedTime(file, FileTime.fromMillis(MODIFIED));
  }

  private CatalogueImage image(String uri, String version) {
    return new CatalogueImage("x", uri, version, 100, new Configuration());
  }

  @Test
  void bytesOfTheListedVersionAreRead() throws Exception {
    assertThat(image(file.toString(), "3@" + MODIFIED).read()).containsExactly(1, 2, 3);
    assertThat(image(file.toUri().toString(), "3@" + MODIFIED).read()).containsExactly(1, 2, 3);
  }

  @Test
  void aVersionThatATableGaveIsNotCompared() throws Exception {
    assertThat(image(file.toString(), "release 7").read()).hasSize(3);
    assertThat(image(file.toString(), "unknown").read()).hasSize(3);
  }

  @Test
  void aFileThatHasChangedSinceIsAFaultOfAccess() {
    assertThatThrownBy(() -> image(file.toString(), "4@" + MODIFIED).read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("changed since it was listed")
        .hasMessageContaining("3@" + MODIFIED)
        .hasMessageContaining("4@" + MODIFIED);
  }

  @Test
  void aMissingFileIsAFaultOfAccess() {
    assertThatThrownBy(() -> image(folder.resolve("none.jpg").toString(), "1@1").read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none.jpg");
  }

  /** Neither storage nor bytes are at fault; nobody was asked. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "foo://x/y.jpg",
        "gone://x/y.jpg",
        "::",
        "http://",
        "file://host/x.jpg",
        "/x/nul\0.jpg",
        "/x/half\uD83D.jpg",
        "../x.jpg",
        "/a/../../x.jpg",
        "s3a://bucket/a/../x.jpg",
        "s3a://bucket/a//x.jpg",
        "https://host/a/../x.jpg",
      })
  void aUriThatNobodyCanBeAskedForIsUnreadable(String uri) {
    Configuration conf = new Configuration();
    conf.set("fs.gone.impl", "no.such.Filesystem");

    assertThatThrownBy(() -> new CatalogueImage("x", uri, "unknown", 100, conf).read())
        .isInstanceOf(UnreadableException.class);
  }

  @Test
  void aNameThatIsTooLongForAnyStorageIsUnreadable() {
    assertThatThrownBy(() -> image("/x/" + "y".repeat(256), "unknown").read())
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("a name of 256 bytes");
    assertThatThrownBy(() -> image("s3a://b/" + "é".repeat(513), "unknown").read())
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("a name of 1026 bytes");
  }

  /** Hadoop takes it for an argument that is wrong. */
  @Test
  void aHostThatIsNotKnownIsAFaultOfAccess() {
    assertThatThrownBy(() -> image("hdfs://no-such-host.invalid/x.jpg", "unknown").read())
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(UnreadableException.class);
  }

  /** Hadoop's checksums and paths give some of them another meaning. */
  @ParameterizedTest
  @MethodSource("names")
  void aLocalFileOfAnyNameIsRead(String name) throws Exception {
    Path odd = Files.write(folder.resolve(name), new byte[] {4, 5});

    assertThat(image(odd.toString(), "unknown").read()).as(name).containsExactly(4, 5);
    assertThat(image("file:" + odd, "unknown").read()).as(name).containsExactly(4, 5);
    assertThat(
            new CatalogueImage("x", odd.toString(), "", new ByteRange(1, 1), 9, new Configuration())
                .read())
        .containsExactly(5);
  }

  @Test
  void aFileThatIsCalledLikeAPageOfAParquetFileIsRead() throws Exception {
    String name = "x#parquet-page,codec=snappy,levels=1,row=0";
    Path odd = Files.write(folder.resolve(name), new byte[] {4});

    assertThat(image(odd.toString(), "unknown").read()).containsExactly(4);
  }

  static List<String> names() {
    return NAMES;
  }

  @Test
  void aFileBeyondTheLimitIsAFaultOfContent() {
    CatalogueImage strict =
        new CatalogueImage("x", file.toString(), "unknown", 2, new Configuration());

    assertThatThrownBy(strict::read)
        .isInstanceOf(ImageException.class)
        .hasMessage("the file has 3 bytes; image.max-bytes is 2");
  }

  private CatalogueImage part(long offset, long length, long maxBytes) {
    return new CatalogueImage(
        "x",
        file.toString(),
        "3@" + MODIFIED,
        new ByteRange(offset, length),
        maxBytes,
        new Configuration());
  }

  @Test
  void aRangeIsReadAlone() throws Exception {
    assertThat(part(1, 2, 100).read()).containsExactly(2, 3);
    assertThat(part(3, 0, 100).read()).isEmpty();
  }

  @Test
  void aRangeBeyondTheEndIsAFaultOfAccessAndALongOneOfContent() {
    assertThatThrownBy(() -> part(1, 3, 100).read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("listed as bytes 1 to 4 of " + file + ", which has 3");
    assertThatThrownBy(() -> part(0, 3, 2).read())
        .isInstanceOf(ImageException.class)
        .hasMessage("the member has 3 bytes; image.max-bytes is 2");
  }
}
