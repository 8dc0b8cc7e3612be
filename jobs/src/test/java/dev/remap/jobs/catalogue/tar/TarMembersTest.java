package dev.remap.jobs.catalogue.tar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;

/** Members of tar files that are links, hidden, sparse, or of names that are no text. */
class TarMembersTest extends TarShards {
  @Test
  void aMemberListedTwiceStaysTwoForTheSnapshotToRefuse() throws Exception {
    tar("a.tar", "1.jpg", "1.jpg");

    assertThat(list())
        .extracting(ListedImage::imageId)
        .containsExactly("a.tar/1.jpg", "a.tar/1.jpg");
  }

  @Test
  void membersThatPointOutOfTheArchiveAreRefused() throws Exception {
    for (String name : List.of("../x.jpg", "a/../../x.jpg", "/etc/x.jpg", "a/./x.jpg")) {
      tar("a.tar", name);
      assertRefused("webdataset", "Shard a.tar: member '" + name + "' points out of the archive");
    }
  }

  private static void link(TarArchiveOutputStream tar, byte type, String name, String target)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, type);
    entry.setLinkName(target);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  @Test
  void aHardLinkIsAnImageWithTheBytesOfItsTarget() throws Exception {
    String longName = "d".repeat(120) + "/t.jpg";
    Packing packing =
        tar -> {
          add(tar, "./a.jpg");
          add(tar, "blob");
          add(tar, longName);
          link(tar, TarConstants.LF_LINK, "b.jpg", "./a.jpg");
          link(tar, TarConstants.LF_LINK, "chain", "blob");
          link(tar, TarConstants.LF_LINK, "c.jpg", "chain");
          link(tar, TarConstants.LF_LINK, "d.jpg", longName);
          link(tar, TarConstants.LF_LINK, "e.jpg", "later.jpg");
          link(tar, TarConstants.LF_LINK, "._f.jpg", "a.jpg");
          add(tar, "later.jpg");
        };
    tar("pax.tar", packing);
    tar(
        "gnu.tar",
        tar -> {
          tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
          packing.into(tar);
        });

    Map<String, String> found = new java.util.TreeMap<>();
    for (ListedImage image : list()) {
      found.put(image.imageId(), text(image));
    }
    for (String shard : List.of("gnu.tar/", "pax.tar/")) {
      assertThat(found)
          .containsEntry(shard + "b.jpg", "bytes of ./a.jpg")
          .containsEntry(shard + "c.jpg", "bytes of blob")
          .containsEntry(shard + "d.jpg", "bytes of " + longName);
    }
    assertThat(found).hasSize(12);
    assertLeftOut(
        "4 × other ending (none)",
        "2 × hidden (._*)",
        "2 × " + TarLinks.NOWHERE + " (gnu.tar/e.jpg, pax.tar/e.jpg)");
  }

  /** As {@code tar -r} leaves it: what is unpacked last counts for the links behind it. */
  @Test
  void aHardLinkBehindAReplacedMemberHasTheBytesOfTheNewerOne() throws Exception {
    tar(
        "a.tar",
        tar -> {
          add(tar, "x");
          link(tar, TarConstants.LF_LINK, "old.jpg", "x");
          byte[] data = {1, 2, 3};
          TarArchiveEntry entry = new TarArchiveEntry("x");
          entry.setSize(data.length);
          tar.putArchiveEntry(entry);
          tar.write(data);
          tar.closeArchiveEntry();
          link(tar, TarConstants.LF_LINK, "new.jpg", "x");
        });

    assertThat(list()).extracting(ListedImage::bytes).containsExactly(3L, 10L);
  }

  @Test
  void symbolicLinksAndDevicesAreCountedByName() throws Exception {
    tar(
        "a.tar",
        tar -> {
          add(tar, "1.jpg");
          link(tar, TarConstants.LF_SYMLINK, "2.jpg", "1.jpg");
          link(tar, TarConstants.LF_SYMLINK, "latest", "1.jpg");
          tar.putArchiveEntry(new TarArchiveEntry("3.jpg", TarConstants.LF_CHR));
          tar.closeArchiveEntry();
          tar.putArchiveEntry(new TarArchiveEntry("folder.jpg/"));
          tar.closeArchiveEntry();
        });

    assertThat(list()).extracting(ListedImage::imageId).containsExactly("a.tar/1.jpg");
    assertLeftOut(
        "1 × " + TarLinks.SYMBOLIC + " (a.tar/2.jpg)",
        "1 × " + LeftOut.NO_FILE + " (a.tar/3.jpg)",
        "1 × other ending (none)");
  }

  /** What macOS packs beside each file and each archive. */
  @Test
  void hiddenMembersAndShardsAreCountedAndNotRead() throws Exception {
    tar(
        "a.tar",
        "./a.jpg",
        "./._a.jpg",
        ".hidden/b.jpg",
        "c/._d.jpg",
        "_temporary/e.jpg",
        "f.heic");
    Files.write(folder.resolve("._a.tar"), new byte[163]);

    assertThat(list()).extracting(ListedImage::imageId).containsExactly("a.tar/a.jpg");
    assertLeftOut(
        "4 × hidden (3 × ._*, .hidden/)",
        "1 × housekeeping (_temporary/)",
        "1 × other ending (.heic)");
    assertThat(list(folder + "/*.tar", "auto")).hasSize(1);
  }

  @Test
  void aMemberWhoseNameIsNotUtf8IsListedAndRead() throws Exception {
    Path tar = tar("a.tar", "cafX.jpg", "cafe.jpg", "%E9.jpg");
    byte[] bytes = Files.readAllBytes(tar);
    bytes[3] = (byte) 0xE9;
    fixChecksum(bytes);
    Files.write(tar, bytes);

    List<ListedImage> images = list();

    assertThat(images)
        .extracting(ListedImage::imageId)
        .containsExactly("a.tar/%E9.jpg", "a.tar//caf%E9.jpg", "a.tar/cafe.jpg");
    assertThat(text(images.get(1))).isEqualTo("bytes of cafX.jpg");
  }

  /** Of the first header. */
  private static void fixChecksum(byte[] tar) {
    Arrays.fill(tar, 148, 156, (byte) ' ');
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += tar[i] & 0xff;
    }
    byte[] text =
        String.format(java.util.Locale.ROOT, "%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, tar, 148, 8);
  }

  /** A sparse image refuses its shard; other sparse members are only passed by. */
  @Test
  void sparseMembersAreRefusedOnlyWhereTheyAreImages() throws Exception {
    Path source = Files.createDirectories(folder.resolve("source"));
    try (java.nio.channels.SeekableByteChannel file =
        Files.newByteChannel(
            source.resolve("holes.db"),
            java.nio.file.StandardOpenOption.CREATE_NEW,
            java.nio.file.StandardOpenOption.WRITE)) {
      for (int i = 1; i < 40; i++) {
        file.position(i * 100_000L).write(java.nio.ByteBuffer.wrap(new byte[] {1}));
      }
    }
    Files.writeString(source.resolve("z.jpg"), "bytes of z");
    for (String format : List.of("gnu", "pax")) {
      pack(format, source);
      assertThat(list()).hasSize(1);
      assertThat(text(list().get(0))).isEqualTo("bytes of z");
    }
    Files.move(source.resolve("holes.db"), source.resolve("holes.jpg"));
    for (String format : List.of("gnu", "pax")) {
      pack(format, source);
      assertRefused("webdataset", "Shard s.tar: member 'holes.jpg' is a sparse file");
    }
  }

  private void pack(String format, Path source) throws Exception {
    Process process =
        new ProcessBuilder(
                "tar",
                "--sparse",
                "--format=" + format,
                "--sort=name",
                "-cf",
                folder + "/s.tar",
                "-C",
                source.toString(),
                ".")
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();
  }
}
