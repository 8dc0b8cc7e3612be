package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.whitening.Whitening;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Whitenings of regions, and what takes them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WhitenRegionsTest {
  private static final Pattern ID = Pattern.compile("region whitening ([0-9a-f]{16}): ");

  private Path folder;
  private Remap listed;

  /** Seventy images, more than one part of a sample, and a file that is no image. */
  @BeforeAll
  void snapshot(@TempDir Path temporary) throws IOException {
    folder = temporary;
    Path catalogue = folder.resolve("catalogue");
    Pictures.folders(catalogue, 7, 10, 4712);
    Files.writeString(catalogue.resolve("g02/text.jpg"), "no image");
    listed = settings(folder.resolve("store"));
    listed.succeed("snapshot", "--catalogue", catalogue.toString());
  }

  @AfterEach
  void usualSpark() {
    LocalSpark.use("local[2]");
  }

  private Remap settings(Path store) {
    return new Remap(store).tinyBackbone(folder.resolve("backbone"));
  }

  private Remap copy(String name) {
    FiveNights.tree(listed.store(), folder.resolve(name));
    return settings(folder.resolve(name));
  }

  private static String id(Remap.Ran ran) {
    Matcher found = ID.matcher(ran.out());
    assertThat(found.find()).as("output: %s", ran.out()).isTrue();
    return found.group(1);
  }

  private static Map<String, String> files(Remap remap) {
    Map<String, String> files = new TreeMap<>(remap.contents());
    files.keySet().removeIf(name -> !name.matches("region-whitenings/.*-[0-9a-f]{16}\\.bin"));
    return files;
  }

  private static Path file(Remap remap, String id) throws IOException {
    Path there = remap.store().resolve("region-whitenings").resolve(id);
    return there.resolve(
        FiveNights.list(remap, "region-whitenings/" + id).stream()
            .filter(name -> name.endsWith(".bin"))
            .findFirst()
            .orElseThrow());
  }

  @Test
  void theSameBytesComeOfAnyNumberOfCoresAndUnits() {
    LocalSpark.use("local[1]");
    Remap one = copy("one-core").set("unit.images", 100);
    one.succeed("whiten-regions", "--for", "dir");
    LocalSpark.use("local[2]");
    Remap two = copy("two-cores").set("unit.images", 3).set("extract.window", 2);
    two.succeed("whiten-regions", "--for", "dir");

    assertThat(files(one)).hasSize(1);
    assertThat(files(two)).isEqualTo(files(one));
  }

  @Test
  void everyRegionOfWhatCouldBeReadIsSummedAndTheRestIsNamedByReason() throws IOException {
    Remap remap = copy("printed").set("extractor.levels", 2);
    Remap.Ran ran = remap.succeed("whiten-regions", "--for", "dir");

    assertThat(ran.out())
        .contains(
            "whiten 8 regions of an image for dir (tiny, 128×96): 71 of 71 images of snapshot")
        .contains("books: 71 images = 70 described + 1 rejected; 560 regions = ")
        .containsPattern("rejected: 1 image: content \\(decode\\): .*, such as g02/text.jpg");
    Matcher summed = Pattern.compile("= ([0-9]+) summed").matcher(ran.out());
    assertThat(summed.find()).isTrue();
    Whitening whitening = Whitening.fromBytes(Files.readAllBytes(file(remap, id(ran))));
    assertThat(whitening.count()).isEqualTo(Long.parseLong(summed.group(1)));
    assertThat(whitening.dimension()).isEqualTo(whitening.rank());
    assertThat(remap.succeed("status").out())
        .containsPattern("region whitening " + id(ran) + " +regions for dir");
  }

  @Test
  void asManyImagesAreLookedAtAsAreWantedAndAsManyDimensionsKept() throws IOException {
    Remap.Ran ran =
        copy("few").succeed("whiten-regions", "--for", "dir", "--images", "20", "--dimension", "3");
    assertThat(ran.out()).contains(": 20 of 71 images").contains("→ 3 dimensions");
  }

  @Test
  void regionsOfAttentionAreWhitenedAsTheyAre() throws IOException {
    Path weights = folder.resolve("attention.json");
    Files.writeString(
        weights,
        """
        { "schema-version": 1, "levels": 3, "activation": "tanh",
          "hidden": { "weights": [[%s]], "bias": [0.0] },
          "output": { "weights": [1.5], "bias": 0.2 } }
        """
            .formatted("0.1, ".repeat(2 * lastChannels() - 1) + "0.1"));
    Remap remap = copy("attention").set("extractor.attention-weights", weights);
    Remap.Ran ran = remap.succeed("whiten-regions", "--for", "regional-attention");
    assertThat(ran.out()).contains("whiten 20 regions of an image for regional-attention");
    remap.set("extractor.aggregator", "regional-attention");
    remap.set("extractor.region-whitening", id(ran)).succeed("extract");
    Remap.Ran unit = copy("attention-unit").succeed("whiten-regions", "--for", "dir");
    assertThat(id(unit)).isNotEqualTo(id(ran));
  }

  /** So that there is one to train attention with. */
  @Test
  void regionsOfAttentionThatIsYetToBeTrainedAreThoseOfTheGrid() {
    Remap remap = copy("untrained").set("extractor.levels", 2);
    Remap.Ran ran = remap.succeed("whiten-regions", "--for", "regional-attention");
    assertThat(ran.out())
        .contains("whiten 8 regions of an image for regional-attention")
        .containsPattern("to train attention with it: `remap train .* --parts attention .*`")
        .contains("extractor.region-whitening=" + id(ran));
  }

  private int lastChannels() throws IOException {
    return dev.remap.core.backbone.BackboneCard.parse(
            Files.readString(folder.resolve("backbone/card.json")))
        .taps()
        .get(0)
        .channels();
  }

  @Test
  void anExtractorTakesAWhiteningByIdOrByFileAndThePrintedCommandRuns() throws IOException {
    Remap remap = copy("extracted");
    Remap.Ran ran = remap.succeed("whiten-regions", "--for", "dir");
    String line = toDescribe(ran);
    Remap.Ran printed = Remap.line(PrintedLines.words(line));
    assertThat(printed.status()).as("%s: %s", line, printed).isZero();

    Remap dir = remap.set("extractor.aggregator", "dir");
    String byId = extractor(dir.set("extractor.region-whitening", id(ran)));
    assertThat(extractor(dir.set("extractor.region-whitening", file(remap, id(ran)))))
        .isEqualTo(byId);
    assertThat(printed.out()).contains("by extractor " + byId);
    dir.set("extractor.region-whitening", "0123456789abcdef")
        .run("extract")
        .assertRefused(2, "0123456789abcdef", id(ran), "or a file");
  }

  private static String toDescribe(Remap.Ran ran) {
    return ran.out()
        .lines()
        .filter(printed -> printed.contains("to describe images by it"))
        .findFirst()
        .orElseThrow()
        .replaceAll(".*`(.*)`.*", "$1");
  }

  /** What says how regions are whitened must not say how descriptors are, later. */
  @Test
  void thePrintedCommandSpeaksOfNoWhiteningButTheNewOneOfRegions() {
    Remap remap = copy("line").set("whitening.ridge", 0).set("extractor.aggregator", "dir");
    remap.set("extractor.region-whitening", "0123456789abcdef");
    Remap.Ran ran = remap.succeed("whiten-regions", "--for", "dir", "--dimension", "3");
    assertThat(toDescribe(ran))
        .doesNotContain(" whitening.", "0123456789abcdef")
        .contains("--set extractor.region-whitening=" + id(ran));
  }

  private static String extractor(Remap remap) {
    Matcher found =
        Pattern.compile("by extractor ([0-9a-f]{16})").matcher(remap.succeed("extract").out());
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  @Test
  void collectionsKeepWhiteningsOfRegions() throws IOException {
    Remap remap = copy("collected");
    String id = id(remap.succeed("whiten-regions", "--for", "dir"));
    Instant old = Instant.now().minus(Duration.ofDays(30));
    Path left = file(remap, id).resolveSibling("whitening-0123456789abcdef.bin");
    Files.writeString(left, "left by a killed run");
    for (String name : FiveNights.list(remap, "region-whitenings/" + id)) {
      Files.setLastModifiedTime(
          remap.store().resolve("region-whitenings").resolve(id).resolve(name), FileTime.from(old));
    }

    remap.succeed("gc", "--delete");

    assertThat(left).doesNotExist();
    assertThat(file(remap, id)).exists();
  }

  @Test
  void aDamagedOneIsFoundAndThePrintedCommandMakesItAgain() throws IOException {
    Remap remap = copy("damaged").set("extractor.levels", 2);
    String id = id(remap.succeed("whiten-regions", "--for", "dir", "--images", "20"));
    settings(remap.store()).succeed("whiten-regions", "--for", "dir");
    Map<String, String> before = files(remap);
    Files.writeString(file(remap, id), "{}");

    remap.run("verify");
    Remap.Ran repaired = remap.run("verify", "--repair");
    String line =
        repaired
            .out()
            .lines()
            .filter(printed -> printed.contains("remap whiten-regions "))
            .findFirst()
            .orElseThrow();
    assertThat(line).contains("--for dir").contains("--snapshot 1").contains("extractor.levels=2");
    Remap.Ran again = Remap.line(PrintedLines.words(line));
    assertThat(again.status()).as("%s: %s", line, again).isZero();
    assertThat(files(remap)).isEqualTo(before);
    assertThat(remap.succeed("verify").out()).contains("all is well");
  }

  @Test
  void oneThatHasLostItsManifestIsMadeAgainByWhatTheRecordOfItsRunSays() throws IOException {
    Remap remap = copy("manifest").set("extractor.levels", 2);
    String id = id(remap.succeed("whiten-regions", "--for", "dir", "--images", "20"));
    Map<String, String> before = files(remap);
    Files.writeString(remap.store().resolve("region-whitenings/" + id + "/manifest.json"), "{}");

    List<String[]> lines = PrintedCommands.of(remap.run("verify", "--repair").out());

    assertThat(lines).hasSize(1);
    assertThat(lines.get(0)).contains("--for", "dir", "--images", "20", "extractor.levels=2");
    assertThat(Remap.line(lines.get(0)).status()).isZero();
    assertThat(files(remap)).isEqualTo(before);
    assertThat(remap.succeed("verify").out()).contains("all is well");
  }

  @Test
  void whatCannotBeWhitenedIsOneSentence() {
    listed
        .run("whiten-regions", "--for", "gem")
        .assertRefused(2, "--for is 'gem'", "dir or regional-attention");
    listed
        .run("whiten-regions", "--for", "dir", "--images", "1")
        .assertRefused(2, "--images is 1", "from 2 to");
    copy("none")
        .set("extractor.aggregator", "dir")
        .set("extractor.region-whitening", "0123456789abcdef")
        .run("extract")
        .assertRefused(2, "0123456789abcdef", "nor any other: whiten-regions makes one");
    listed
        .run("whiten-regions", "--for", "dir", "--dimension", "1000")
        .assertRefused(2, "whitening of regions", "1000 dimensions");
    settings(listed.store())
        .set("extract.max-reject-ratio", 0.001)
        .run("whiten-regions", "--for", "dir")
        .assertRefused(1, "1 of 71 images", "text.jpg");
  }
}
