package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A plan says what the next night does, before it does it, and afterwards how wrong it was. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NightPlanTest {
  private static final long SEED = 77;
  private static final int UNIT = 9;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern STAGE =
      Pattern.compile("(?m)^ +(\\w+) +([\\d,]+) +([\\d,]+) +(unknown|[\\d.]+ \\w*B) .*$");

  private Path folder;
  private Path catalogue;
  private Remap remap;
  private Remap.Ran first;
  private Map<String, String> whileListed;
  private String night;
  private String withCopies;
  private String paid;
  private String upToDate;
  private String afterwards;
  private String interrupted;
  private int changes;

  /** Units and images of a stage, as the plan's table has them. */
  private record Planned(long units, long images) {
    static Map<String, Planned> in(String out) {
      Map<String, Planned> stages = new TreeMap<>();
      Matcher rows = STAGE.matcher(out);
      while (rows.find()) {
        stages.put(rows.group(1), new Planned(number(rows.group(2)), number(rows.group(3))));
      }
      return stages;
    }

    private static long number(String text) {
      return Long.parseLong(text.replace(",", ""));
    }
  }

  @BeforeAll
  void twoNights(@TempDir Path temporary) throws IOException {
    folder = temporary;
    catalogue = folder.resolve("catalogue");
    Pictures.folders(catalogue, 2, 20, SEED);
    Files.write(catalogue.resolve("broken.jpg"), new byte[] {1, 2, 3});
    remap = new Remap(folder.resolve("store")).tinyBackbone(folder.resolve("tiny"));
    remap.set("unit.images", UNIT).set("index.shards", 3).set("catalogue.uri", catalogue);
    remap.set("publish.copies", 0);

    first = remap.succeed("plan");
    assertThat(remap.store()).as("a plan makes no store").doesNotExist();
    firstNight();

    change();
    withCopies = remap.succeed("plan", "--set", "publish.copies=10").out();
    Map<String, String> before = remap.contents();
    night = remap.succeed("plan").out();
    whileListed = remap.contents();
    assertThat(whileListed).as("a plan writes nothing but its record").isEqualTo(before);
    paid =
        remap
            .succeed(
                "plan",
                "--set",
                "plan.rate-per-executor-hour=3600",
                "--set",
                "plan.currency=CHF",
                "--set",
                "plan.executors=4")
            .out();
    remap.succeed("reindex");
    upToDate = remap.succeed("plan").out();
    change();
    afterwards = remap.succeed("plan").out();
    // A night that is interrupted after its listing.
    remap.succeed("snapshot");
    interrupted = remap.succeed("plan").out();
    remap.succeed("reindex");
  }

  /** One image cannot be reached: it is away between the listing and the extraction. */
  private void firstNight() throws IOException {
    Path away = catalogue.resolve("g00/p011.jpg");
    remap.succeed("snapshot");
    Files.move(away, folder.resolve("away"));
    for (String stage : List.of("extract", "whiten", "quantize", "build", "publish")) {
      remap.succeed(stage);
    }
    Files.move(folder.resolve("away"), away);
  }

  private void change() throws IOException {
    Random random = new Random(SEED + ++changes);
    try (Stream<Path> files = Files.list(catalogue.resolve("g01"))) {
      Files.delete(files.sorted().findFirst().orElseThrow());
    }
    Pictures.write(catalogue.resolve("g00/p003.jpg"), random, Pictures.LONG, Pictures.SHORT + 8);
    for (int i = 0; i < 11; i++) {
      String name = "new-" + random.nextInt(Integer.MAX_VALUE) + ".jpg";
      Pictures.write(catalogue.resolve(name), random, Pictures.LONG, Pictures.SHORT);
    }
  }

  @Test
  void theFirstNightIsPlannedWithoutAStore() throws IOException {
    assertThat(first.out())
        .contains("41 images listed; the store has no snapshot yet")
        .contains("to do: 41 images to describe, 0 unreachable ones to try again, 0 to take out")
        .contains("assumed: there is no run to learn from yet")
        .doesNotContain("the last plan");
    Map<String, Planned> stages = Planned.in(first.out());
    assertThat(stages.keySet())
        .containsExactlyInAnyOrder("snapshot", "extract", "whiten", "quantize", "build", "publish");
    assertThat(stages.get("snapshot")).isEqualTo(new Planned(units("snapshots", 1), 41));
    assertThat(stages.get("extract")).isEqualTo(new Planned(units("descriptors", 1), 41));
    assertThat(stages.get("build").units()).isEqualTo(3);
  }

  @Test
  void timesAreLearntFromRunsThatDidTheSame() {
    assertThat(night)
        .containsPattern("time of whiten: .*, from 1 earlier run\\b")
        .containsPattern("time of publish: .*, from 1 earlier run\\b")
        .containsPattern("time of build: .*, from 1 earlier run\\b");
    assertThat(afterwards).containsPattern("time of whiten: .*, from 2 earlier runs");
    assertThat(withCopies).containsPattern("time of publish: .*, assumed: there is no run");
  }

  @Test
  void aNightDoesWhatWasPlanned() throws IOException {
    assertThat(night)
        .contains("51 images listed: 11 added, 1 changed, 1 removed since snapshot 1")
        .contains("12 images to describe, 1 unreachable ones to try again, 1 to take out; 1 stay");
    Map<String, Planned> stages = Planned.in(night);
    assertThat(stages.keySet())
        .containsExactlyInAnyOrder("snapshot", "extract", "whiten", "build", "publish", "compact");

    JsonNode snapshot = ledger("snapshots", 2);
    assertThat(count(snapshot, "added")).isEqualTo(11);
    assertThat(count(snapshot, "changed")).isEqualTo(1);
    assertThat(count(snapshot, "removed")).isEqualTo(1);
    assertThat(stages.get("snapshot")).isEqualTo(new Planned(units("snapshots", 2), 51));
    long tried = count(ledger("descriptors", 2), "listed");
    assertThat(stages.get("extract")).isEqualTo(new Planned(units("descriptors", 2), tried));
    long vectors = rows(ledger("vectors", 2), "vectors");
    assertThat(stages.get("whiten")).isEqualTo(new Planned(units("vectors", 2), vectors));
    JsonNode shards = JSON.readTree(remap.store().resolve(index(2)).toFile());
    assertThat(stages.get("build"))
        .isEqualTo(new Planned(shards.get("units").size(), count(shards, "entries")));
    assertThat(stages.get("compact").units())
        .isEqualTo(
            units("snapshots", "00000002-compacted")
                + units("descriptors", "00000002-compacted")
                + units("vectors", "00000002-compacted"));
    assertThat(tried).isEqualTo(13);
    assertThat(vectors).isEqualTo(14);
  }

  private static String index(int generation) {
    return "indexes/default/0000000" + generation + "/ledger.json";
  }

  private JsonNode ledger(String table, int number) throws IOException {
    return ledger(table, "0000000" + number);
  }

  private JsonNode ledger(String table, String layer) throws IOException {
    String ending = "/" + layer + "/ledger.json";
    try (Stream<Path> files = Files.walk(remap.store().resolve(table))) {
      return JSON.readTree(
          files
              .filter(file -> file.toString().endsWith(ending))
              .findFirst()
              .orElseThrow()
              .toFile());
    }
  }

  private long units(String table, int number) throws IOException {
    return ledger(table, number).get("units").size();
  }

  private long units(String table, String layer) throws IOException {
    return ledger(table, layer).get("units").size();
  }

  private static long count(JsonNode ledger, String name) {
    long sum = 0;
    for (JsonNode unit : ledger.get("units")) {
      sum += unit.get("counts").path(name).asLong();
    }
    return sum;
  }

  private static long rows(JsonNode ledger, String table) {
    long sum = 0;
    for (JsonNode unit : ledger.get("units")) {
      sum += unit.get("segments").path(table).path("rows").asLong();
    }
    return sum;
  }

  @Test
  void whatAnInterruptedNightHasLeftIsPlannedToo() throws IOException {
    assertThat(interrupted)
        .contains("0 added, 0 changed, 0 removed since snapshot 3")
        .contains("12 images to describe, 0 unreachable ones to try again, 1 to take out");
    Map<String, Planned> stages = Planned.in(interrupted);

    assertThat(stages.get("snapshot").units()).isZero();
    assertThat(stages.get("extract"))
        .isEqualTo(new Planned(units("descriptors", 3), count(ledger("descriptors", 3), "listed")));
    assertThat(stages.get("whiten"))
        .isEqualTo(new Planned(units("vectors", 3), rows(ledger("vectors", 3), "vectors")));
  }

  @Test
  void anUpToDateIndexHasNothingToDo() {
    assertThat(upToDate)
        .contains("0 added, 0 changed, 0 removed since snapshot 2")
        .contains("nothing to do: generation 2 is up to date");
    assertThat(Planned.in(upToDate)).isEmpty();
  }

  @Test
  void laterPlansLearnFromEarlierRuns() {
    assertThat(night)
        .contains("time of extract: ")
        .containsPattern("time of extract: .*, from 1 earlier run\\b")
        .doesNotContainPattern("time of (?!compact|whiten)\\w+: .*assumed");
    assertThat(afterwards).containsPattern("time of extract: .*, from 2 earlier runs");
    assertThat(afterwards).doesNotContainPattern("time of (?!compact)\\w+: .*assumed");
  }

  @Test
  void aPlanTellsHowWrongTheLastOneWas() {
    assertThat(night).doesNotContain("the last plan");
    assertThat(afterwards)
        .containsPattern("the last plan, of \\d{4}-\\d\\d-\\d\\dT.*Z, and what came of it")
        .containsPattern("(?m)^ +snapshot +51 +51 +\\S+ s +\\S+ s +\\d+\\.\\d\\d$")
        .containsPattern("(?m)^ +extract +13 +13 +\\S+ s +\\S+ s +\\d+\\.\\d\\d$")
        .containsPattern("(?m)^ +total +\\S+ s +\\S+ s +\\d+\\.\\d\\d$");
  }

  @Test
  void moneyIsShownOnlyAtARate() {
    assertThat(night).doesNotContain("money").doesNotContain("an hour");

    assertThat(paid)
        .contains("money", "4 executors of 2 tasks (plan.executors), each 3,600.00 CHF an hour")
        .containsPattern("(?m)^ +total .* [\\d,]+\\.\\d\\d CHF$");
  }

  @Test
  void anIndexOfManyImagesIsPlannedWithoutACatalogue() {
    Remap fresh = new Remap(folder.resolve("fresh")).tinyBackbone(folder.resolve("tiny"));
    String assumed =
        fresh.succeed("plan", "--images", "1000000000", "--set", "unit.images=16384").out();

    assertThat(fresh.store()).doesNotExist();
    assertThat(assumed)
        .contains("plan for an index of 1,000,000,000 images: descriptors of 9 components")
        .containsPattern("(?m)^ +extract +65,536 +1,000,000,000 +unknown ")
        .containsPattern("(?m)^ +extract +3,163 +15,000,000 +unknown ")
        .containsPattern("(?m)^ +compact +[\\d,]+ +[\\d,]+ ")
        .contains(
            "assumed: the store has none yet", "tasks at once, in the mean, of 2 that could: ");
    assertThat(fresh.succeed("plan", "--images", "1000", "--set", "plan.executors=1024").out())
        .containsPattern("WARNING: extract, which takes longest, keeps 32.0 of 2,048 slots busy");
    assertThat(remap.succeed("plan", "--images", "1000000").out())
        .contains("measured in this store", "time of extract: ", " earlier runs");
  }

  @Test
  void whatPassesTheShuffleAndWhatTheDriverHoldsIsPlanned() {
    Remap fresh = new Remap(folder.resolve("fresh")).tinyBackbone(folder.resolve("tiny"));
    fresh.set("quantizer.spec", "IVF65536,PQ4np").set("unit.images", "16384");

    // Codes of 4 bytes with keys and lists; a sample of 4,000,000 vectors, two times 65,536
    // centroids.
    assertThat(fresh.succeed("plan", "--images", "1000000000", "--set", "index.layout=list").out())
        .contains("; 16.0 GB of codes pass the shuffle")
        .contains("the driver takes up to 132.2 MB of heap");
    assertThat(fresh.succeed("plan", "--images", "1000", "--set", "quantizer.spec=auto").out())
        .doesNotContain("the shuffle", "the driver takes", "leave a GPU waiting");
    // For a cluster with GPUs, where there are none.
    fresh.set("quantizer.spec", "auto").set("extract.device", "gpu").set("extractor.batch-size", 1);
    assertThat(fresh.succeed("plan", "--images", "1000").out())
        .contains("batches of 1 leave a GPU waiting");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plan.executors=-1 | plan.executors is -1: it must be from 0",
        "plan.rate-per-executor-hour=-2 | plan.rate-per-executor-hour is -2.0: it must be from 0",
        "index.name=a/b | index.name is 'a/b'",
        "catalogue.uri=missing | missing does not exist: check --catalogue",
        "quantizer.spec=Flat | quantizer.spec Flat: index spec 'Flat': there is no IVF part",
      })
  void aWrongSettingIsOneSentence(String setting, String part) {
    Remap fresh = new Remap(folder.resolve("fresh")).tinyBackbone(folder.resolve("tiny"));
    fresh.set("catalogue.uri", catalogue);
    fresh.run("plan", "--set", setting).assertRefused(2, part);
    assertThat(fresh.store()).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"0", "-3", "1000000000001"})
  void aNumberOfImagesThatNoIndexHasIsOneSentence(String images) {
    remap
        .run("plan", "--images", images)
        .assertRefused(2, "--images is " + images + ": it must be from 1 to 1000000000000");
  }

  @Test
  void idsListedTwiceAreRefusedAsASnapshotWould() throws IOException {
    Path table = folder.resolve("twice.csv");
    Files.writeString(table, "image_id,uri\na,catalogue/broken.jpg\na,catalogue/broken.jpg\n");

    remap.run("plan", "--catalogue", table.toString()).assertRefused(2, "more than once");
  }

  @Test
  void anotherExtractorThanTheLiveOneIsWarnedOf() {
    assertThat(remap.succeed("plan", "--set", "extractor.aggregator=gem").out())
        .contains("WARNING: reindex refuses that: the live generation 3 of 'default' was made by")
        .contains(", which differs in extractor.aggregator, or in what belongs to it: give")
        .contains("to do: 61 images to describe")
        .doesNotContain("nothing to do");
    remap
        .run("reindex", "--set", "extractor.aggregator=gem", "--set", "extractor.batch-size=4")
        .assertRefused(2, "This night is refused", "extractor.batch-size");
  }
}
