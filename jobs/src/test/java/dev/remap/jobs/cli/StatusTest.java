package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.run.RunEnd;
import dev.remap.jobs.store.run.RunStart;
import dev.remap.jobs.store.run.Runs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What status tells of a store with a history: some nights, rejects that come and go, a refusal.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatusTest {
  private static final long SEED = 4711;
  private static final int NIGHTS = 12;

  private Path folder;
  private Path catalogue;
  private Remap remap;
  private Random random;
  private String afterTheFirst;
  private String interrupted;
  private String notPublished;
  private String status;
  private String rejects;
  private JsonNode json;
  private String wentBack;
  private JsonNode wentBackJson;
  private String lost;

  @BeforeAll
  void manyNights(@TempDir Path temporary) throws IOException {
    folder = temporary;
    catalogue = folder.resolve("catalogue");
    random = new Random(SEED);
    Pictures.folders(catalogue, 2, 20, SEED);
    broken("broken-1.jpg", 3);
    broken("broken-2.jpg", 4);
    broken("mended.jpg", 5);
    broken("gone.jpg", 6);
    remap = new Remap(folder.resolve("store")).tinyBackbone(folder.resolve("tiny"));
    remap.set("catalogue.uri", catalogue).set("index.shards", 2).set("unit.images", 30);
    // No compaction: the tables of many layers are what is looked at.
    remap.set("compact.max-layers", 1000).set("compact.max-delta-ratio", 1000);
    remap.set("publish.copies", 0);
    firstNight();
    afterTheFirst = remap.succeed("status").out();

    picture("mended.jpg");
    Files.delete(catalogue.resolve("gone.jpg"));
    broken("broken-later.jpg", 7);
    for (int night = 2; night <= NIGHTS; night++) {
      picture("night-" + night + ".jpg");
      remap.succeed("reindex");
    }
    refusedNight();
    status = remap.succeed("status").out();
    rejects = remap.succeed("status", "--rejects").out();
    json = new ObjectMapper().readTree(remap.succeed("status", "--json").out());
    longWayBack();
  }

  /** To a generation with more than ten newer ones, which is lost then. */
  private void longWayBack() throws IOException {
    remap.succeed("rollback", "--generation", "2");
    wentBack = remap.succeed("status").out();
    wentBackJson = new ObjectMapper().readTree(remap.succeed("status", "--json").out());
    Path live = remap.store().resolve("indexes/default/00000002");
    Files.move(live, folder.resolve("lost"));
    Ledgers.forget();
    lost = remap.succeed("status").out();
    Files.move(folder.resolve("lost"), live);
  }

  /** One image is away between listing and extraction, and stays away for a second try. */
  private void firstNight() throws IOException {
    Path away = catalogue.resolve("g00/p011.jpg");
    remap.succeed("snapshot");
    Files.move(away, folder.resolve("away"));
    for (String stage : List.of("extract", "whiten", "quantize")) {
      remap.succeed(stage);
    }
    interrupted = remap.succeed("status").out();
    remap.succeed("build");
    remap.succeed("publish");
    Files.move(folder.resolve("away"), away);
  }

  /** A generation that is built and not published, and the record of a run that refused it. */
  private void refusedNight() throws IOException {
    picture("one-more.jpg");
    remap.succeed("reindex");
    Files.delete(remap.store().resolve("indexes/default/published/00000013.json"));
    notPublished = remap.succeed("status").out();
    Runs runs = new Runs(Store.open(remap.store().toUri().toString(), new Configuration()));
    SortedMap<String, String> none = new TreeMap<>();
    runs.begin(new RunStart("refusal", "publish", Instant.now(), none, none));
    String failure = "Generation 12 of 'default' is not published, as the record says of 13";
    runs.end(
        new RunEnd(
            "refusal",
            Instant.now(),
            Optional.of(failure),
            new TreeMap<>(),
            new TreeMap<>(),
            Optional.of(new RunEnd.Refused("default", 13))));
  }

  private void broken(String name, int bytes) throws IOException {
    Files.createDirectories(catalogue);
    Files.write(catalogue.resolve(name), new byte[bytes]);
  }

  private void picture(String name) throws IOException {
    Files.deleteIfExists(catalogue.resolve(name));
    Pictures.write(catalogue.resolve(name), random, Pictures.LONG, Pictures.SHORT);
  }

  @Test
  void rejectsOfAllLayersAreCountedByReason() {
    assertThat(afterTheFirst)
        .contains("rejected images of snapshot 1")
        .containsPattern("(?m)^ +1  access \\(read\\)$")
        .containsPattern("(?m)^ +4  content \\(decode\\)$");
    assertThat(status)
        .contains("rejected images of snapshot 1")
        .containsPattern("(?m)^ +3  content \\(decode\\)$")
        .doesNotContain("access (");
  }

  @Test
  void listedOneByOneAreThoseThatAreStillOpen() {
    assertThat(rejects)
        .contains("  broken-1.jpg  content/decode: ")
        .contains("  broken-2.jpg  content/decode: ")
        .contains("  broken-later.jpg  content/decode: ")
        .doesNotContain("  mended.jpg  ", "  gone.jpg  ", "p011.jpg  access");
  }

  @Test
  void aLongHistoryIsSummedUp() {
    assertThat(status.lines().filter(line -> line.matches(" +snapshot \\d+ .*"))).hasSize(10);
    assertThat(status)
        .containsPattern("(?m)^ +3 earlier layers of snapshots ")
        .containsPattern("(?m)^ +3 earlier layers of descriptors +extractor [0-9a-f]{16}")
        .containsPattern("(?m)^ +3 earlier generations of index default");
  }

  @Test
  void chainsTellHowDeepTheyAreAndWhetherToCompact() {
    assertThat(status)
        .containsPattern("(?m)^ +snapshots +13 +13 +44 +1\\d +\\d\\d\\.\\d % +not due$");
    assertThat(remap.succeed("status", "--set", "compact.max-layers=8").out())
        .containsPattern("(?m)^ +snapshots +13 +13 +44 +1\\d +\\d\\d\\.\\d % +due$")
        .contains("compact snapshots");
  }

  @Test
  void generationsTellWhenTheyWerePublished() {
    assertThat(status)
        .containsPattern("(?m)^ +default +12 +live +\\d{4}-\\d\\d-\\d\\dT\\S+Z +passed +12 +2$");
  }

  @Test
  void theLiveGenerationIsThereHoweverOldItIs() {
    assertThat(wentBack)
        .containsPattern("(?m)^ +2 earlier generations of index default")
        .containsPattern("(?m)^ +default +2 +live +\\d{4}-\\d\\d-\\d\\dT\\S+Z +rollback +2 +2$")
        .containsPattern("(?m)^ +default +13 +refused ")
        .contains(
            "bring index default from snapshot 2 to 13, if the catalogue has changed since somebody"
                + " went back");
    JsonNode index = wentBackJson.get("indexes").get(0);
    assertThat(index.get("earlier-generations").asInt()).isEqualTo(2);
    assertThat(index.get("generations")).hasSize(11);
    assertThat(index.get("generations").get(0).get("state").asText()).isEqualTo("live");
    assertThat(index.get("generations").get(0).get("snapshot").asInt()).isEqualTo(2);
  }

  @Test
  void aLiveGenerationThatIsLostIsSaidToBe() {
    assertThat(lost)
        .containsPattern("(?m)^ +default +2 +live +\\d{4}-\\d\\d-\\d\\dT\\S+Z +rollback +– +0$")
        .contains("fail, as the live generation 2 of index default cannot be read")
        .doesNotContain("of which nothing is live");
  }

  @Test
  void generationsThatWereNotPublishedSaySo() {
    assertThat(notPublished).containsPattern("(?m)^ +default +13 +not published +– +– +13 +2$");
    assertThat(status)
        .containsPattern("(?m)^ +default +13 +refused +– +– +13 +2$")
        .containsPattern("(?m)^ +default +12 +live ")
        .contains("Generation 12 of 'default' is not published, as the record says of 13");
  }

  @Test
  void whatTheStoreAsksForIsTold() {
    assertThat(interrupted)
        .contains("the next reindex would", "describe, index and publish snapshot 1")
        .contains("see what has changed in the catalogue, and what it takes: `remap plan --store ");
    assertThat(afterTheFirst).contains("try 1 unreachable images again");
    assertThat(status)
        .contains("bring index default from snapshot 12 to 13")
        .doesNotContain("unreachable");
  }

  @Test
  void jsonSaysTheSame() {
    assertThat(json.get("store").asText()).endsWith(remap.store().toString());
    JsonNode reasons = json.get("rejects").get(0).get("reasons");
    assertThat(
            StreamSupport.stream(reasons.spliterator(), false)
                .mapToInt(reason -> reason.get("images").asInt())
                .sum())
        .isEqualTo(3);
    JsonNode snapshots = json.get("tables").get(0);
    assertThat(snapshots.get("kind").asText()).isEqualTo("snapshots");
    assertThat(snapshots.get("layers")).hasSize(10);
    assertThat(snapshots.get("earlier-layers").asInt()).isEqualTo(3);
    assertThat(snapshots.get("chain").get("layers").asInt()).isEqualTo(13);
    assertThat(json.get("next-night").get("unreachable-images").asInt()).isZero();
    assertThat(json.get("last-runs")).isNotEmpty();
    json.fieldNames().forEachRemaining(name -> assertThat(name).matches("[a-z-]+"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--json --rejects | mutually exclusive",
        "--set compact.max-layers=0 | compact.max-layers is 0: it must be from 1",
      })
  void optionsThatDoNotFitAreOneSentence(String line, String part) {
    remap.run("status", line.split(" ", -1)).assertRefused(2, part);
  }
}
