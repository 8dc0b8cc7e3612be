package dev.remap.jobs.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.image.ImageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of an image is a fault of its content, for ever, and what of its access, for now. */
class CatalogueImageTest {
  private static final long MODIFIED = 1_700_000_000_000L;

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
  void aMissingFileOrUnknownSchemeIsAFaultOfAccess() {
    assertThatThrownBy(() -> image(folder.resolve("none.jpg").toString(), "1@1").read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none.jpg");
    assertThatThrownBy(() -> image("foo://x/y.jpg", "unknown").read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("foo");
  }

  @Test
  void aFileBeyondTheLimitOrAUriThatIsNoneIsAFaultOfContent() {
    CatalogueImage strict =
        new CatalogueImage("x", file.toString(), "unknown", 2, new Configuration());

    assertThatThrownBy(strict::read)
        .isInstanceOf(ImageException.class)
        .hasMessage("the file has 3 bytes; image.max-bytes is 2");
    assertThatThrownBy(() -> image("::", "unknown").read())
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("its URI cannot be understood");
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

  @Test
  void aUriThatStepsOutOfItsFolderIsAFaultOfContent() {
    for (String uri : new String[] {"../x.jpg", "/a/../../x.jpg", "s3a://bucket/a/../x.jpg"}) {
      assertThatThrownBy(() -> image(uri, "unknown").read())
          .isInstanceOf(ImageException.class)
          .hasMessageContaining("its URI has empty steps, or . or .. as one: " + uri);
    }
  }
}
