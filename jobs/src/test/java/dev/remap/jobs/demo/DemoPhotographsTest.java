package dev.remap.jobs.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoPhotographsTest {
  private static final String RESOURCE = "gcompris/src/activities/zoo/resource/";
  private static final String LIST =
      """
      # comment
      pairs/cat/1   gcompris-qt-data  zoo/pets/cat.webp

      pairs/cat/2   opencv-doc        data/cat.jpg
      gcompris/a/*  gcompris-qt-data  zoo/pets/*.webp
      opencv/b/dog  opencv-doc        data/dog.png
      """;

  @TempDir Path folder;
  private Path raw;
  private Path out;

  @BeforeEach
  void writePackages() throws IOException {
    raw = folder.resolve("raw");
    out = folder.resolve("out");
    byte[] zoo =
        new RccBuilder(3)
            .file(RESOURCE + "pets/cat.webp", image("png", 150, 200), RccBuilder.STORED)
            .file(RESOURCE + "pets/fox.webp", image("jpg", 160, 150), RccBuilder.STORED)
            .file(RESOURCE + "pets/tiny.webp", image("png", 149, 200), RccBuilder.STORED)
            .file(RESOURCE + "pets/fox.qml", "text".getBytes(UTF_8), RccBuilder.STORED)
            .file(RESOURCE + "pets/deep/no.webp", image("png", 170, 170), RccBuilder.STORED)
            .file(RESOURCE + "other/no.webp", image("png", 180, 180), RccBuilder.STORED)
            .build();
    put("gcompris-qt-data/rcc/zoo.rcc", zoo);
    put("gcompris-qt-data/version", "3.1-2\n".getBytes(UTF_8));
    put("opencv-doc/version", "4.6.0\n".getBytes(UTF_8));
    put("opencv-doc/examples/data/cat.jpg", image("jpg", 300, 200));
    put("opencv-doc/examples/data/dog.png", image("jpg", 160, 150));
  }

  @Test
  void writesPhotographsByContentAndLeavesOutSmallOnesAndCopies() throws IOException {
    DemoPhotographs.Unpacked unpacked = unpack(LIST);

    assertThat(unpacked.photographs())
        .map(Path::toString)
        .containsExactly("pairs/cat/1.png", "pairs/cat/2.jpg", "gcompris/a/fox.jpg");
    assertThat(unpacked.skipped())
        .containsExactly(
            "gcompris/a/cat: the same file as pairs/cat/1",
            "gcompris/a/tiny: 149x200 is too small",
            "opencv/b/dog: the same file as gcompris/a/fox");
    assertThat(files(out).keySet())
        .containsExactly("CREDITS.txt", "gcompris/a/fox.jpg", "pairs/cat/1.png", "pairs/cat/2.jpg");
    assertThat(out.resolve("gcompris/a/fox.jpg")).hasBinaryContent(image("jpg", 160, 150));
  }

  @Test
  void namesTheViewsOfEachPairAsItsGroup() throws IOException {
    Path one = Path.of("pairs/cat/1.png");
    Path two = Path.of("pairs/cat/2.jpg");

    assertThat(unpack(LIST).groups()).containsExactly(entry("cat", List.of(one, two)));
    assertThat(DemoPhotographs.groups(out)).containsExactly(entry("cat", List.of(one, two)));
  }

  @Test
  void creditsNamePackagesAndVersions() throws IOException {
    unpack(LIST);

    assertThat(out.resolve("CREDITS.txt"))
        .content()
        .contains("gcompris-qt-data 3.1-2", "opencv-doc 4.6.0", "licences", "copyright");
  }

  @Test
  void secondRunGivesTheSameAndTouchesOnlyWhatDiffers() throws IOException {
    DemoPhotographs.Unpacked first = unpack(LIST);
    Map<String, String> written = files(out);
    FileTime old = FileTime.fromMillis(1_000_000);
    Path same = out.resolve("gcompris/a/fox.jpg");
    Path broken = out.resolve("pairs/cat/1.png");
    Files.setLastModifiedTime(same, old);
    Files.write(broken, new byte[] {1});

    assertThat(unpack(LIST)).isEqualTo(first);
    assertThat(files(out)).isEqualTo(written);
    assertThat(Files.getLastModifiedTime(same)).isEqualTo(old);
  }

  @Test
  void saysHowToFetchAPackageThatIsMissing() {
    assertFails("pairs/x/1 gcompris-qt-data park/x.webp", "park.rcc", "bin/fetch-demo-photographs");
    assertFails("pairs/x/1 opencv-doc data/x.jpg", "x.jpg", "bin/fetch-demo-photographs");
  }

  @Test
  void saysWhichPictureAnotherVersionOfThePackageLacks() {
    assertFails(
        "gcompris/x/* gcompris-qt-data zoo/birds/*.webp",
        "gcompris-qt-data 3.1-2 has no picture 'zoo/birds/*.webp'",
        "Debian 12");
  }

  @Test
  void refusesAPictureThatIsNone() throws IOException {
    put("opencv-doc/examples/data/cat.jpg", "no picture".getBytes(UTF_8));

    assertFails("pairs/cat/1 opencv-doc data/cat.jpg", "pairs/cat/1 cannot be used: not a JPEG");
  }

  @Test
  void refusesANameThatIsNotSafeToWrite() throws IOException {
    byte[] zoo =
        new RccBuilder(3)
            .file(RESOURCE + "pets/-rf.webp", image("png", 150, 200), RccBuilder.STORED)
            .build();
    put("gcompris-qt-data/rcc/zoo.rcc", zoo);

    assertFails("gcompris/a/* gcompris-qt-data zoo/pets/*.webp", "'-rf'");
  }

  @Test
  void refusesAListThatNamesOnePlaceTwice() {
    assertThatThrownBy(
            () -> unpack("a/cat opencv-doc data/cat.jpg\na/cat gcompris-qt-data zoo/pets/fox.webp"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two pictures a/cat.jpg");
  }

  @Test
  void refusesALineThatIsNoPick() {
    assertThatThrownBy(() -> PhotographPick.parse("pairs/cat/1 opencv-doc"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pairs/cat/1 opencv-doc");
    assertThatThrownBy(() -> unpack("pairs/cat/1 other data/cat.jpg"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other");
  }

  @Test
  void groupsOfAFolderThatWasNotUnpackedAreAnError() {
    assertThatThrownBy(() -> DemoPhotographs.groups(out))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unpack");
  }

  @Test
  void theBuiltInListHasDistinctPlacesAndAtLeastTwoViewsOfEachObject() throws IOException {
    List<PhotographPick> picks = PhotographPick.builtIn();

    assertThat(picks).map(p -> p.folder() + "/" + p.name()).doesNotHaveDuplicates();
    assertThat(picks).map(p -> p.source() + "/" + p.picture()).doesNotHaveDuplicates();
    assertThat(
            picks.stream()
                .filter(p -> p.folder().startsWith("pairs/"))
                .collect(Collectors.groupingBy(PhotographPick::folder, Collectors.counting())))
        .hasSize(23)
        .allSatisfy((folder, views) -> assertThat(views).as(folder).isGreaterThan(1));
  }

  private DemoPhotographs.Unpacked unpack(String list) throws IOException {
    return DemoPhotographs.unpack(raw, out, PhotographPick.parse(list));
  }

  private void assertFails(String list, String... words) {
    assertThatThrownBy(() -> unpack(list))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(words);
  }

  private void put(String path, byte[] bytes) throws IOException {
    Path file = raw.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private static byte[] image(String format, int width, int height) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), format, out);
    return out.toByteArray();
  }

  private static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder).filter(Files::isRegularFile)) {
      for (Path file : all.toList()) {
        String content = new String(Files.readAllBytes(file), ISO_8859_1);
        files.put(folder.relativize(file).toString(), content);
      }
    }
    return files;
  }
}
