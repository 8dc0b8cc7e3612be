package dev.remap.jobs.cli;

import static dev.remap.jobs.cli.TrainRuns.file;
import static dev.remap.jobs.cli.TrainRuns.files;
import static dev.remap.jobs.cli.TrainRuns.mined;
import static dev.remap.jobs.cli.TrainRuns.printed;
import static dev.remap.jobs.cli.TrainRuns.repair;
import static dev.remap.jobs.cli.TrainRuns.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Exponents of gem that are trained, and what takes them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GemTrainTest {
  private static final Pattern ID = Pattern.compile("  exponents ([0-9a-f]{16})\n");

  private Path folder;
  private Remap listed;

  /** Six groups of four, and a file that is no image. */
  @BeforeAll
  void snapshot(@TempDir Path temporary) throws IOException {
    folder = temporary;
    Path catalogue = folder.resolve("catalogue");
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
        .set("extractor.aggregator", "gem")
        .set("train.epochs", 3)
        .set("train.batch", 8)
        .set("train.patience", 3);
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

  private static JsonNode exponents(Remap remap, String id) throws IOException {
    return new ObjectMapper().readTree(file(remap, id, "p").toFile()).get("p");
  }

  @Test
  void theSameBytesComeOfAnyNumberOfCoresAndATrainingThatGoesOnMakesThemToo() throws IOException {
    String[] options = {"--groups", ".", "--parts", "p,projection", "--set", "train.p=channel"};
    LocalSpark.use("local[1]");
    Remap one = copy("one-core");
    one.succeed("train", options);
    LocalSpark.use("local[2]");
    Remap two = copy("two-cores");
    two.succeed("train", options);
    assertThat(files(one)).hasSizeGreaterThanOrEqualTo(6);
    assertThat(files(two)).isEqualTo(files(one));

    Remap killed = copy("killed");
    TrainRuns.killedAfterTwoEpochs(one, killed);
    assertThat(killed.succeed("train", options).out())
        .contains("going on after epoch 2")
        .contains("epoch 3 of 3");
    assertThat(files(killed)).isEqualTo(files(one));
  }

  @Test
  void thePrintedCommandsDescribeAndWhitenByWhatWasTrained() throws IOException {
    Remap remap = copy("printed");
    Remap.Ran ran =
        remap.succeed(
            "train",
            "--groups",
            ".",
            "--parts",
            "p,projection",
            "--set",
            "extractor.gem-p=2",
            "--set",
            "train.p-rate=0.2");
    String id = id(ran);

    assertThat(ran.out())
        .contains(
            "train p and projection of gem on 768 cells of 5 channels (tiny, 128×96; the network"
                + " stays as it is)")
        .contains("maps: ")
        .containsPattern("epoch 3 of 3: loss [0-9.]+, held-out mAP [0-9.]+ \\(best ")
        .containsPattern("p: [0-9.]+ for all 5 channels")
        .contains("books: 25 images = 24 trained with + 0 alone in their groups + 1 rejected");
    JsonNode exponents = exponents(remap, id);
    assertThat(exponents).hasSize(5).allMatch(exponents.get(0)::equals);
    assertThat(new ObjectMapper().readTree(file(remap, id, "training").toFile()).get("curve"))
        .hasSize(4);
    assertThat(mined(remap, id)).hasSize(16).allSatisfy(TrainRuns::assertIsATuple);

    String extract = printed(ran, "extract");
    assertThat(extract).contains("extractor.gem-p-file=" + id);
    run(extract);
    run(printed(ran, "whiten"));
    assertThat(remap.succeed("status").out()).containsPattern("weights " + id + " +groups ");
    assertThat(remap.succeed("verify").out()).contains("all is well");
    remap.succeed("gc");
    assertThat(exponents(remap, id)).isEqualTo(exponents);
    // They can be trained further.
    remap.set("extractor.gem-p-file", id);
    remap.succeed("train", "--groups", ".", "--parts", "p", "--set", "train.seed=2");
  }

  @Test
  void exponentsOfChannelsAndTheNetworkLearnTogether() throws IOException {
    Remap remap = copy("network").set("train.network-rate", 0.05);
    Remap.Ran ran =
        remap.succeed(
            "train",
            "--groups",
            ".",
            "--parts",
            "p,projection,network",
            "--set",
            "train.p=channel");
    String id = id(ran);

    assertThat(ran.out())
        .contains("train p and projection and network of gem on 768 cells of 5 channels (tiny, ")
        .contains("maps and pixels: ");
    // An epoch was better than the start.
    JsonNode exponents = exponents(remap, id);
    assertThat(exponents).hasSize(5).anyMatch(p -> !p.equals(exponents.get(0)));
    String extract = printed(ran, "extract");
    assertThat(extract).contains("extractor.backbone=" + id);
    assertThat(run(extract).out()).contains("tiny-trained");
    remap
        .run("extract", "--set", "extractor.gem-p-file=" + id)
        .assertRefused(
            2,
            "extractor.gem-p-file is " + id,
            "whose exponents were trained with one network",
            "is another one (tiny)",
            "--backbone " + id);
    remap
        .run(
            "extract",
            "--backbone",
            id,
            "--set",
            "extractor.aggregator=remap",
            "--set",
            "extractor.region-weights=" + id)
        .assertRefused(2, "extractor.region-weights is " + id, "has no such weights, nor any");
    remap
        .run(
            "train",
            "--groups",
            ".",
            "--parts",
            "p",
            "--backbone",
            id,
            "--set",
            "extractor.gem-p-file=" + id,
            "--set",
            "train.p=shared")
        .assertRefused(2, "train.p is shared", "exponents that differ", "train.p = channel");
  }

  @Test
  void aRehearsalComparesWithTheMeanAndWithTheStart() {
    Remap.Ran ran =
        copy("rehearsed")
            .set("train.test", 0.3)
            .succeed("train", "--groups", ".", "--parts", "p", "--rehearse", "1");
    assertThat(ran.out())
        .containsPattern(
            "split 1: mAP of the test [0-9.]+ with p = 1, [0-9.]+ at the start, [0-9.]+ trained")
        .containsPattern("trained over p = 1: [+-][0-9.]+ mAP .* 95 % interval .* by \\d groups");
  }

  @Test
  void damagedExponentsAreMadeAgainByTheCommandThatVerifyPrints() throws IOException {
    Remap remap = copy("damaged");
    String id =
        id(remap.succeed("train", "--groups", ".", "--parts", "p", "--set", "train.p-rate=0.2"));
    Map<String, String> before = files(remap);
    Files.writeString(file(remap, id, "p"), "{}");

    run(repair(remap));
    assertThat(files(remap)).isEqualTo(before);
  }

  @Test
  void whatCannotBeTrainedIsOneSentence() throws IOException {
    listed
        .run("train", "--groups", ".", "--parts", "alpha,projection")
        .assertRefused(2, "train.parts is both", "is gem, which has no region weights to train");
    with("--set", "extractor.aggregator=remap")
        .assertRefused(2, "train.parts is p, but extractor.aggregator is remap, which has no p");
    with("--set", "extractor.aggregator=mac")
        .assertRefused(2, "extractor.aggregator is mac, which has no p to train");
    with("--set", "extractor.gem-p=0.5").assertRefused(2, "extractor.gem-p", "0.5");
    with("--set", "train.p=each").assertRefused(2, "train.p is 'each': it must be shared");
    with("--set", "train.p-rate=-1").assertRefused(2, "train.p-rate");
    with("--start", "entropy")
        .assertRefused(2, "train.start is entropy, which is of region weights");
    listed
        .run("train", "--groups", ".", "--parts", "projection", "--set", "train.p=channel")
        .assertRefused(2, "train.p has no effect here: train.parts is projection, without p");
    Path other = Files.writeString(folder.resolve("other.json"), "{\"p\": [3, 3]}");
    with("--set", "extractor.gem-p-file=" + other)
        .assertRefused(2, "there are 2 of them, but tap 'last' has 5 channels");
    Path wrong = Files.writeString(folder.resolve("wrong.json"), "{\"p\": [3, 3, 0.5, 3, 3]}");
    with("--set", "extractor.gem-p-file=" + wrong)
        .assertRefused(2, "that of channel 2 is 0.5, must be from 1 to 100");
    with("--set", "extractor.gem-p-file=0123456789abcdef")
        .assertRefused(2, "has no such exponents, nor any others: train --parts p makes some");
    listed.run("weigh", "--groups", ".").assertRefused(2, "is gem, which has no regions to weigh");
  }

  /** What a training of exponents says with one more option. */
  private Remap.Ran with(String option, String value) {
    return listed.run("train", "--groups", ".", "--parts", "p", option, value);
  }
}
