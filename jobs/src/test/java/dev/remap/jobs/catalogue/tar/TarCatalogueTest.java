package dev.remap.jobs.catalogue.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.catalogue.file.ListedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tar files as shards of a catalogue. */
class TarCatalogueTest extends TarShards {
  @Test
  void membersOfNestedShardsAreNamedByShardAndMemberAndReadAsRanges() throws Exception {
    tar("a.tar", "1.jpg", "1.json", "1.cls", "sub/2.PNG");
    tar("part/b.tar", "./1.jpg", "n".repeat(150) + "/ü.webp");
    Files.writeString(folder.resolve("notes.txt"), "no shard");

    List<ListedImage> images = list();

    assertThat(images)
        .extracting(ListedImage::imageId)
        .containsExactly(
            "a.tar/1.jpg",
            "a.tar/sub/2.PNG",
            "part/b.tar/1.jpg",
            "part/b.tar/" + "n".repeat(150) + "/ü.webp");
    assertThat(text(images.get(1))).isEqualTo("bytes of sub/2.PNG");
    assertThat(text(images.get(2))).isEqualTo("bytes of ./1.jpg");
    assertThat(text(images.get(3))).isEqualTo("bytes of " + "n".repeat(150) + "/ü.webp");
  }

  @Test
  void aGlobAndASingleShardAreTakenByTheirEnding() throws Exception {
    Path one = tar("1.tar", "x.jpg");
    tar("2.tar", "x.jpg");

    assertThat(list(folder + "/*.tar", "auto"))
        .extracting(ListedImage::imageId)
        .containsExactly("1.tar/x.jpg", "2.tar/x.jpg");
    assertThat(list(one.toString(), "auto")).hasSize(1);
    assertThatThrownBy(() -> list(folder + "/none-*.tar", "auto"))
        .hasMessage("Catalogue %s/none-*.tar does not exist: check --catalogue", folder);
  }

  /** Hadoop's glob does not mention it, and its images would leave the index. */
  @Test
  void aShardOfAGlobThatCannotBeReachedIsNamed() throws Exception {
    tar("in/1.tar", "x.jpg");
    Files.createSymbolicLink(folder.resolve("in/2.tar"), Path.of("/nothing/mounted.tar"));

    for (String glob : List.of("/in/*.tar", "/i*/[0-9].tar", "/in/{1,2}.tar")) {
      assertThatThrownBy(() -> list(folder + glob, "webdataset"))
          .as(glob)
          .hasMessageContaining(folder + "/in/2.tar is among what it names")
          .hasMessageContaining("not mounted?");
    }
    assertThat(list(folder + "/in/1*.tar", "webdataset")).hasSize(1);
    assertRefused("webdataset", "Shard in/2.tar: it cannot be read");
  }

  @Test
  void aShardWithoutMembersHasNoImages() throws Exception {
    tar("a.tar");

    assertThat(list()).isEmpty();
  }

  @Test
  void aCutShardIsNamed() throws Exception {
    tar("whole.tar", "1.jpg");
    Path cut = tar("cut.tar", "1.jpg", "2.jpg");
    byte[] bytes = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(bytes, 1024));

    assertRefused("webdataset", "Shard cut.tar: it ends at byte 1024", "cut short");
    Files.write(cut, new byte[0]);
    assertRefused("webdataset", "Shard cut.tar: it is empty");
    Files.writeString(cut, "This is no archive. ".repeat(100));
    assertRefused("webdataset", "Shard cut.tar: the header at byte 0 is damaged");
    Files.write(cut, new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0});
    assertRefused("webdataset", "Shard cut.tar: it is compressed");
  }

  @Test
  void compressedShardsAreCountedByName() throws Exception {
    tar("a.tar", "1.jpg");
    for (String name : List.of("b.tar.gz", "c.tgz", "d.TAR.zst", "sub/e.tar.xz", "f.idx")) {
      Files.createDirectories(folder.resolve(name).getParent());
      Files.write(folder.resolve(name), new byte[9]);
    }

    assertThat(list()).hasSize(1);
    assertThat(leftOut().reasons().get(0).text())
        .startsWith("4 × compressed tar file")
        .endsWith("(b.tar.gz, c.tgz, d.TAR.zst, sub/e.tar.xz)");
  }

  private void downloaded(String name, int successes, String... members) throws IOException {
    tar(name + ".tar", members);
    Files.writeString(
        folder.resolve(name + "_stats.json"),
        "{\"count\": 9, \"successes\": " + successes + ", \"failed_to_download\": 1}");
    Files.writeString(folder.resolve(name + ".parquet"), "metadata, not read");
  }

  @Test
  void anImg2datasetDownloadIsNamedByItsKeys() throws Exception {
    downloaded("00000", 2, "000000000.jpg", "000000000.json", "000000003.jpg", "000000003.txt");
    downloaded("00001", 1, "000010000.jpg");

    assertThat(list(folder.toString(), "img2dataset"))
        .extracting(ListedImage::imageId)
        .containsExactly("000000000", "000000003", "000010000");
  }

  @Test
  void aDownloadWhoseCountsDisagreeIsNamed() throws Exception {
    downloaded("00000", 3, "000000000.jpg");
    assertRefused("img2dataset", "Shard 00000.tar has 1 image", "count 3 successes");

    Files.delete(folder.resolve("00000.tar"));
    assertRefused("img2dataset", "00000_stats.json has no .tar beside it");

    Files.delete(folder.resolve("00000_stats.json"));
    tar("00001.tar", "000010000.jpg");
    assertRefused("img2dataset", "Shard 00001.tar has no statistics");
  }

  @Test
  void aShardThatWasRewrittenSinceIsNotReadAsTheOldOne() throws Exception {
    tar("a.tar", "1.jpg");
    ListedImage listed = list().get(0);
    tar(
        "a.tar", "1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg", "6.jpg", "7.jpg", "8.jpg", "9.jpg",
        "10.jpg");

    assertThatThrownBy(() -> text(listed))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("changed since it was listed");
  }
}
