package dev.remap.jobs.catalogue.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.catalogue.CatalogueImage;
import dev.remap.jobs.catalogue.Catalogues;
import dev.remap.jobs.catalogue.file.Found;
import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarCatalogueTest {
  private static SparkSession session;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    session = LocalSpark.session();
  }

  @AfterAll
  static void stop() {
    session.stop();
  }

  private interface Packing {
    void into(TarArchiveOutputStream tar) throws IOException;
  }

  private Path tar(String name, Packing packing) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(file))) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      packing.into(tar);
    }
    return file;
  }

  private Path tar(String name, String... members) throws IOException {
    return tar(
        name,
        tar -> {
          for (String member : members) {
            add(tar, member);
          }
        });
  }

  private static void add(TarArchiveOutputStream tar, String member) throws IOException {
    byte[] data = ("bytes of " + member).getBytes(StandardCharsets.UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(member, true);
    entry.setSize(data.length);
    tar.putArchiveEntry(entry);
    tar.write(data);
    tar.closeArchiveEntry();
  }

  private List<ListedImage> list(String uri, String format) {
    Settings settings =
        Settings.load(null, Map.of("catalogue.uri", uri, "catalogue.format", format));
    List<ListedImage> images = new ArrayList<>(Catalogues.of(settings).list(session).collect());
    images.sort((a, b) -> a.imageId().compareTo(b.imageId()));
    return images;
  }

  private List<ListedImage> list() {
    return list(folder.toString(), "webdataset");
  }

  private static String text(ListedImage image) throws Exception {
    byte[] bytes =
        new CatalogueImage(
                image.imageId(),
                image.uri(),
                image.version(),
                image.range(),
                1000,
                session.sparkContext().hadoopConfiguration())
            .read();
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private void assertRefused(String format, String... parts) {
    assertThatThrownBy(() -> list(folder.toString(), format))
        .satisfies(
            failure -> {
              Throwable cause = failure;
              while (cause != null && !(cause instanceof InputException)) {
                cause = cause.getCause();
              }
              assertThat(cause).isNotNull();
              assertThat(cause.getMessage()).contains(parts);
            });
  }

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
  void aMemberListedTwiceStaysTwoForTheSnapshotToRefuse() throws Exception {
    tar("a.tar", "1.jpg", "1.jpg");

    assertThat(list())
        .extracting(ListedImage::imageId)
        .containsExactly("a.tar/1.jpg", "a.tar/1.jpg");
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
  void membersThatPointOutOfTheArchiveAreRefused() throws Exception {
    for (String name : List.of("../x.jpg", "a/../../x.jpg", "/etc/x.jpg", "a/./x.jpg")) {
      tar("a.tar", name);
      assertRefused("webdataset", "Shard a.tar: member '" + name + "' points out of the archive");
    }
  }

  private LeftOut leftOut() {
    Settings settings =
        Settings.load(
            null, Map.of("catalogue.uri", folder.toString(), "catalogue.format", "webdataset"));
    LeftOut sum = new LeftOut();
    Found.leftOut(Catalogues.of(settings).find(session))
        .collect()
        .forEach(one -> sum.add((LeftOut) one));
    return sum;
  }

  private void assertLeftOut(String... reasons) {
    assertThat(leftOut().reasons())
        .extracting(LeftOut.Reason::text)
        .containsExactlyInAnyOrder(reasons);
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
    assertRefused("img2dataset", "Shard 00000.tar has 1 images", "count 3 successes");

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
