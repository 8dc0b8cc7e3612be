package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.RowFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A concatenation whose parts look at different networks, from settings to rows of a store. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SeveralBackbonesTest {
  private static final long SEED = 31;
  private static final int IMAGES = 10;
  private static final int TINY = 5;
  private static final int DEMO = 1792;
  private static final Path DEMO_FOLDER =
      Remap.CONF.resolve("backbones/mobilenet_v2_140_nsfwjs").toAbsolutePath();

  private Path folder;
  private Path tiny;
  private Remap joined;
  private Remap.Ran extracted;

  @BeforeAll
  void extract(@TempDir Path temporary) {
    folder = temporary;
    tiny = folder.resolve("tiny");
    Pictures.folders(folder.resolve("catalogue"), 2, IMAGES / 2, SEED);
    LocalSpark.use("local[1]");
    joined = listed("joined");
    extracted = joined.succeed("extract");
  }

  @AfterAll
  void usualSpark() {
    LocalSpark.use("local[2]");
  }

  private Remap listed(String name) {
    Remap remap = concatenating(new Remap(folder.resolve(name)), DEMO_FOLDER);
    remap.succeed("snapshot", "--catalogue", folder.resolve("catalogue").toString());
    return remap;
  }

  /** The tiny network's, twice, and that of a network of a part's own. */
  private Remap concatenating(Remap remap, Path other) {
    return remap
        .tinyBackbone(tiny)
        .set("extractor.aggregator", "concat")
        .set(
            "extractor.concat",
            "[{aggregator=mac,weight=2},{aggregator=gem,weight=0.5,backbone=\""
                + other
                + "\"},{aggregator=spoc}]");
  }

  private static List<VectorRow> rows(Remap remap, int dimension) {
    Tables tables = new Tables(remap.store());
    return tables.rows(
        tables.ledger(tables.only("descriptors") + "/00000001"),
        "descriptors",
        RowFormat.descriptors(dimension));
  }

  @Test
  void aDescriptorIsWhatTheNetworksExtractorsSayEachAtLengthOneTimesItsWeight() {
    List<VectorRow> together = rows(joined, TINY + DEMO + TINY);
    List<VectorRow> mac = alone("mac", TINY);
    List<VectorRow> gem = alone("gem", DEMO);
    List<VectorRow> spoc = alone("spoc", TINY);

    assertThat(extracted.out()).contains("(tiny + mobilenet_v2_140", ", concat, ");
    assertThat(together).hasSize(IMAGES);
    for (int i = 0; i < IMAGES; i++) {
      float[] vector = together.get(i).vector();
      requireWeighted(vector, 0, mac.get(i).vector(), 2);
      requireWeighted(vector, TINY, gem.get(i).vector(), 0.5);
      requireWeighted(vector, TINY + DEMO, spoc.get(i).vector(), 1);
    }
  }

  private List<VectorRow> alone(String aggregator, int dimension) {
    Remap remap = new Remap(folder.resolve(aggregator)).set("extractor.aggregator", aggregator);
    if (dimension == TINY) {
      remap.tinyBackbone(tiny);
    } else {
      remap.demoBackbone();
    }
    remap.succeed("snapshot", "--catalogue", folder.resolve("catalogue").toString());
    remap.succeed("extract");
    return rows(remap, dimension);
  }

  private static void requireWeighted(float[] whole, int from, float[] part, double weight) {
    double squares = 0;
    for (float x : part) {
      squares += (double) x * x;
    }
    for (int k = 0; k < part.length; k++) {
      float expected = (float) (weight * part[k] / Math.sqrt(squares));
      assertThat(whole[from + k]).as("component %d", from + k).isCloseTo(expected, offset(1e-6f));
    }
  }

  @Test
  void unitsAndThreadsChangeNoBit() {
    LocalSpark.use("local[3]");
    Remap other = listed("other-units").set("unit.images", 3).set("extract.window", 2);
    other.succeed("extract");
    LocalSpark.use("local[1]");

    List<VectorRow> expected = rows(joined, TINY + DEMO + TINY);
    List<VectorRow> found = rows(other, TINY + DEMO + TINY);
    for (int i = 0; i < IMAGES; i++) {
      assertThat(found.get(i).imageId()).isEqualTo(expected.get(i).imageId());
      assertThat(found.get(i).vector()).isEqualTo(expected.get(i).vector());
    }
  }

  @Test
  void everyNetworkIsInTheStoreOnceAndInTheExtractorsFile() throws IOException {
    List<String> files = joined.contents().keySet().stream().sorted().toList();
    assertThat(files.stream().filter(name -> name.endsWith(".pt"))).hasSize(2);
    String spec =
        files.stream()
            .filter(name -> name.matches("extractors/[0-9a-f]+/extractor-.*json"))
            .findFirst()
            .orElseThrow();
    assertThat(Files.readString(joined.store().resolve(spec)))
        .contains(
            BackboneCard.parse(Files.readString(tiny.resolve("card.json"))).sha256(),
            BackboneCard.parse(Files.readString(DEMO_FOLDER.resolve("card.json"))).sha256());
  }

  @Test
  void aFileOfAPartsNetworkThatIsMissingOrAnotherIsRefusedInASentence() throws IOException {
    Path copy = copyOfDemo("copy");
    Files.delete(copy.resolve("backbone.pt"));
    Remap remap = concatenating(new Remap(joined.store()), copy);
    remap.run("extract").assertRefused(2, "copy/backbone.pt cannot be read", "extractor.backbone");
    Files.copy(tiny.resolve("backbone.pt"), copy.resolve("backbone.pt"));
    remap.run("extract").assertRefused(2, "is not the file its card describes");
    concatenating(new Remap(joined.store()), folder.resolve("nowhere"))
        .run("extract")
        .assertRefused(2, "nowhere/card.json cannot be read");
  }

  @Test
  void aBackboneThatNoPartLooksAtIsRefusedWhereItWasSetByHand() {
    new Remap(joined.store())
        .tinyBackbone(tiny)
        .set("extractor.aggregator", "concat")
        .set("extractor.concat", "[{aggregator=gem,backbone=\"" + DEMO_FOLDER + "\"}]")
        .run("extract")
        .assertRefused(
            2, "extractor.backbone has no effect here: every part of extractor.concat names its");
    new Remap(joined.store())
        .tinyBackbone(tiny)
        .set("extractor.aggregator", "concat")
        .set("extractor.concat", "[{aggregator=gem,backbone=\"\"}]")
        .run("extract")
        .assertRefused(2, "the backbone of a part is blank");
  }

  @Test
  void aggregatorsAreComparedOnOneNetworkOnly() {
    joined
        .run("evaluate", "--groups", ".", "--aggregators", "gem,concat")
        .assertRefused(2, "aggregators are compared on one network");
  }

  private Path copyOfDemo(String name) throws IOException {
    Path copy = folder.resolve(name);
    Files.createDirectories(copy);
    for (String file : List.of("backbone.pt", "card.json")) {
      Files.copy(
          DEMO_FOLDER.resolve(file), copy.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    return copy;
  }
}
