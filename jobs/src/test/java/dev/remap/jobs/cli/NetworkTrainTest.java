package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

/** Networks that are trained with region weights, and what takes them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NetworkTrainTest {
  private static final Pattern ID = Pattern.compile("weights ([0-9a-f]{16}), drawn in ");

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
        .set("train.epochs", 3)
        .set("train.batch", 8)
        .set("train.negatives", 2)
        .set("train.network-rate", 0.05)
        .set("train.warm-up", 0.5);
  }

  private Remap copy(String name) {
    FiveNights.tree(listed.store(), folder.resolve(name));
    return settings(folder.resolve(name));
  }

  /** All of it learns, from images that are changed by chance. */
  private Remap changed(String name) {
    return copy(name)
        .set("train.network", "all")
        .set("train.crop", 0.7)
        .set("train.flip", 0.5)
        .set("train.colour", 0.2);
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
    Remap one = changed("one-core");
    one.succeed("train", "--groups", ".", "--parts", "alpha,network");
    LocalSpark.use("local[2]");
    Remap two = changed("two-cores");
    two.succeed("train", "--groups", ".", "--parts", "alpha,network");
    // The network among them: an epoch was better than the start.
    assertThat(files(one).keySet()).anyMatch(name -> name.contains("/backbone-"));
    assertThat(files(two)).isEqualTo(files(one));

    // Only the last checkpoint is needed, which has the best epoch, and the one before it in
    // reserve.
    List<String> checkpoints = FiveNights.list(one, "trainings");
    assertThat(checkpoints).hasSize(2).noneMatch(it -> it.endsWith("-00001"));

    // As a run leaves it that is killed after its second epoch.
    Remap killed = changed("killed");
    Path trainings = killed.store().resolve("trainings");
    Files.createDirectories(trainings);
    String first =
        FiveNights.list(one, "trainings").stream()
            .filter(it -> it.endsWith("-00002"))
            .findFirst()
            .orElseThrow();
    FiveNights.tree(one.store().resolve("trainings").resolve(first), trainings.resolve(first));
    Remap.Ran resumed = killed.succeed("train", "--groups", ".", "--parts", "alpha,network");

    assertThat(resumed.out())
        .contains("going on after epoch 2")
        .doesNotContain("epoch 2 of 3")
        .contains("epoch 3 of 3");
    assertThat(files(killed)).isEqualTo(files(one));
  }

  @Test
  void whatIsTrainedIsAnExtractorsNetworkWithACardThatNamesWhereItIsFrom() throws IOException {
    Remap remap = copy("printed");
    Remap.Ran ran = remap.succeed("train", "--groups", ".", "--parts", "alpha,network");
    String id = id(ran);

    assertThat(ran.out())
        .contains("train weights and network of 40 regions of 2 taps (tiny, 128×96) by snapshot")
        .contains("3 tensors of the network learn on cpu, from patch to mix, 216 numbers")
        .contains("region vectors and pixels: ")
        .contains("books: 25 images = 24 trained with + 0 alone in their groups + 1 rejected");
    BackboneCard parent =
        BackboneCard.parse(Files.readString(folder.resolve("backbone/card.json")));
    BackboneCard card = BackboneCard.parse(Files.readString(file(remap, id, "card")));
    assertThat(card.name()).isEqualTo("tiny-trained");
    assertThat(card.licence()).isEqualTo(parent.licence());
    assertThat(card.source()).contains(parent.sha256()).contains("on snapshot 1 by extractor ");
    try (InputStream network = Files.newInputStream(file(remap, id, "backbone"))) {
      assertThat(card.sha256()).isEqualTo(Sha256.hex(network));
    }
    String line =
        PrintedLines.in(ran.out()).stream()
            .filter(printed -> printed.startsWith("remap extract "))
            .findFirst()
            .orElseThrow();
    assertThat(line).contains("extractor.backbone=" + id);
    // Weights that were learnt for its maps are not taken for those of another network.
    remap
        .run("extract", "--set", "extractor.region-weights=" + id)
        .assertRefused(
            2,
            "extractor.region-weights is " + id,
            "trained with one network",
            "is another one (tiny)",
            "--backbone " + id);
    Remap.Ran extracted = Remap.line(PrintedLines.words(line));
    assertThat(extracted.status()).as("%s: %s", line, extracted).isZero();
    assertThat(extracted.out()).contains("tiny-trained");
    assertThat(remap.succeed("verify").out()).contains("all is well");
    // It can be trained further.
    Remap.Ran further =
        remap.succeed("train", "--groups", ".", "--parts", "network", "--backbone", id);
    assertThat(further.out()).contains("train network of 40 regions of 2 taps (tiny-trained, ");
  }

  @Test
  void weightsInAConcatenationAreForTheNetworkOfTheirOwnPart() {
    Remap remap = copy("joined");
    String id = id(remap.succeed("train", "--groups", ".", "--parts", "alpha,network"));
    remap.set("extractor.aggregator", "concat");
    String weighed = "{aggregator=remap,region-weights=\"" + id + "\"";
    String network = "backbone=\"" + id + "\"}";
    remap
        .run(
            "extract",
            "--set",
            "extractor.concat=[" + weighed + "},{aggregator=mac," + network + "]")
        .assertRefused(
            2, "extractor.region-weights is " + id, "is another one (tiny)", "its own backbone");
    remap.succeed(
        "extract", "--set", "extractor.concat=[{aggregator=mac}," + weighed + "," + network + "]");
  }

  @Test
  void aRehearsalLeavesTheNetworkAsItWas() {
    Remap remap = copy("rehearsed").set("train.network", "1").set("train.test", 0.3);
    Remap.Ran plain = remap.succeed("train", "--groups", ".", "--parts", "network");
    Remap.Ran rehearsed =
        remap.succeed("train", "--groups", ".", "--parts", "network", "--rehearse", "1");
    assertThat(rehearsed.out())
        .contains("split 1, epoch 3 of 3: loss ")
        .contains("split 1: mAP of the test ")
        .contains("trained over ones: ");
    // What is trained at last does not begin where a rehearsal ended.
    assertThat(id(rehearsed)).isEqualTo(id(plain));
  }

  @Test
  void whatCannotBeTrainedIsOneSentence() throws IOException {
    Path frozen = Files.createDirectories(folder.resolve("frozen"));
    for (String name : new String[] {"backbone.pt", "card.json"}) {
      Files.copy(
          Remap.FIXTURES.resolve("dev/remap/core/training/network/frozen").resolve(name),
          frozen.resolve(name),
          StandardCopyOption.REPLACE_EXISTING);
    }
    listed
        .run("train", "--groups", ".", "--parts", "network", "--backbone", frozen.toString())
        .assertRefused(2, "are constants, which cannot learn", "bin/export-backbone --trainable");
    listed
        .run("train", "--groups", ".", "--parts", "network", "--set", "train.network=layer4")
        .assertRefused(2, "'layer4' is how the name of no parameter begins", "'patch' to 'mix'");
    listed
        .run("train", "--groups", ".", "--set", "train.network=[")
        .assertRefused(2, "train.network: '[' is no regular expression");
    listed
        .run("train", "--groups", ".", "--parts", "network", "--set", "train.cache=300k")
        .assertRefused(2, "The region vectors and pixels of 25 images are", "train.cache");
    listed
        .run("extract", "--backbone", "0123456789abcdef")
        .assertRefused(2, "extractor.backbone is 0123456789abcdef", "no such weights");
    listed
        .run("train", "--groups", ".", "--set", "train.flip=0.5")
        .assertRefused(
            2, "train.flip has no effect", "train.parts is alpha, and only a network learns");
    Remap alone = copy("alone");
    String id = id(alone.succeed("train", "--groups", "."));
    alone
        .run("extract", "--backbone", id)
        .assertRefused(2, "no network was trained with these weights");
  }
}
