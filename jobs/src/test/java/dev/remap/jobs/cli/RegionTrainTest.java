package dev.remap.jobs.cli;

import static dev.remap.jobs.cli.TrainRuns.file;
import static dev.remap.jobs.cli.TrainRuns.files;
import static dev.remap.jobs.cli.TrainRuns.in;
import static dev.remap.jobs.cli.TrainRuns.printed;
import static dev.remap.jobs.cli.TrainRuns.repair;
import static dev.remap.jobs.cli.TrainRuns.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.core.whitening.Metric;
import dev.remap.core.whitening.Whitening;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.table.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Projections of regions and attention that are trained, and what takes them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegionTrainTest {
  private static final Pattern ID =
      Pattern.compile("  (region projections|attention weights) ([0-9a-f]{16})\n");

  private Path folder;
  private Remap listed;
  private String ofDir;
  private String ofAttention;

  /** Six groups of four, a file that is no image, and whitenings of regions. */
  @BeforeAll
  void snapshot(@TempDir Path temporary) throws IOException {
    folder = temporary;
    Path catalogue = folder.resolve("catalogue");
    Pictures.folders(catalogue, 6, 4, 4711);
    Files.writeString(catalogue.resolve("g02/text.jpg"), "no image");
    listed = settings(folder.resolve("store"));
    listed.succeed("snapshot", "--catalogue", catalogue.toString());
    ofDir = whitening(settings(listed.store()), "dir");
    ofAttention = whitening(settings(listed.store()), "regional-attention");
  }

  private static String whitening(Remap remap, String aggregator) {
    return remap
        .succeed("whiten-regions", "--for", aggregator, "--dimension", "4")
        .out()
        .replaceAll("(?s).*region whitening ([0-9a-f]{16}): .*", "$1");
  }

  @AfterEach
  void usualSpark() {
    LocalSpark.use("local[2]");
  }

  private Remap settings(Path store) {
    return new Remap(store)
        .tinyBackbone(folder.resolve("backbone"))
        .set("extractor.levels", 2)
        .set("train.epochs", 3)
        .set("train.batch", 8)
        .set("train.patience", 3);
  }

  private Remap copy(String name) {
    FiveNights.tree(listed.store(), folder.resolve(name));
    return settings(folder.resolve(name));
  }

  private Remap dir(String name) {
    return copy(name).set("extractor.aggregator", "dir").set("extractor.region-whitening", ofDir);
  }

  private Remap attention(String name) {
    return copy(name).set("extractor.aggregator", "regional-attention");
  }

  private Remap whitened(String name) {
    return attention(name).set("extractor.region-whitening", ofAttention);
  }

  private Remap by(String aggregator, String name) {
    return aggregator.equals("dir") ? dir(name) : whitened(name);
  }

  private static String[] options(String parts, String... more) {
    List<String> options = new ArrayList<>(List.of("--groups", ".", "--parts", parts));
    options.addAll(Arrays.asList(more));
    return options.toArray(String[]::new);
  }

  private static String id(Remap.Ran ran) {
    Matcher found = ID.matcher(ran.out());
    assertThat(found.find()).as("output: %s", ran).isTrue();
    return found.group(2);
  }

  /** What a report says of them. */
  private static List<String> sentences(Remap remap) {
    Store store = Store.open(remap.store().toUri().toString(), new Configuration());
    return Weights.all(store).stream()
        .flatMap(weights -> Weights.sentence(store, weights).stream())
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "dir, 'region-projection,projection'",
    "regional-attention, 'attention,region-projection'"
  })
  void theSameBytesComeOfAnyNumberOfCoresAndATrainingThatGoesOnMakesThemToo(
      String aggregator, String parts) throws IOException {
    LocalSpark.use("local[1]");
    Remap one = by(aggregator, aggregator + "-one-core");
    one.succeed("train", options(parts));
    LocalSpark.use("local[2]");
    Remap two = by(aggregator, aggregator + "-two-cores");
    two.succeed("train", options(parts));
    assertThat(files(one)).hasSizeGreaterThanOrEqualTo(6);
    assertThat(files(two)).isEqualTo(files(one));

    Remap killed = by(aggregator, aggregator + "-killed");
    TrainRuns.killedAfterTwoEpochs(one, killed);
    assertThat(killed.succeed("train", options(parts)).out())
        .contains("going on after epoch 2")
        .contains("epoch 3 of 3");
    assertThat(files(killed)).isEqualTo(files(one));
  }

  @Test
  void thePrintedCommandsDescribeByTheTrainedProjectionOfRegions() throws IOException {
    Remap remap = dir("printed");
    Remap.Ran ran =
        remap.succeed(
            "train", options("region-projection", "--set", "train.region-projection-rate=0.05"));
    String id = id(ran);

    assertThat(ran.out())
        .contains(
            "train region projection of dir, of 8 regions from 5 channels to 4 (tiny, 128×96; the"
                + " network stays as it is)")
        .contains("region vectors: ")
        .containsPattern("epoch 3 of 3: loss [0-9.]+, held-out mAP [0-9.]+ \\(best ")
        .containsPattern("region projection: 5 channels to 4, moved by [0-9.]+ %")
        .contains("books: 25 images = 24 trained with + 0 alone in their groups + 1 rejected");
    Path kept = file(remap, id, "region-whitening");
    Whitening whitening = Whitening.fromBytes(Files.readAllBytes(kept));
    assertThat(whitening.inputDimension()).isEqualTo(5);
    assertThat(whitening.dimension()).isEqualTo(4);
    assertThat(whitening.reason()).contains("trained");
    assertThat(sentences(remap))
        .containsExactly("Whitening of regions %s, trained: from 5 channels to 4.".formatted(id));
    JsonNode training = new ObjectMapper().readTree(file(remap, id, "training").toFile());
    assertThat(training.get("curve")).hasSize(4);
    assertThat(training.get("settings").textValue())
        .contains("parts=region-projection", "regionProjectionRate=0.05");

    String extract = printed(ran, "extract");
    assertThat(extract).contains("extractor.region-whitening=" + id).doesNotContain(ofDir);
    assertThat(extract).contains("extractor.levels=2");
    run(extract);
    assertThat(remap.succeed("status").out()).containsPattern("weights " + id + " +groups ");
    assertThat(remap.succeed("verify").out()).contains("all is well");
    remap.succeed("gc");
    // They can be trained further, and other settings than before make others.
    remap.set("extractor.region-whitening", id);
    Remap.Ran further = remap.succeed("train", options("region-projection"));
    assertThat(id(further)).isNotEqualTo(id);
    remap
        .set("extractor.region-whitening", "0123456789abcdef")
        .run("extract")
        .assertRefused(2, "0123456789abcdef", "has no such whitening of regions", ofDir, id);
  }

  @Test
  void thePrintedCommandsDescribeByTheTrainedAttention() throws IOException {
    Remap remap = attention("attention");
    Remap.Ran ran =
        remap.succeed("train", options("attention,projection", "--set", "train.attention-units=7"));
    String id = id(ran);

    assertThat(ran.out())
        .contains(
            "train attention and projection of regional-attention, of 8 regions of 5 channels by 7"
                + " hidden units (tiny, ")
        .contains("maxima and means of regions: ")
        .containsPattern("attention: W₁ moved by [0-9.]+ %, w₂ moved by [0-9.]+ %");
    JsonNode attention = new ObjectMapper().readTree(file(remap, id, "attention").toFile());
    assertThat(attention.get("levels").intValue()).isEqualTo(2);
    assertThat(attention.get("hidden").get("weights")).hasSize(7);
    assertThat(sentences(remap))
        .containsExactly(
            "Regional attention %s: 7 hidden units that see 5 channels, on 2 levels of regions."
                .formatted(id));
    String extract = printed(ran, "extract");
    assertThat(extract)
        .contains("extractor.attention-weights=" + id)
        .doesNotContain("extractor.levels", "region-whitening");
    run(extract);
    run(printed(ran, "whiten"));
    assertThat(remap.succeed("verify").out()).contains("all is well");

    // From these on, without anything about how new ones begin.
    Remap further =
        new Remap(remap.store())
            .tinyBackbone(folder.resolve("backbone"))
            .set("extractor.aggregator", "regional-attention")
            .set("extractor.attention-weights", id)
            .set("train.epochs", 1);
    assertThat(id(further.succeed("train", options("attention")))).isNotEqualTo(id);
    further
        .run("train", options("attention", "--set", "train.attention-units=3"))
        .assertRefused(2, "train.attention-units has no effect here: extractor.attention-weights");
    further
        .run("train", options("attention", "--set", "extractor.levels=3"))
        .assertRefused(2, "extractor.levels has no effect here: extractor.attention-weights has");
    further
        .set("extractor.attention-weights", "0123456789abcdef")
        .run("extract")
        .assertRefused(2, "has no such attention weights, only ", id);
  }

  @Test
  void attentionAndProjectionOfRegionsAndTheNetworkLearnTogether() throws IOException {
    Remap remap = whitened("network").set("train.network-rate", 0.05);
    Remap.Ran ran =
        remap.succeed(
            "train",
            options("attention,region-projection,network", "--set", "train.attention-rate=0.1"));
    String id = id(ran);

    assertThat(ran.out())
        .contains("train region projection and attention and network of regional-attention, of 8")
        .contains("maxima and means of regions and pixels: ");
    String extract = printed(ran, "extract");
    assertThat(extract)
        .contains("extractor.backbone=" + id)
        .contains("extractor.attention-weights=" + id)
        .contains("extractor.region-whitening=" + id);
    assertThat(run(extract).out()).contains("tiny-trained");
    Remap another =
        new Remap(remap.store())
            .tinyBackbone(folder.resolve("backbone"))
            .set("extractor.aggregator", "regional-attention");
    another
        .run("extract", "--set", "extractor.attention-weights=" + id)
        .assertRefused(
            2,
            "extractor.attention-weights is " + id,
            "were trained with one network",
            "--backbone " + id);
    another
        .set("extractor.aggregator", "dir")
        .run("extract", "--set", "extractor.region-whitening=" + id)
        .assertRefused(2, "extractor.region-whitening is " + id, "were trained with one network");
  }

  @Test
  void theNetworkBeforeDirLearns() throws IOException {
    Remap remap = dir("dir-network").set("train.network-rate", 0.05);
    String id = id(remap.succeed("train", options("network,region-projection")));
    assertThat(file(remap, id, "backbone")).exists();
    assertThat(file(remap, id, "region-whitening")).exists();
    // What does not learn is as it was.
    Remap alone = dir("dir-projection");
    String kept = id(alone.succeed("train", options("projection")));
    Path given = in(alone, "region-whitenings/" + ofDir, "whitening");
    assertThat(file(alone, kept, "region-whitening")).hasSameBinaryContentAs(given);
  }

  @ParameterizedTest
  @CsvSource({"dir, region-projection, rmac", "regional-attention, attention, ones"})
  void aRehearsalComparesWithThePlainOneAndWithTheStart(
      String aggregator, String parts, String plain) {
    Remap.Ran ran =
        by(aggregator, aggregator + "-rehearsed")
            .set("train.test", 0.3)
            .succeed("train", options(parts, "--rehearse", "1"));
    assertThat(ran.out())
        .containsPattern(
            "split 1: mAP of the test [0-9.]+ with " + plain + ", [0-9.]+ at the start, [0-9.]+")
        .containsPattern("trained over " + plain + ": [+-][0-9.]+ mAP .* 95 % interval .* groups");
  }

  @ParameterizedTest
  @CsvSource({
    "dir, region-projection, region-whitening",
    "regional-attention, attention, attention"
  })
  void damagedOnesAreMadeAgainByTheCommandThatVerifyPrints(
      String aggregator, String parts, String file) throws IOException {
    Remap remap = by(aggregator, aggregator + "-damaged");
    String id = id(remap.succeed("train", options(parts)));
    Map<String, String> before = files(remap);
    Files.writeString(file(remap, id, file), "{}");

    run(repair(remap));
    assertThat(files(remap)).isEqualTo(before);
  }

  @Test
  void whatCannotBeTrainedIsOneSentence() throws IOException {
    Remap dir = dir("refused");
    dir.run("train", options("alpha"))
        .assertRefused(
            2,
            "train.parts is alpha, but extractor.aggregator is dir, which has no region weights",
            "--parts region-projection");
    dir.run("train", options("attention"))
        .assertRefused(2, "is dir, which has no attention to train: set it to regional-attention");
    new Remap(dir.store())
        .tinyBackbone(folder.resolve("backbone"))
        .run("train", options("region-projection", "--set", "extractor.aggregator=gem"))
        .assertRefused(
            2, "is gem, which has no projection of single regions to train", "--parts p");
    dir.run("train", options("region-projection", "--start", "entropy"))
        .assertRefused(2, "train.start is entropy, which is of region weights");
    dir.run("train", options("projection", "--set", "train.region-projection-rate=1"))
        .assertRefused(
            2, "train.region-projection-rate has no effect", "without region-projection");
    dir.run("train", options("region-projection", "--set", "train.attention-units=1"))
        .assertRefused(2, "train.attention-units has no effect here", "without attention");
    dir.run("train", options("region-projection", "--set", "train.region-projection-rate=-1"))
        .assertRefused(2, "train.region-projection-rate");
    dir.run("train", options("region-projection", "--set", "extractor.region-whitening=none.bin"))
        .assertRefused(2, "none.bin");
    Remap bare = copy("bare").set("extractor.aggregator", "dir");
    Remap.Ran none = bare.run("train", options("region-projection"));
    none.assertRefused(2, "names nothing that the projection of regions could begin as");
    String line = PrintedLines.in(none.err()).get(0);
    assertThat(line).contains("--for dir").doesNotContain("train.");
    run(line);
    Path wide =
        Files.write(
            folder.resolve("wide.bin"), Whitening.none(8, Metric.COSINE, "another").toBytes());
    dir.run("train", options("region-projection", "--set", "extractor.region-whitening=" + wide))
        .assertRefused(2, "extractor.region-whitening does not fit", "8 channels, not 5");

    Remap attention = attention("refused-attention");
    attention
        .run("train", options("region-projection"))
        .assertRefused(2, "names nothing that the projection", "--for regional-attention");
    attention
        .run("train", options("attention", "--set", "train.attention-units=0"))
        .assertRefused(2, "train.attention-units");
    Path other =
        Files.writeString(
            folder.resolve("other.json"),
            """
            {"schema-version":1,"levels":2,"activation":"tanh",
             "hidden":{"weights":[[1,2,-1,0.5]],"bias":[0.5]},
             "output":{"weights":[1],"bias":0.1}}
            """);
    new Remap(attention.store())
        .tinyBackbone(folder.resolve("backbone"))
        .set("extractor.aggregator", "regional-attention")
        .set("extractor.attention-weights", other)
        .run("train", options("attention"))
        .assertRefused(2, "for regions of 2 channels", "has 5");
  }
}
