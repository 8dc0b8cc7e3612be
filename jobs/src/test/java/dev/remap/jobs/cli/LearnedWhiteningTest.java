package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.core.whitening.Whitening;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code whiten --groups} and {@code --pairs} as their user meets them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LearnedWhiteningTest {
  private static final Pattern ID = Pattern.compile("(?m)^whitening ([0-9a-f]{16}): ");

  private Path folder;
  private Remap described;

  /** Eight groups of five and one of one, described by a network of nine channels. */
  @BeforeAll
  void describe(@TempDir Path temporary) {
    folder = temporary;
    Path catalogue = folder.resolve("catalogue");
    Pictures.folders(catalogue, 8, 5, 4713);
    Pictures.write(catalogue.resolve("one/p.jpg"), new Random(3), Pictures.LONG, Pictures.SHORT);
    described = settings(folder.resolve("store"));
    described.succeed("snapshot", "--catalogue", catalogue.toString());
    described.succeed("extract");
  }

  @AfterEach
  void usualSpark() {
    LocalSpark.use("local[2]");
  }

  private Remap settings(Path store) {
    return new Remap(store).tinyBackbone(folder.resolve("backbone")).set("unit.images", 16);
  }

  private Remap copy(String name) {
    FiveNights.tree(described.store(), folder.resolve(name));
    return settings(folder.resolve(name));
  }

  private static String id(Remap.Ran ran) {
    Matcher found = ID.matcher(ran.out());
    assertThat(found.find()).as("output: %s", ran.out()).isTrue();
    return found.group(1);
  }

  /** The digests of whitenings and vectors, but for who made them. */
  private static Map<String, String> files(Remap remap, String kind) {
    Map<String, String> files = new TreeMap<>();
    remap
        .contents()
        .forEach(
            (name, digest) -> {
              if (name.matches(kind)) {
                files.put(name.replaceAll("-[0-9a-f]{16}", ""), digest);
              }
            });
    return files;
  }

  private static Whitening whitening(Remap remap, String id) throws IOException {
    String name =
        FiveNights.list(remap, "whitenings/" + id).stream()
            .filter(file -> file.startsWith("whitening"))
            .findFirst()
            .orElseThrow();
    return Whitening.fromBytes(
        Files.readAllBytes(remap.store().resolve("whitenings").resolve(id).resolve(name)));
  }

  private Path list(String name, String lines) throws IOException {
    return Files.writeString(folder.resolve(name), lines, StandardCharsets.UTF_8);
  }

  @Test
  void theSameBytesComeOfAnyNumberOfCoresAndUnits() {
    LocalSpark.use("local[1]");
    Remap one = copy("one-core").set("unit.images", 100);
    String first = id(one.succeed("whiten", "--groups", "."));
    LocalSpark.use("local[2]");
    Remap two = copy("two-cores").set("unit.images", 5);
    String second = id(two.succeed("whiten", "--groups", "."));

    assertThat(second).isEqualTo(first);
    assertThat(files(two, "whitenings/.*\\.bin"))
        .hasSize(1)
        .isEqualTo(files(one, "whitenings/.*\\.bin"));
  }

  @Test
  void whatItWasLearnedFromIsPrintedAndRecordedAndTheIndexIsBuiltOnIt() throws IOException {
    Remap remap = copy("built").set("lw.pairs-per-group", 9).set("lw.images-per-group", 4);
    Remap.Ran ran = remap.succeed("whiten", "--groups", ".");
    String id = id(ran);

    assertThat(ran.out())
        .contains("learn a whitening (Lw) from 48 pairs of 32 images in 8 groups (.)")
        .contains("not looked at: 1 group with one image")
        .contains("not looked at: 8 images beyond lw.images-per-group of their group")
        .contains("learned from 48 pairs of 32 images (Lw); ");
    assertThat(whitening(remap, id).reason()).startsWith("learned from 48 pairs");
    assertThat(Files.readString(remap.store().resolve("whitenings/" + id + "/manifest.json")))
        .contains("\"method\"", "\"lw\"", "\"groups .\"", "seed=1", "\"sample\"");
    assertThat(remap.succeed("whiten", "--groups", ".").out())
        .contains("whitening " + id + " was fitted already");
    for (String stage : new String[] {"quantize", "build"}) {
      remap.succeed(stage);
    }
    assertThat(remap.succeed("publish").out()).contains("live: generation 1 ");
    String verdict = FiveNights.list(remap, "indexes/default/published").get(0);
    assertThat(Files.readString(remap.store().resolve("indexes/default/published/" + verdict)))
        .contains("the whitening was learned from pairs");
    assertThat(remap.succeed("verify").out()).contains("all is well");
    remap.succeed("gc", "--delete");
    assertThat(whitening(remap, id).count()).isEqualTo(41);
  }

  @Test
  void aListOfPairsGivesTheWhiteningOfItsPairsAndPassesOverOthers() throws IOException {
    String matching =
        """
        g00/p000.jpg,g00/p001.jpg,1
        g00/p001.jpg,g00/p002.jpg
        g01/p000.jpg,g01/p001.jpg
        """;
    Path list =
        list("pairs.csv", matching + "g00/p000.jpg,g01/p000.jpg,0\ng00/p000.jpg,not/there.jpg\n");
    Remap.Ran ran = copy("pairs").succeed("whiten", "--pairs", list.toString());

    assertThat(ran.out())
        .contains("from 3 pairs of 5 images in 2 groups")
        .contains("1 pair with an image that is not described, such as 'not/there.jpg'")
        .contains("not looked at: 1 pair that does not match, which Lw does not use");
    Path only = list("only.csv", matching);
    assertThat(id(copy("only").succeed("whiten", "--pairs", only.toString()))).isEqualTo(id(ran));
    Path capped = list("capped.csv", matching);
    Remap.Ran fewer =
        copy("capped").set("lw.pairs-per-group", 1).succeed("whiten", "--pairs", capped.toString());
    assertThat(fewer.out())
        .contains("from 2 pairs of 4 images in 2 groups")
        .contains("not looked at: 1 pair beyond lw.pairs-per-group of their group");
  }

  @Test
  void aDamagedOneIsMadeAgainByTheCommandThatRepairPrints() throws IOException {
    Remap remap = copy("damaged").set("lw.seed", 5).set("lw.images-per-group", 3);
    String id = id(remap.succeed("whiten", "--groups", "."));
    // The last run of the command is not the one that made it.
    settings(remap.store()).succeed("whiten");
    Map<String, String> before = files(remap, "(whitenings|vectors)/.*\\.(bin|parquet)");
    String damaged =
        remap.contents().keySet().stream()
            .filter(name -> name.startsWith("whitenings/" + id + "/whitening"))
            .findFirst()
            .orElseThrow();
    Files.writeString(remap.store().resolve(damaged), "nothing");

    remap.run("verify");
    Remap.Ran repaired = remap.run("verify", "--repair");
    String line =
        repaired
            .out()
            .lines()
            .filter(printed -> printed.contains("remap whiten "))
            .findFirst()
            .orElseThrow();
    assertThat(line).contains("--groups . ").contains("--snapshot 1").contains("lw.seed=5");
    assertThat(Remap.line(PrintedLines.words(line)).status()).isZero();
    assertThat(files(remap, "(whitenings|vectors)/.*\\.(bin|parquet)")).isEqualTo(before);
    assertThat(remap.succeed("verify").out()).contains("all is well");
  }

  /** The record of the run has the labels, too. */
  @ParameterizedTest
  @ValueSource(strings = {"missing", "changed"})
  void oneThatHasLostItsManifestIsLearnedAgainByTheLabelsOfItsRun(String how) throws IOException {
    Remap remap = copy("manifest-" + how).set("lw.seed", 5);
    String id = id(remap.succeed("whiten", "--groups", "."));
    settings(remap.store()).succeed("whiten");
    Map<String, String> before = files(remap, "(whitenings|vectors)/.*\\.(bin|parquet)");
    lose(remap, id, how);

    String line = repair(remap);

    assertThat(line).contains("--groups . ").contains("--snapshot 1").contains("lw.seed=5");
    assertThat(Remap.line(PrintedLines.words(line)).status()).isZero();
    assertThat(files(remap, "(whitenings|vectors)/.*\\.(bin|parquet)")).isEqualTo(before);
    assertThat(labels(remap)).contains("groups .");
    assertThat(remap.succeed("verify").out()).contains("all is well");
  }

  /** Its file is whole, and is brought in from where it lies. */
  @ParameterizedTest
  @ValueSource(strings = {"missing", "changed"})
  void oneThatWasBroughtInAndHasLostItsManifestIsBroughtInAgain(String how) throws IOException {
    Remap other = copy("lender-" + how);
    String id = id(other.succeed("whiten", "--groups", "."));
    Path lent = folder.resolve("lent-" + how);
    Files.write(lent, whitening(other, id).toBytes());
    Remap remap = copy("borrower-" + how);
    remap.succeed("whiten", "--import", lent.toString());
    settings(remap.store()).succeed("whiten");
    Files.delete(lent);
    Map<String, String> before = files(remap, "(whitenings|vectors)/.*\\.(bin|parquet)");
    lose(remap, id, how);

    String line = repair(remap);

    assertThat(line).contains("--import ").contains("/whitening-" + id + ".bin");
    assertThat(Remap.line(PrintedLines.words(line)).status()).isZero();
    assertThat(files(remap, "(whitenings|vectors)/.*\\.(bin|parquet)")).isEqualTo(before);
    assertThat(remap.succeed("verify").out()).contains("all is well");
  }

  /** A layer of vectors has its place by the whitening and the snapshot alone. */
  @Test
  void oneThatHasTheVectorsOfAnotherExtractorIsRefusedWithWhatIsPossible() throws IOException {
    Remap remap = copy("two-extractors");
    String id = id(remap.succeed("whiten", "--groups", "."));
    Path lent = Files.write(folder.resolve("twice.bin"), whitening(remap, id).toBytes());
    Remap other = settings(remap.store()).set("extractor.batch-size", 3);
    other.succeed("extract");
    Map<String, String> before = files(remap, "vectors/.*");

    for (List<String> line :
        List.of(List.of("--import", lent.toString()), List.of("--whitening", id))) {
      Remap.Ran ran = other.run("whiten", line.get(0), line.get(1));
      assertThat(ran.status()).isEqualTo(2);
      assertThat(ran.err())
          .contains("Whitening " + id + " has vectors of extractor ")
          .contains("leave out --import and --whitening");
    }
    assertThat(files(remap, "vectors/.*")).isEqualTo(before);

    Path more = folder.resolve("catalogue/late/p.jpg");
    Pictures.write(more, new Random(4), Pictures.LONG, Pictures.SHORT);
    other.succeed("snapshot", "--catalogue", folder.resolve("catalogue").toString());
    Files.delete(more);
    other.succeed("extract");
    assertThat(other.run("whiten", "--whitening", id).err())
        .as("its vectors would lie on those of the other extractor")
        .contains("Whitening " + id + " has vectors of extractor ");
    other.succeed("whiten");
  }

  private static void lose(Remap remap, String id, String how) throws IOException {
    Path manifest = remap.store().resolve("whitenings/" + id + "/manifest.json");
    if (how.equals("missing")) {
      Files.delete(manifest);
    } else {
      Files.writeString(manifest, Files.readString(manifest).replace("extractor", "extracted"));
    }
  }

  private static String repair(Remap remap) {
    return remap
        .run("verify", "--repair")
        .out()
        .lines()
        .filter(printed -> printed.contains("remap whiten "))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aNewTrainingLearnsByTheSameLabels() {
    Path catalogue = folder.resolve("catalogue");
    Remap remap = copy("trained");
    String id = id(remap.succeed("whiten", "--groups", "."));
    for (String stage : new String[] {"quantize", "build", "publish"}) {
      remap.succeed(stage);
    }

    Remap.Ran night =
        remap
            .set("lw.seed", 2)
            .set("lw.images-per-group", 3)
            .succeed("reindex", "--catalogue", catalogue.toString(), "--retrain");

    assertThat(night.out())
        .contains("learn a whitening (Lw) from 24 pairs of 24 images in 8 groups (.)");
    assertThat(id(night)).isNotEqualTo(id);
  }

  @Test
  void aHeaderIsNoPair() throws IOException {
    String pairs = "g00/p000.jpg,g00/p001.jpg\ng01/p000.jpg,g01/p001.jpg\n";
    Path with = list("header.csv", "query,match\n" + pairs);
    Remap.Ran ran = copy("header").succeed("whiten", "--pairs", with.toString());
    assertThat(ran.out())
        .contains("from 2 pairs of 4 images in 2 groups")
        .contains("not looked at: line 1 (query, match), which names no image")
        .doesNotContain("such as 'query'");
    Path without = list("no-header.csv", pairs);
    assertThat(id(copy("no-header").succeed("whiten", "--pairs", without.toString())))
        .isEqualTo(id(ran));
  }

  /** A night runs in another folder than the one in which the labels were named. */
  @Test
  void labelsAreRecordedSoThatTheyMeanTheSameInAnyFolderAndMissedWithASentence()
      throws IOException {
    Path list = list("moved.csv", "g00/p000.jpg,g00/p001.jpg\n");
    Path here = Path.of("").toAbsolutePath();
    Path catalogue = folder.resolve("catalogue");
    Remap grouped = copy("elsewhere-groups");
    grouped.succeed("whiten", "--groups", here.relativize(catalogue).toString());
    assertThat(labels(grouped)).containsExactly("groups .");
    Remap remap = copy("elsewhere");
    String id = id(remap.succeed("whiten", "--pairs", here.relativize(list).toString()));
    assertThat(labels(remap)).containsExactly("pairs " + list.toRealPath());
    for (String stage : new String[] {"quantize", "build", "publish"}) {
      remap.succeed(stage);
    }
    Files.delete(list);

    remap
        .run("reindex", "--catalogue", catalogue.toString(), "--retrain")
        .assertRefused(2, "Whitening " + id + " was learned by the labels 'pairs ", "moved.csv");
  }

  private static List<String> labels(Remap remap) throws IOException {
    List<String> labels = new ArrayList<>();
    for (String id : FiveNights.list(remap, "whitenings")) {
      byte[] manifest =
          Files.readAllBytes(remap.store().resolve("whitenings/" + id + "/manifest.json"));
      labels.add(new ObjectMapper().readTree(manifest).get("inputs").path("labels").asText());
    }
    return labels;
  }

  @Test
  void whatCannotBeLearnedFromIsOneSentence() throws IOException {
    described
        .run("whiten", "--groups", "one")
        .assertRefused(2, "no group of two or more described images");
    described.run("whiten", "--groups", ".", "--pairs", "x").assertRefused(2, "give one of them");
    described
        .run("whiten", "--groups", ".", "--import", "x")
        .assertRefused(2, "are for a whitening that is learned");
    Path list = list("strangers.csv", "a,b\n");
    described
        .run("whiten", "--pairs", list.toString())
        .assertRefused(2, "names no matching pair of described images");
    Path one = list("one.csv", "g00/p000.jpg,g00/p001.jpg\n");
    described
        .run("whiten", "--pairs", one.toString(), "--set", "whitening.ridge=0")
        .assertRefused(2, "1 pairs differ in 1 directions of", "leave the ridge automatic");
  }
}
