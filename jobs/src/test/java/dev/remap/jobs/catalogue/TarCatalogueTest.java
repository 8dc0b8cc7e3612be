package dev.remap.jobs.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.job.LocalSpark;
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
    List<ListedImage> images = new ArrayList<>(Catalogue.of(settings).list(session).collect());
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

  @Test
  void anImageThatIsALinkOrADeviceIsRefusedAndOtherLinksAreLeftAlone() throws Exception {
    tar(
        "a.tar",
        tar -> {
          add(tar, "1.jpg");
          tar.putArchiveEntry(new TarArchiveEntry("latest", TarConstants.LF_SYMLINK));
          tar.closeArchiveEntry();
        });
    assertThat(list()).hasSize(1);
    for (byte type :
        new byte[] {TarConstants.LF_LINK, TarConstants.LF_SYMLINK, TarConstants.LF_CHR}) {
      tar(
          "a.tar",
          tar -> {
            tar.putArchiveEntry(new TarArchiveEntry("2.jpg", type));
            tar.closeArchiveEntry();
          });
      assertRefused("webdataset", "Shard a.tar: member '2.jpg' is a ", "no bytes of its own");
    }
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
