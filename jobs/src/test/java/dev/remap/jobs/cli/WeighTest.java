package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.pooling.RegionWeights;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Region weights from labels, pairs and copies, and what takes them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WeighTest {
  private static final Pattern ID = Pattern.compile("weights ([0-9a-f]{16}), drawn in (\\S+)");

  private Path folder;
  private Path catalogue;
  private Remap listed;

  /** Six groups of five, one of one, and a file that is no image. */
  @BeforeAll
  void snapshot(@TempDir Path temporary) throws IOException {
    folder = temporary;
    catalogue = folder.resolve("catalogue");
    Pictures.folders(catalogue, 6, 5, 4711);
    Pictures.write(catalogue.resolve("one/p.jpg"), new Random(3), Pictures.LONG, Pictures.SHORT);
    Files.writeString(catalogue.resolve("g02/text.jpg"), "no image");
    listed = settings(folder.resolve("store"));
    listed.succeed("snapshot", "--catalogue", catalogue.toString());
  }

  @AfterEach
  void usualSpark() {
    LocalSpark.use("local[2]");
  }

  private Remap settings(Path store) {
    return new Remap(store)
        .tinyBackbone(folder.resolve("backbone"))
        .set("weigh.images-per-task", 8)
        .set("weigh.bins", 10);
  }

  private Remap copy(String name) {
    FiveNights.tree(listed.store(), folder.resolve(name));
    return settings(folder.resolve(name));
  }

  private Remap copySettings(Remap remap) {
    return settings(remap.store()).set("weigh.images", 18);
  }

  private static String id(Remap.Ran ran) {
    Matcher found = ID.matcher(ran.out());
    assertThat(found.find()).as("output: %s", ran.out()).isTrue();
    return found.group(1);
  }

  /** What is in the artifact, but for who made it. */
  private static Map<String, String> files(Remap remap) {
    Map<String, String> files = new TreeMap<>(remap.contents());
    files.keySet().removeIf(name -> !name.matches("weights/.*-[0-9a-f]{16}\\.(json|svg)"));
    return files;
  }

  private static RegionWeights weights(Remap remap, String id) throws IOException {
    String name =
        FiveNights.list(remap, "weights/" + id).stream()
            .filter(file -> file.startsWith("weights-"))
            .findFirst()
            .orElseThrow();
    return RegionWeights.parse(
        Files.readString(remap.store().resolve("weights").resolve(id).resolve(name)));
  }

  @Test
  void theSameBytesComeOfAnyNumberOfCoresAndUnits() {
    LocalSpark.use("local[1]");
    Remap one = copy("one-core").set("unit.images", 100);
    one.succeed("weigh", "--groups", ".");
    LocalSpark.use("local[2]");
    Remap two = copy("two-cores").set("unit.images", 3).set("extract.window", 2);
    two.succeed("weigh", "--groups", ".");

    assertThat(files(one)).hasSize(3);
    assertThat(files(two)).isEqualTo(files(one));
  }

  @Test
  void theMapIsPrintedWithThePairsAndWhatWasLeftOut() throws IOException {
    Remap remap = copy("printed").set("weigh.pairs-per-group", 9);
    Remap.Ran ran = remap.succeed("weigh", "--groups", catalogue.toString());

    assertThat(ran.out())
        .contains("weigh 40 regions of 2 taps (tiny, 128×96) by snapshot 1: 31 images in 6 groups")
        .contains("not looked at: 1 group with one image")
        .contains("last, as on a landscape image")
        .contains("second-last, as on a landscape image")
        .contains("books: 31 images = 30 described + 1 rejected; 54 matching pairs, ")
        .contains("rejected: g02/text.jpg: ")
        .contains("6 matching pairs beyond weigh.pairs-per-group")
        .contains("54 matching pairs for 10 bins are few");
    RegionWeights weights = weights(remap, id(ran));
    assertThat(weights.taps()).isEqualTo(2);
    assertThat(weights.regions()).isEqualTo(40);
    assertThat(weights).isNotEqualTo(RegionWeights.ones(2, 4));
    assertThat(remap.succeed("status").out()).containsPattern("weights " + id(ran) + " +groups ");
    assertThat(Files.readString(Path.of(URI.create(picture(ran))))).startsWith("<svg xmlns=");
  }

  private static String picture(Remap.Ran ran) {
    Matcher found = ID.matcher(ran.out());
    assertThat(found.find()).isTrue();
    return found.group(2);
  }

  @Test
  void aListOfPairsCountsThosePairsAndNoOthersWhereBothKindsAreNamed() throws IOException {
    Path list = folder.resolve("pairs.csv");
    Files.writeString(
        list,
        """
        g00/p000.jpg,g00/p001.jpg,1
        g01/p000.jpg,g01/p001.jpg
        g00/p000.jpg,g01/p000.jpg,0
        g00/p001.jpg,g05/p002.jpg,0
        g00/p001.jpg,not/there.jpg,1
        """,
        StandardCharsets.UTF_8);

    Remap.Ran ran = copy("pairs").succeed("weigh", "--pairs", list.toString());

    assertThat(ran.out())
        .contains("not looked at: 1 pair with an image that the snapshot does not have")
        .contains("2 matching pairs, 2 non-matching");
  }

  @Test
  void pairsThatMatchAreComparedWithImagesOfOtherPairs() throws IOException {
    Path list = folder.resolve("matching.csv");
    Files.writeString(
        list, "g00/p000.jpg,g00/p001.jpg\ng00/p001.jpg,g00/p002.jpg\ng01/p000.jpg,g01/p001.jpg\n");

    Remap.Ran ran = copy("matching").succeed("weigh", "--pairs", list.toString());

    assertThat(ran.out()).contains("3 matching pairs, 6 non-matching");
  }

  @Test
  void withoutLabelsImagesAreComparedWithTheirOwnCopies() {
    Remap.Ran ran = copy("copies").set("weigh.images", 36).succeed("weigh");
    assertThat(ran.out())
        .contains("4 images and 8 distorted copies of each")
        .containsPattern("not looked at: 28 images")
        .containsPattern("books: 36 images = ");
  }

  @Test
  void anExtractorTakesWeightsByIdByFileOrAsPublishedAndAPowerMakesAnother() throws IOException {
    Remap remap = copy("extracted");
    String id = id(remap.succeed("weigh", "--groups", "."));
    Path file = folder.resolve("weights.json");
    Files.writeString(file, weights(remap, id).toJson());

    String byId = extractor(remap.set("extractor.region-weights", id));
    assertThat(extractor(remap.set("extractor.region-weights", file))).isEqualTo(byId);
    String squared = extractor(remap.set("extractor.region-weight-power", 2));
    String published = extractor(remap.set("extractor.region-weights", "published"));

    assertThat(byId).isNotEqualTo(squared);
    assertThat(published).isNotEqualTo(squared).isNotEqualTo(byId);
    remap
        .set("extractor.region-weights", "0123456789abcdef")
        .run("extract")
        .assertRefused(2, "0123456789abcdef", id, "a file, or published");
  }

  private static String extractor(Remap remap) {
    Matcher found =
        Pattern.compile("by extractor ([0-9a-f]{16})").matcher(remap.succeed("extract").out());
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  @Test
  void thePrintedCommandDescribesByTheNewWeightsWhateverTheSettingsNamed() {
    Remap remap = copy("line").set("extractor.region-weights", "published");
    Remap.Ran ran = remap.succeed("weigh", "--groups", ".");
    String line =
        PrintedLines.in(ran.out()).stream()
            .filter(printed -> printed.startsWith("remap extract "))
            .findFirst()
            .orElseThrow();

    assertThat(line).doesNotContain("published", "weigh.");
    Remap.Ran printed = Remap.line(PrintedLines.words(line));
    assertThat(printed.status()).as("%s: %s", line, printed).isZero();
    assertThat(printed.out())
        .contains("by extractor " + extractor(remap.set("extractor.region-weights", id(ran))));
  }

  @Test
  void weightsThatAreAllZeroAreNeitherMadeNorTaken() throws IOException {
    Path equal = folder.resolve("equal");
    Pictures.folders(equal, 2, 1, 5);
    for (String name : List.of("g00/copy.jpg", "g01/p000.jpg", "g01/copy.jpg")) {
      Files.copy(
          equal.resolve("g00/p000.jpg"), equal.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    Remap remap = settings(folder.resolve("equal-store"));
    remap.succeed("snapshot", "--catalogue", equal.toString());
    remap
        .run("weigh", "--groups", ".")
        .assertRefused(1, "No region tells matching from non-matching pairs (80 of 80 are");
    assertThat(remap.store().resolve("weights")).doesNotExist();

    Path zeros = folder.resolve("zeros.json");
    String row = "[" + "0.0, ".repeat(39) + "0.0]";
    Files.writeString(
        zeros, "{\"schema-version\":1,\"levels\":4,\"per-tap\":[" + row + "," + row + "]}");
    remap
        .set("extractor.region-weights", zeros)
        .run("extract")
        .assertRefused(2, "Region weights: all of them are 0");
  }

  @Test
  void scalesThatAreNotLookedAtAreNamed() {
    Remap remap = copy("scales").set("weigh.images", 18);
    String two = "[{long-side=128,short-side=96,weight=1},{long-side=160,short-side=120,weight=1}]";
    assertThat(remap.succeed("weigh").out()).doesNotContain(" scales: ");
    assertThat(remap.succeed("weigh", "--set", "extractor.scales=" + two).out())
        .contains("not looked at: 1 of 2 scales: they take the weights of the first one");
  }

  @Test
  void aHeaderOfAListOfPairsIsToldFromAPair() throws IOException {
    Path list = folder.resolve("header.csv");
    String pairs = "g00/p000.jpg,g00/p001.jpg,1\ng01/p000.jpg,g01/p001.jpg,1\n";
    Files.writeString(list, "query,match,label\n" + pairs + "g01/p000.jpg,not/there.jpg,1\n");
    assertThat(copy("header").succeed("weigh", "--pairs", list.toString()).out())
        .contains(": 2 pairs of 4 images")
        .contains("line 1 (query, match, label), which names no image and is taken for a header")
        .contains("1 pair with an image that the snapshot does not have, such as 'not/there.jpg'");
    Files.writeString(list, "g02/p000.jpg,g02/p001.jpg,yes\n" + pairs);
    listed.run("weigh", "--pairs", list.toString()).assertRefused(2, "line 1, is no pair");
  }

  @Test
  void collectionsKeepWeightsAndTakeWhatAKilledRunLeftOfSome() throws IOException {
    Remap remap = copy("collected");
    String id = id(remap.succeed("weigh", "--groups", "."));
    Instant old = Instant.now().minus(Duration.ofDays(30));
    Path left = remap.store().resolve("weights/" + id + "/map-0123456789abcdef.svg");
    Path half = remap.store().resolve("weights/0123456789abcdef/map-0123456789abcdef.svg");
    for (Path file : List.of(left, half)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, "<svg/>");
    }
    for (String file : FiveNights.list(remap, "weights/" + id)) {
      Files.setLastModifiedTime(
          remap.store().resolve("weights").resolve(id).resolve(file), FileTime.from(old));
    }
    Files.setLastModifiedTime(half, FileTime.from(old));

    remap.succeed("gc", "--delete");

    assertThat(left).doesNotExist();
    assertThat(half).doesNotExist();
    assertThat(weights(remap, id).regions()).isEqualTo(40);
  }

  @Test
  void damagedWeightsAreFoundAndTheCommandThatMakesThemAgainIsPrinted() throws IOException {
    Remap remap = copy("damaged").set("weigh.seed", 5);
    String id = id(remap.succeed("weigh", "--groups", "."));
    // The last run of the command is not the one that made them.
    copySettings(remap).set("weigh.seed", 6).succeed("weigh");
    Map<String, String> before = files(remap);
    String damaged =
        before.keySet().stream()
            .filter(name -> name.contains(id + "/weights-"))
            .findFirst()
            .orElseThrow();
    Files.writeString(remap.store().resolve(damaged), "{}");

    remap.run("verify");
    Remap.Ran repaired = remap.run("verify", "--repair");
    assertThat(repaired.out()).contains("weights/" + id);
    String line =
        repaired
            .out()
            .lines()
            .filter(printed -> printed.contains("remap weigh "))
            .findFirst()
            .orElseThrow();
    assertThat(line).contains("--groups . ").contains("--snapshot 1").contains("weigh.seed=5");
    assertThat(Remap.line(PrintedLines.words(line)).status()).isZero();
    assertThat(files(remap)).isEqualTo(before);
    assertThat(remap.succeed("verify").out()).contains("all is well");
  }

  @Test
  void weightsThatHaveLostTheirManifestAreMadeAgainByTheLabelsOfTheRun() throws IOException {
    Remap remap = copy("manifest").set("weigh.seed", 5);
    String id = id(remap.succeed("weigh", "--groups", "."));
    Map<String, String> before = files(remap);
    Files.writeString(remap.store().resolve("weights/" + id + "/manifest.json"), "{}");

    List<String[]> lines = PrintedCommands.of(remap.run("verify", "--repair").out());

    assertThat(lines).hasSize(1);
    assertThat(lines.get(0)).contains("--groups", ".", "weigh.seed=5");
    assertThat(Remap.line(lines.get(0)).status()).isZero();
    assertThat(files(remap)).isEqualTo(before);
  }

  @Test
  void whatCannotBeWeighedIsOneSentence() throws IOException {
    listed.run("weigh", "--groups", "one").assertRefused(2, "no group of two or more images");
    Path labels = folder.resolve("labels.csv");
    Files.writeString(labels, "image_id,group\ng00/p000.jpg,a\ng00/p001.jpg,a\ng01/p000.jpg,\n");
    listed.run("weigh", "--groups", labels.toString()).assertRefused(2, "gives one group");
    listed.run("weigh", "--groups", ".", "--pairs", "x").assertRefused(2, "give one of them");
    Path list = folder.resolve("bad.csv");
    Files.writeString(list, "a,b,1\nimage_id,image_id,match\n");
    listed
        .run("weigh", "--pairs", list.toString())
        .assertRefused(2, "line 2, is no pair", "header");
    Files.writeString(list, "image_id,image_id,match\n");
    listed.run("weigh", "--pairs", list.toString()).assertRefused(2, "has no matching pair");
    Files.writeString(list, "a,b,0\n");
    listed.run("weigh", "--pairs", list.toString()).assertRefused(2, "has no matching pair");
    Files.writeString(list, "a,b\n");
    listed.run("weigh", "--pairs", list.toString()).assertRefused(2, "names no pair of images");
    listed
        .run("weigh", "--set", "extractor.aggregator=gem", "--groups", ".")
        .assertRefused(2, "has no regions to weigh");
  }
}
