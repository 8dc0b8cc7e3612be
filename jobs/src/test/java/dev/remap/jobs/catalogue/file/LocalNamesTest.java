package dev.remap.jobs.catalogue.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Local files whose names no text holds, or whose paths are too long. */
class LocalNamesTest extends LocalTreeListings {
  @Test
  void aNameThatIsNotUtf8IsListedUnderANameOfItsOwnAndRead() throws Exception {
    file("caf%E9.jpg");
    file("café.jpg");
    written(raw("caf%E9.jpg"));
    written(raw("a/caf%E9%25%C3%A9/%FF.png"));
    written(raw("%2Ehidden%E9.jpg"));

    Result result = list();

    assertThat(result.ids())
        .containsExactlyInAnyOrder(
            "caf%E9.jpg", "café.jpg", "/caf%E9.jpg", "a//caf%E9%25é//%FF.png");
    for (ListedImage image : result.images().values()) {
      assertThat(read(image)).as(image.imageId()).containsExactly(1, 2, 3);
    }
    assertCounts(result, "1 × hidden (.hidden%E9.jpg)");
    assertThat(list().images()).isEqualTo(result.images());
  }

  @Test
  void aForeignFileThatChangedSinceIsNotReadAsTheOldOne() throws Exception {
    Path file = written(raw("%E9.jpg"));
    ListedImage listed = list().image("/%E9.jpg");
    Files.write(file, new byte[9]);

    assertThatThrownBy(() -> read(listed))
        .isInstanceOf(StaleListingException.class)
        .hasMessageContaining("changed since it was listed");
    Files.delete(file);
    assertThatThrownBy(() -> read(listed)).isInstanceOf(java.io.FileNotFoundException.class);
  }

  /** Such a URI in a stranger's table opens nothing that is not written as a listing writes it. */
  @Test
  void aForeignUriHasNoStepsAside() throws Exception {
    written(raw("%E9.jpg"));
    String place = LocalName.encode(folder);
    for (String path :
        List.of("/../cat/%E9.jpg", "/%2E%2E/cat/%E9.jpg", "/./%E9.jpg", "/%e9.jpg")) {
      ListedImage image = new ListedImage("x", ForeignFile.uri(place + path), "v", 3);
      assertThatThrownBy(() -> read(image)).as(path).hasMessageContaining("cannot be understood");
    }
  }

  @Test
  void aVersionIsTheOneThatHadoopTellsWhenTheImageIsRead() throws Exception {
    for (long millis : new long[] {0, -1, -1500, 1_700_000_000_123L, 4_102_444_800_001L}) {
      Path file = file("t" + millis + ".jpg");
      Files.setLastModifiedTime(
          file,
          java.nio.file.attribute.FileTime.from(
              java.time.Instant.ofEpochMilli(millis).plusNanos(999_999)));
    }
    for (ListedImage image : list().images().values()) {
      assertThat(read(image)).as(image.imageId()).hasSize(3);
    }
  }

  /** Deeper than a path may be long: made step by step, as no call takes the whole path. */
  @Test
  void whatLiesDeeperThanAPathMayBeLongIsNeverLeftOut() throws Exception {
    String step = "d".repeat(250);
    Process made =
        new ProcessBuilder(
                "sh",
                "-c",
                "for i in $(seq 16); do mkdir "
                    + step
                    + " && cd -P "
                    + step
                    + " || exit 1; done; echo x > "
                    + "e".repeat(200)
                    + ".jpg")
            .directory(folder.toFile())
            .inheritIO()
            .start();
    assertThat(made.waitFor()).isZero();
    try {
      Result result = list();
      assertThat(result.images().values()).hasSize(1).allMatch(ListedImage::isUnreachable);
    } finally {
      new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
    }
  }

  @Test
  void namesAreUniqueWhateverTheirBytes() {
    List<String> texts = new ArrayList<>();
    for (byte[] name :
        List.of(
            new byte[] {'a', (byte) 0xE9},
            "a%E9".getBytes(StandardCharsets.UTF_8),
            "aé".getBytes(StandardCharsets.UTF_8),
            "a\uFFFD".getBytes(StandardCharsets.UTF_8),
            new byte[] {'a', '%', 'E', '9', (byte) 0xE9},
            new byte[] {'a', (byte) 0xE9, '%', 'E', '9'},
            new byte[] {'a', (byte) 0xC3},
            new byte[] {'a', (byte) 0xED, (byte) 0xA0, (byte) 0x80})) {
      texts.add(LocalName.of(name).text());
    }

    assertThat(texts).doesNotHaveDuplicates();
    assertThat(Arrays.copyOf(texts.toArray(), 5))
        .containsExactly("/a%E9", "a%E9", "aé", "a\uFFFD", "/a%25E9%E9");
  }
}
