package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Stages out of order, and inputs that do not belong together: a sentence, and a store that is as
 * it was.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadStageTest {
  private Path folder;
  private Path catalogue;

  /** Holds a snapshot. */
  private Remap listed;

  /** Holds all up to an index that is not published. */
  private Remap built;

  @BeforeAll
  void stores(@TempDir Path temporary) {
    folder = temporary;
    catalogue = folder.resolve("catalogue");
    Pictures.folders(catalogue, 2, 20, 7);
    listed = snapshot("listed", catalogue);
    built = snapshot("built", catalogue);
    for (String stage : List.of("extract", "whiten", "quantize", "build")) {
      built.succeed(stage);
    }
  }

  private Remap snapshot(String name, Path images) {
    Remap remap = new Remap(folder.resolve(name)).tinyBackbone(folder.resolve("tiny"));
    remap.succeed("snapshot", "--catalogue", images.toString());
    return remap;
  }

  private static void refused(Remap remap, Supplier<Remap.Ran> command, String... parts) {
    Map<String, String> before = remap.contents();

    command.get().assertRefused(2, parts);

    assertThat(remap.contents()).isEqualTo(before);
  }

  private static void refused(Remap remap, String line, String... parts) {
    String[] words = line.split(" ", -1);
    String[] options = java.util.Arrays.copyOfRange(words, 1, words.length);
    refused(remap, () -> remap.run(words[0], options), parts);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "whiten | no complete descriptors | Run `remap extract --store ",
        "quantize | no complete vectors | run `remap whiten --store ",
        "build | no complete vectors | run `remap whiten --store ",
        "publish | Index 'default' has no complete generation | run `remap build --store ",
        "evaluate --copies 2 | has no complete generation | run `remap build --store ",
        "search --image x.jpg | is not published | run `remap publish --store ",
        "files --table vectors | no complete vectors | run `remap whiten --store ",
        "extract --snapshot 7 | There is no snapshot 7 | the store has [1]",
      })
  void aStageWhoseInputIsMissingNamesTheStageThatMakesIt(String line, String what, String next) {
    refused(listed, line, what, next);
  }

  @Test
  void anExtractionNeedsASnapshot() {
    Remap empty = new Remap(folder.resolve("no-snapshot")).tinyBackbone(folder.resolve("tiny"));
    Store.openOrCreate(empty.store().toUri().toString(), new Configuration());

    refused(empty, "extract", "has no snapshot: run `remap snapshot --store ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "search --image x.jpg | Index 'default' is not published",
        "search --name .. --image x.jpg | index.name is '..'",
        "build --name a/b | index.name is 'a/b'",
        "publish --generation 9 | has no complete generation 9; it has [1]",
        "build --quantizer none | There is no quantizer none",
        "build --name other --new-index --set index.memory=1k | index.memory is 1.0 kB",
        "quantize --spec Flat | there is no IVF part",
        "quantize --spec IVF5000,PQ4np | needs at least 5,000 vectors to train on; there are 40",
        "quantize --spec IVF4,PQ3x4np | is not a multiple of m = 3",
        "evaluate --copies 0 | --copies is 0",
        "evaluate --groups g07 | --groups g07 gives no group of two or more indexed images",
        "evaluate --groups none.csv | none.csv does not exist: check --groups",
        "files --table entries | There is no table entries",
        "whiten --dimension -1 | whitening.dimension is -1: it must be from 0",
        "whiten --set whitening.power=7 | whitening.power is 7.0: it must be from 0.0 to 1.0",
        "whiten --use none.bin | none.bin is no whitening that can be used",
      })
  void anOptionThatDoesNotFitTheStoreIsRefused(String line, String part) {
    refused(built, line, part);
  }

  @Test
  void aWhiteningNeedsTheRankItIsAskedFor() {
    refused(built, "whiten --dimension 10", "whitening of 10 dimensions", "numerical rank 9");
  }

  @Test
  void descriptorsOfAnotherExtractorAreNotTaken() {
    refused(
        built,
        "whiten --set extractor.scales=[{long-side=64,short-side=48,weight=1}]",
        "no complete descriptors by extractor",
        "the store has those of",
        "give the settings that extracted");
  }

  @Test
  void aWhiteningOfOtherDescriptorsIsNotTaken() throws IOException {
    Remap other = snapshot("gem", catalogue).set("extractor.aggregator", "gem");
    other.succeed("extract");
    Path whitening;
    try (var files = Files.walk(built.store().resolve("whitenings"))) {
      whitening = files.filter(file -> file.toString().endsWith(".bin")).findFirst().orElseThrow();
    }

    refused(
        other,
        "whiten --use " + whitening,
        "whitens descriptors of 9 components",
        "have 5. Was it fitted for another extractor?");
    refused(other, "whiten --use " + folder.resolve("tiny/card.json"), "is no whitening");
    assertThat(other.store().resolve("whitenings")).doesNotExist();
  }

  @Test
  void aBackboneMustBeThereAndBeTheOneOnItsCard() throws IOException {
    refused(
        listed, "extract --backbone " + folder.resolve("none"), "none/card.json cannot be read");
    Path changed = folder.resolve("changed");
    new Remap(folder).tinyBackbone(changed);
    Files.write(changed.resolve("backbone.pt"), new byte[] {1, 2, 3});

    refused(
        listed,
        "extract --backbone " + changed,
        "changed/backbone.pt is not the file its card describes",
        "e1c03c1f5057082fc78c9daf603ecf18edee85c31d8be45ce16ba2601f075641");

    Files.delete(changed.resolve("backbone.pt"));
    refused(listed, "extract --backbone " + changed, "changed/backbone.pt cannot be read");
    Files.writeString(changed.resolve("card.json"), "{nonsense");
    refused(listed, "extract --backbone " + changed, "changed/card.json: ", "is not JSON");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "extractor.aggregator=sum | it must be remap, ",
        "extractor.scales=[] | extractor.scales has 0 entries",
        "extractor.scales=[{long-side=64}] | 'short-side'",
        "extractor.scales=[{long-side=48,short-side=64,weight=1}] | short-side is 64: it must be"
            + " from 1 to 48",
        "extractor.region-weights=none.json | none.json cannot be read: check extractor.region-w",
        "extractor.aggregator=dir | extractor.region-whitening names no file: give one, or take",
        "extractor.aggregator=regional-attention | extractor.attention-weights names no file: give",
        "extractor.aggregator=concat | extractor.concat has 0 parts: it must have from 1 to 16",
        "image.max-bytes=plenty | image.max-bytes: ",
        "image.read-timeout=soon | image.read-timeout: ",
      })
  void anExtractorThatCannotBeIsRefused(String setting, String part) {
    if (setting.startsWith("image.read")) {
      // Not part of the extractor: met when the work begins.
      listed.run("extract", "--set", setting).assertRefused(2, part);
    } else {
      refused(listed, "extract --set " + setting, part);
    }
  }

  @Test
  void aDeviceThatIsNotThereCommitsNothing() {
    listed.run("extract", "--device", "tpu").assertRefused(2, "must be auto, cpu or gpu");
    listed
        .run("extract", "--device", "gpu")
        .assertRefused(
            2, "extract.device is gpu", "Spark assigns none to this run's tasks", "--device cpu");

    assertThat(listed.contents().keySet())
        .noneMatch(name -> name.contains("descriptors/") && name.contains("/records/"));
  }

  @Test
  void fiveImagesAreTooFewForAQuantizer() {
    Pictures.folders(folder.resolve("five"), 1, 5, 7);
    Remap five = snapshot("five-images", folder.resolve("five"));
    five.succeed("extract");
    five.succeed("whiten");

    refused(five, "quantize", "needs at least 16 vectors", "the catalogue has 5");
  }

  @Test
  void oneImageIsTooFewForAWhitening() {
    Pictures.folders(folder.resolve("one"), 1, 1, 7);
    Remap one = snapshot("one-image", folder.resolve("one"));
    one.succeed("extract");

    refused(one, "whiten", "1 image is described", "needs at least 2");
  }

  @Test
  void queriesThatCannotBeAskedAreRefused() throws IOException {
    Remap published = new Remap(built.store()).tinyBackbone(folder.resolve("tiny"));
    published.set("index.name", "queries").succeed("build", "--new-index");
    published.succeed("publish");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path image = catalogue.resolve("g00/p000.jpg");

    refused(published, "search --image none.jpg", "none.jpg does not exist: give an image");
    refused(published, "search --image " + empty, "has no files: give an image");
    refused(published, "search --image foo://x", "No FileSystem for scheme \"foo\"");
    refused(published, "search --image " + image + " -k 0", "search.k is 0");
    refused(published, "search --image " + image + " --exact 3", "--exact 3 ranks fewer than");
    refused(
        published,
        "search --image " + folder.resolve("tiny/card.json"),
        "None of the 1 query could be described",
        "not a JPEG, PNG or WebP");
  }

  @Test
  void groupsOfAnUnreadableTableAreRefused() throws IOException {
    Path table = Files.writeString(folder.resolve("groups.csv"), "image_id,label\na,b\n");
    refused(built, "evaluate --groups " + table, "needs the columns image_id and group");
    Path parquet = Files.writeString(folder.resolve("groups.parquet"), "words");
    refused(built, "evaluate --groups " + parquet, "groups.parquet cannot be read as parquet");
    Path directory = Files.createDirectory(folder.resolve("folder.csv"));
    refused(built, "evaluate --groups " + directory, "folder.csv cannot be read as csv");
  }
}
