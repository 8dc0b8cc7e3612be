package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.row.MinedRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Region weights and projections that are trained, and what takes them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrainTest {
  private static final Pattern ID = Pattern.compile("weights ([0-9a-f]{16}), drawn in (\\S+)");

  private Path folder;
  private Path catalogue;
  private Remap listed;

  /** Six groups of four, and a file that is no image. */
  @BeforeAll
  void snapshot(@TempDir Path temporary) throws IOException {
    folder = temporary;
    catalogue = folder.resolve("catalogue");
    Pictures.folders(catalogue, 6, 4, 4711);
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
        .set("train.epochs", 3)
        .set("train.batch", 8)
        .set("weigh.bins", 10);
  }

  private Remap copy(String name) {
    FiveNights.tree(listed.store(), folder.resolve(name));
    return settings(folder.resolve(name));
  }

  private static String id(Remap.Ran ran) {
    Matcher found = ID.matcher(ran.out());
    assertThat(found.find()).as("output: %s", ran).isTrue();
    return found.group(1);
  }

  private static Path file(Remap remap, String id, String name) throws IOException {
    String found =
        FiveNights.list(remap, "weights/" + id).stream()
            .filter(file -> file.startsWith(name + "-"))
            .findFirst()
            .orElseThrow();
    return remap.store().resolve("weights").resolve(id).resolve(found);
  }

  /** What a training leaves, but for who made it. */
  private static Map<String, String> files(Remap remap) {
    Map<String, String> files = new TreeMap<>(remap.contents());
    files
        .keySet()
        .removeIf(name -> !name.matches("(weights|trainings)/.*-[0-9a-f]{16}\\.[a-z0-9]+"));
    return files;
  }

  @Test
  void theSameBytesComeOfAnyNumberOfCoresAndATrainingThatGoesOnMakesThemToo() throws IOException {
    LocalSpark.use("local[1]");
    Remap one = copy("one-core").set("unit.images", 100);
    one.succeed("train", "--groups", ".", "--parts", "alpha,projection");
    LocalSpark.use("local[2]");
    Remap two = copy("two-cores").set("unit.images", 3);
    two.succeed("train", "--groups", ".", "--parts", "alpha,projection");
    assertThat(files(one)).hasSizeGreaterThanOrEqualTo(7);
    assertThat(files(two)).isEqualTo(files(one));

    // As a run leaves it that is killed after its second epoch, of whose checkpoints the last is
    // needed.
    Remap killed = copy("killed");
    Path first = killed.store().resolve("trainings");
    Files.createDirectories(first);
    String name =
        FiveNights.list(one, "trainings").stream()
            .filter(it -> it.endsWith("-00002"))
            .findFirst()
            .orElseThrow();
    FiveNights.tree(one.store().resolve("trainings").resolve(name), first.resolve(name));
    Remap.Ran resumed = killed.succeed("train", "--groups", ".", "--parts", "alpha,projection");

    assertThat(resumed.out())
        .contains("going on after epoch 2")
        .doesNotContain("epoch 2 of 3")
        .contains("epoch 3 of 3");
    assertThat(files(killed)).isEqualTo(files(one));
  }

  @Test
  void whatIsTrainedHasItsSplitCurveAndTriplets() throws IOException {
    Remap remap = copy("trained");
    Remap.Ran ran = remap.succeed("train", "--groups", catalogue.toString());
    String id = id(ran);

    assertThat(ran.out())
        .contains(
            "train weights of 40 regions of 2 taps (tiny, 128×96; the network stays as it is)")
        .contains("region vectors: ")
        .contains("learns from 16 images in 4 groups; 8 in 2 groups are held out")
        .containsPattern("epoch 3 of 3: loss [0-9.]+, held-out mAP [0-9.]+ \\(best ")
        .contains("last, as on a landscape image")
        .contains("books: 25 images = 24 trained with + 0 alone in their groups + 1 rejected")
        .contains("rejected: g02/text.jpg: ");
    JsonNode training = new ObjectMapper().readTree(file(remap, id, "training").toFile());
    assertThat(training.get("learnt")).hasSize(4);
    assertThat(training.get("held-out")).hasSize(2);
    assertThat(training.get("curve")).hasSize(4);
    List<List<MinedRow>> mined = TrainRuns.mined(remap, id);
    assertThat(mined).hasSize(16).allSatisfy(TrainRuns::assertIsATuple);
    assertThat(mined.stream().map(tuple -> tuple.get(0).imageId())).doesNotHaveDuplicates();
    assertThat(training.get("learnt"))
        .extracting(JsonNode::textValue)
        .hasSameElementsAs(mined.stream().flatMap(List::stream).map(MinedRow::group).toList());
    RegionWeights weights = RegionWeights.parse(Files.readString(file(remap, id, "weights")));
    assertThat(weights.taps()).isEqualTo(2);
    assertThat(weights.regions()).isEqualTo(40);
    assertThat(remap.succeed("status").out()).containsPattern("weights " + id + " +groups ");
    assertThat(remap.succeed("verify").out()).contains("all is well");
  }

  @Test
  void thePrintedCommandsDescribeAndWhitenByWhatWasTrained() {
    Remap remap = copy("printed");
    Remap.Ran ran =
        remap.succeed("train", "--groups", ".", "--start", "entropy", "--parts", "projection");
    for (String command : new String[] {"remap extract ", "remap whiten "}) {
      String line =
          PrintedLines.in(ran.out()).stream()
              .filter(printed -> printed.startsWith(command))
              .findFirst()
              .orElseThrow();
      Remap.Ran printed = Remap.line(PrintedLines.words(line));
      assertThat(printed.status()).as("%s: %s", line, printed).isZero();
    }
    assertThat(remap.succeed("status").out()).contains("24");
    Remap.Ran other =
        new Remap(remap.store())
            .run(
                "extract",
                "--set",
                "extractor.region-weights=" + id(ran),
                "--backbone",
                "../conf/backbones/mobilenet_v2_140_nsfwjs");
    other.assertRefused(2, "were trained with one network", "'tiny'");
  }

  @Test
  void copiesAreLearntFromWithoutLabelsAndRehearsalsAreCounted() throws IOException {
    Remap remap = copy("copies").set("weigh.images", 72);
    Remap.Ran ran = remap.succeed("train", "--rehearse", "2", "--loss", "ap");
    assertThat(ran.out())
        .contains("8 images and 8 distorted copies of each")
        .contains("split 2: mAP of the test ")
        .containsPattern("trained over ones: [+-][0-9.]+ mAP .* 95 % interval .* by \\d groups");
    assertThat(FiveNights.list(remap, "weights/" + id(ran)))
        .as("this loss mines nothing")
        .noneMatch(name -> name.startsWith("mined"));
  }

  @Test
  void labelsThatWereCleanedAreLearntFromAndWhatWasLeftOutIsCounted() throws IOException {
    Remap remap =
        copy("cleaned").set("whitening.dimension", 8).set("quantizer.spec", "IVF1,PQ4x4np");
    for (String stage : new String[] {"extract", "whiten", "quantize", "build"}) {
      remap.succeed(stage);
    }
    remap.succeed("knn", "-k", "23");
    StringBuilder table = new StringBuilder("image_id,group\n");
    for (int i = 0; i < 24; i++) {
      String id = String.format(Locale.ROOT, "g%02d/p%03d.jpg", i / 4, i % 4);
      table.append(id).append(',').append(i == 0 ? "alone" : id.substring(0, 3)).append('\n');
    }
    table.append("g02/text.jpg,g02\n");
    Path labels = Files.writeString(folder.resolve("labels.csv"), table);
    String said = remap.succeed("clean", "--groups", labels.toString(), "--threshold", "-1").out();
    assertThat(said)
        .contains("books: 25 labelled images = 23 kept + 0 no match in its group")
        .contains(" + 1 alone in its group + 1 not in the index");

    for (String command : new String[] {"train", "weigh"}) {
      assertThat(remap.succeed(command, "--clean").out())
          .contains("23 images in 6 groups (clean default-k23-")
          .contains("not looked at: 1 image that clean has left out: alone in its group")
          .contains("not looked at: 1 image that clean has left out: not in the index")
          .doesNotContain("without a group");
    }
    assertThat(remap.succeed("status").out()).containsPattern("weights [0-9a-f]{16} +clean def");
    String line =
        PrintedLines.in(said).stream()
            .filter(printed -> printed.startsWith("remap train "))
            .findFirst()
            .orElseThrow();
    assertThat(Remap.line(PrintedLines.words(line)).status()).as(line).isZero();
    // What clean has left out is no image without a label.
    remap
        .run("train", "--clean", "--distractors", "5")
        .assertRefused(
            2, "train.distractors is 5, but no image of the snapshot is without a label");
    // Two tables: one has to be chosen; and another listing has none.
    remap.succeed("clean", "--groups", ".", "--threshold", "-1");
    remap.run("train", "--clean").assertRefused(2, "several tables of cleaned labels");
    remap.run("train", "--clean=other").assertRefused(2, "no table of cleaned labels other");
    Path more = folder.resolve("more");
    Pictures.folders(more, 2, 2, 1);
    remap.succeed(
        "snapshot",
        "--catalogue",
        more.toString(),
        "--set",
        "snapshot.max-removed-ratio=1",
        "--set",
        "snapshot.max-changed-ratio=1");
    remap.run("train", "--clean").assertRefused(2, "of what snapshot 2 lists", "remap clean");
  }

  @Test
  void whatPairsConnectIsLearntFromAsAGroup() throws IOException {
    StringBuilder pairs = new StringBuilder("one,other\n");
    for (int group = 0; group < 5; group++) {
      for (int i = 1; i < 4; i++) {
        pairs.append(
            String.format(
                Locale.ROOT, "g%02d/p%03d.jpg,g%02d/p%03d.jpg\n", group, i - 1, group, i));
      }
    }
    pairs.append("g00/p000.jpg,g01/p000.jpg,0\ng05/p000.jpg,not/there.jpg\n");
    Path list = Files.writeString(folder.resolve("pairs.csv"), pairs);
    Remap remap = copy("pairs");
    String said = remap.succeed("train", "--pairs", list.toString()).out();

    assertThat(said)
        .contains(
            "20 images in 5 groups (what pairs of " + list + " connect, the largest of 4 of 21")
        .contains("not looked at: line 1 (one, other), which names no image")
        .contains("1 pair with an image that the snapshot does not have, such as 'not/there.jpg'")
        .contains("not looked at: 1 pair that does not match")
        .contains("not looked at: 1 group with one image")
        .contains("not looked at: 4 images without a group")
        .contains("books: 20 images = 20 trained with");
    assertThat(remap.succeed("status").out()).containsPattern("weights [0-9a-f]{16} +pairs ");
    // By the same groups the same weights.
    StringBuilder table = new StringBuilder("image_id,group\n");
    for (int i = 0; i < 20; i++) {
      String id = String.format(Locale.ROOT, "g%02d/p%03d.jpg", i / 4, i % 4);
      table.append(id).append(',').append(id, 0, 3).append("/p000.jpg\n");
    }
    Path labels = Files.writeString(folder.resolve("same.csv"), table);
    Remap other = copy("same");
    assertThat(read(remap, id(remap.succeed("train", "--pairs", list.toString()))))
        .isEqualTo(read(other, id(other.succeed("train", "--groups", labels.toString()))));
    Files.writeString(list, "g00/p000.jpg,g00/p001.jpg\ng00/p001.jpg,g00/p002.jpg\n");
    remap.run("train", "--pairs", list.toString()).assertRefused(2, "gives one group");
    Files.writeString(
        list,
        "g00/p000.jpg,g00/p001.jpg\ng00/p001.jpg,g00/p002.jpg\ng00/p000.jpg,g00/p002.jpg,0\n");
    remap
        .run("train", "--pairs", list.toString())
        .assertRefused(2, "g00/p000.jpg and g00/p002.jpg do not match", "1 such pairs in all");
    Files.writeString(list, "g00/p000.jpg,g00/p000.jpg\n");
    remap
        .run("train", "--pairs", list.toString())
        .assertRefused(2, "has the image g00/p000.jpg twice");
    Files.writeString(list, "a,b\nc,d\n");
    remap.run("train", "--pairs", list.toString()).assertRefused(2, "names no pair of images");
    remap
        .run("train", "--pairs", catalogue.resolve("g00/p000.jpg").toString())
        .assertRefused(2, "--pairs");
  }

  /** Weigh is given the groups that are learnt from alone. */
  @Test
  void aStartByEntropyIsWhatWeighFitsToTheGroupsThatAreLearntFrom() throws IOException {
    Remap remap = copy("entropy").set("train.alpha-rate", 0);
    String trained = id(remap.succeed("train", "--groups", ".", "--start", "entropy"));
    JsonNode training = new ObjectMapper().readTree(file(remap, trained, "training").toFile());
    StringBuilder table = new StringBuilder("image_id,group\n");
    for (JsonNode first : training.get("learnt")) {
      String group = first.textValue().substring(0, 3);
      for (int i = 0; i < 4; i++) {
        table.append(group).append("/p00").append(i).append(".jpg,").append(group).append('\n');
      }
    }
    Path labels = Files.writeString(folder.resolve("learnt.csv"), table);
    String weighed = id(remap.succeed("weigh", "--groups", labels.toString()));

    float[][] start = RegionWeights.parse(read(remap, trained)).perTap();
    float[][] entropy = RegionWeights.parse(read(remap, weighed)).perTap();
    double factor = start[0][0] / entropy[0][0];
    for (int tap = 0; tap < 2; tap++) {
      for (int region = 0; region < 40; region++) {
        assertThat((double) start[tap][region])
            .isCloseTo(factor * entropy[tap][region], within(1e-5 * factor));
      }
    }
  }

  private static String read(Remap remap, String id) throws IOException {
    return Files.readString(file(remap, id, "weights"));
  }

  @Test
  void damagedWeightsAreMadeAgainByTheCommandThatVerifyPrints() throws IOException {
    Remap remap = copy("damaged").set("train.seed", 5);
    String id = id(remap.succeed("train", "--groups", "."));
    Map<String, String> before = files(remap);
    Files.writeString(file(remap, id, "mined"), "PAR1");
    assertThat(remap.run("verify").out()).contains("mined-");
    Files.writeString(file(remap, id, "weights"), "{}");

    remap.run("verify");
    String line =
        remap
            .run("verify", "--repair")
            .out()
            .lines()
            .filter(printed -> printed.contains("remap train "))
            .findFirst()
            .orElseThrow();

    assertThat(line).contains("--groups . ").contains("--snapshot 1").contains("train.seed=5");
    Remap.Ran again = Remap.line(PrintedLines.words(line));
    assertThat(again.status()).as("%s: %s", line, again).isZero();
    assertThat(files(remap)).isEqualTo(before);
  }

  @Test
  void whatCannotBeTrainedIsOneSentence() throws IOException {
    Path labels = folder.resolve("labels.csv");
    Files.writeString(
        labels, "image_id,group\ng00/p000.jpg,a\ng00/p001.jpg,a\ng01/p000.jpg,b\ng01/p001.jpg,b\n");
    listed
        .run("train", "--groups", labels.toString())
        .assertRefused(2, "There are 2 groups of two or more images", "4 at the least");
    listed.run("train", "--groups", "g00").assertRefused(2, "no group of two or more images");
    listed.run("train", "--groups", ".", "--snapshot", "7").assertRefused(2, "7");
    listed
        .run("train", "--groups", ".", "--set", "extractor.aggregator=gem")
        .assertRefused(2, "has no region weights to train");
    listed
        .run("train", "--groups", ".", "--set", "train.cache=1k")
        .assertRefused(2, "The region vectors of 25 images are", "train.cache");
    listed
        .run("train", "--groups", ".", "--set", "train.test=0.9", "--rehearse", "1")
        .assertRefused(2, "groups of two or more images are too few", "train.test");
    String scale = "{long-side=128,short-side=96,weight=1}";
    listed
        .run(
            "train",
            "--groups",
            ".",
            "--parts",
            "alpha,projection",
            "--set",
            "extractor.scales=[" + scale + "," + scale.replace("weight=1", "weight=1.4") + "]")
        .assertRefused(2, "A projection is trained on descriptors of one scale of weight 1");
    listed
        .run("train", "--groups", ".", "--parts", "alpha,convolutions")
        .assertRefused(2, "train.parts is 'alpha,convolutions'");
    listed.run("train", "--groups", ".", "--rehearse", "-1").assertRefused(2, "--rehearse is -1");
  }
}
