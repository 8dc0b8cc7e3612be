package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The whole way from a folder of pictures to answers, by the commands that a user types. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PipelineTest {
  private static final int FOLDERS = 4;
  private static final int EACH = 20;
  private static final int IMAGES = FOLDERS * EACH;
  private static final int UNITS = 2;
  private static final long SEED = 20260101;
  private static final ObjectMapper JSON = new ObjectMapper();

  private Path catalogue;
  private Remap remap;
  private final Map<String, Remap.Ran> ran = new TreeMap<>();

  @BeforeAll
  void makeEverything(@TempDir Path folder) {
    catalogue = folder.resolve("catalogue");
    Pictures.folders(catalogue, FOLDERS, EACH, SEED);
    remap = new Remap(folder.resolve("store")).demoBackbone().set("index.shards", 2);
    // Moments are matrices of 3136 numbers squared a unit.
    remap.set("unit.images", IMAGES / UNITS);
    stages();
  }

  private void stages() {
    succeed("snapshot", "--catalogue", catalogue.toString());
    for (String stage : List.of("extract", "whiten", "quantize", "build", "publish")) {
      succeed(stage);
    }
  }

  private void succeed(String command, String... options) {
    ran.put(command, remap.succeed(command, options));
  }

  @Test
  void theBooksOfEveryLayerBalance() throws IOException {
    String extractor = only("extractors");
    String whitening = only("whitenings");

    assertThat(counts("snapshots/00000001"))
        .containsExactly(
            Map.entry("added", (long) IMAGES), Map.entry("changed", 0L), Map.entry("removed", 0L));
    assertThat(counts("descriptors/" + extractor + "/00000001"))
        .containsEntry("listed", (long) IMAGES)
        .containsEntry("described", (long) IMAGES)
        .containsEntry("rejected", 0L);
    assertThat(counts("vectors/" + whitening + "/00000001"))
        .containsExactly(Map.entry("vectors", (long) IMAGES));
    assertThat(counts("indexes/default/00000001"))
        .containsExactly(Map.entry("entries", (long) IMAGES));
  }

  private String only(String kind) throws IOException {
    try (Stream<Path> children = Files.list(remap.store().resolve(kind))) {
      List<String> names = children.map(child -> child.getFileName().toString()).toList();
      assertThat(names).as(kind).hasSize(1);
      return names.get(0);
    }
  }

  /** Sums over the units of a ledger, read as any other program would. */
  private Map<String, Long> counts(String layer) throws IOException {
    JsonNode ledger = JSON.readTree(remap.store().resolve(layer).resolve("ledger.json").toFile());
    assertThat(ledger.get("schema-version").asInt()).isEqualTo(1);
    Map<String, Long> sums = new TreeMap<>();
    for (JsonNode unit : ledger.get("units")) {
      unit.get("counts")
          .properties()
          .forEach(count -> sums.merge(count.getKey(), count.getValue().asLong(), Long::sum));
    }
    return sums;
  }

  @Test
  void everyImageFindsItself() throws IOException {
    Set<String> found = new HashSet<>();
    for (int i = 0; i < FOLDERS; i++) {
      String group = "g0" + i;
      Remap.Ran search =
          remap.succeed(
              "search", "--image", catalogue.resolve(group).toString(), "-k", "3", "--json");
      for (String line : search.out().lines().toList()) {
        JsonNode answer = JSON.readTree(line);
        String file = Path.of(answer.get("query").asText()).getFileName().toString();
        assertThat(answer.get("hits")).as("seed %d, %s", SEED, line).hasSize(3);
        assertThat(answer.get("hits").get(0).get("image_id").asText())
            .as("seed %d, %s", SEED, line)
            .isEqualTo(group + "/" + file);
        found.add(group + "/" + file);
      }
    }

    assertThat(found).hasSize(IMAGES);
  }

  @Test
  void exactReRankingScoresAnImageAgainstItselfAsOne() throws IOException {
    Path image = catalogue.resolve("g02/p007.jpg");

    Remap.Ran search =
        remap.succeed("search", "--image", image.toString(), "--exact", "20", "--json");

    JsonNode hits = JSON.readTree(search.out()).get("hits");
    assertThat(hits).hasSize(10);
    assertThat(hits.get(0).get("image_id").asText()).isEqualTo("g02/p007.jpg");
    assertThat(hits.get(0).get("score").asDouble()).isEqualTo(1.0);
    List<Double> scores = new ArrayList<>();
    hits.forEach(hit -> scores.add(hit.get("score").asDouble()));
    assertThat(scores).isSortedAccordingTo((a, b) -> Double.compare(b, a));
  }

  @Test
  void aSearchForPeopleIsATable() {
    Path image = catalogue.resolve("g01/p003.jpg");

    Remap.Ran search = remap.succeed("search", "--image", image.toString(), "-k", "2");

    assertThat(search.out())
        .contains("search 80 images of index 'default', generation 1, for 1 query")
        .containsPattern("image id +score +key\n")
        .containsPattern("g01/p003\\.jpg +0\\.\\d{4} +\\d+\n");
  }

  @Test
  void evaluationsCountEveryQuery() {
    Remap.Ran copies = remap.succeed("evaluate", "--copies", "4");
    Remap.Ran groups = remap.succeed("evaluate", "--groups", ".");

    assertThat(copies.out()).containsPattern("(?m)^ +all +32 ").contains("0 copies could not be");
    assertThat(groups.out()).containsPattern("(?m)^ +\\. +80 +4 +0\\.\\d{3} +0\\.\\d{3}$");
    assertThat(copies.out()).contains("was fitted on a snapshot with all 4 evaluated images, so");
    assertThat(groups.out()).contains("was fitted on a snapshot with all 80 evaluated images, so");
  }

  @Test
  void statusTellsWhatIsLive() {
    assertThat(remap.succeed("status").out())
        .containsPattern("snapshot 1 +catalogue +complete +80 ")
        .containsPattern("descriptors of snapshot 1 +extractor [0-9a-f]{16} +complete +80 ")
        .containsPattern("vectors of snapshot 1 +whitening [0-9a-f]{16} +complete +80 ")
        .containsPattern("index default, generation 1 +quantizer [0-9a-f]{16} +live +80 ")
        .doesNotContain("rejected");
  }

  @Test
  void filesPrintsWhatTheLedgersName() {
    Map<String, Integer> files =
        Map.of(
            "snapshot", 2, "descriptors", 2, "moments", 0, "rejects", 0, "vectors", 2, "shards", 2);
    files.forEach(
        (table, count) ->
            assertThat(remap.succeed("files", "--table", table).out().lines())
                .as(table)
                .hasSize(count)
                .allSatisfy(
                    line -> assertThat(Path.of(java.net.URI.create(line))).isNotEmptyFile()));
  }

  @Test
  void everyStageCanRunAgainAndChangesNothing() {
    Map<String, String> before = remap.contents();
    assertThat(before).hasSizeGreaterThan(30);

    stages();

    assertThat(remap.contents()).isEqualTo(before);
    assertThat(ran.get("snapshot").out()).contains("nothing changed since snapshot 1");
    assertThat(ran.get("extract").out()).contains("all described already");
    assertThat(ran.get("whiten").out()).contains("all projected already");
    assertThat(ran.get("quantize").out()).contains("was trained already");
    assertThat(ran.get("build").out()).contains("all shards are built already");
    assertThat(ran.get("publish").out()).contains("it is live already");
  }

  @Test
  void readingChangesNothing() {
    Map<String, String> before = remap.contents();

    remap.succeed("search", "--image", catalogue.resolve("g00").toString());
    remap.succeed("evaluate", "--copies", "1");
    remap.succeed("status", "--rejects");

    assertThat(remap.contents()).isEqualTo(before);
  }
}
