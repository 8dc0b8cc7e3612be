package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What is published, what is refused, what can be forced, and how one goes back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GateTest {
  private static final long SEED = 606;
  private static final ObjectMapper JSON = new ObjectMapper();

  private Path catalogue;
  private Remap remap;
  private final Map<String, Remap.Ran> ran = new TreeMap<>();
  private final Map<String, JsonNode> entries = new TreeMap<>();
  private List<String> logAfterRefusals;
  private Map<String, String> before;
  private Map<String, String> after;

  @BeforeAll
  void nights(@TempDir Path folder) throws IOException {
    LocalSpark.use("local[2]");
    catalogue = folder.resolve("catalogue");
    pairsAndOthers();
    Files.write(catalogue.resolve("broken.jpg"), new byte[] {1, 2, 3});
    remap = new Remap(folder.resolve("store")).tinyBackbone(folder.resolve("tiny"));
    remap.set("whitening.dimension", 8).set("quantizer.spec", "IVF2,PQ8x4np");
    remap.set("index.shards", 2).set("publish.copies", 25).set("publish.groups", ".");
    remap.set("publish.min-self-retrieval", 0.5).set("drift.min-images", 3);

    reindex("first");
    for (int i = 0; i < 4; i++) {
      picture("new" + i, 200 + i, 0);
    }
    reindex("equal night");
    crippled();
    goingBack();
    for (int i = 0; i < 12; i++) {
      Files.delete(catalogue.resolve("other" + i + ".jpg"));
    }
    publish("some gone", "--generation", "2");
    goBack("back once more");
    Files.move(catalogue, folder.resolve("elsewhere"));
    publish("all gone", "--generation", "2");
    publish("not compared", "--generation", "2", "--set", "publish.copies=0");
  }

  /** Twenty folders of two pictures that look alike, and 20 others that are in no folder. */
  private void pairsAndOthers() {
    for (int i = 0; i < 20; i++) {
      picture("g" + i + "/left", i, 0);
      picture("g" + i + "/right", i, 6);
    }
    for (int i = 0; i < 20; i++) {
      picture("other" + i, 100 + i, 0);
    }
  }

  private void picture(String name, int number, int wider) {
    Path file = catalogue.resolve(name + ".jpg");
    Pictures.write(file, new Random(SEED * 31 + number), Pictures.LONG + wider, Pictures.SHORT);
  }

  /** A generation of the same vectors whose codes have four bits. */
  private void crippled() throws IOException {
    Set<String> quantizers = names("quantizers");
    remap.succeed("quantize", "--spec", "IVF1,PQ1x4np");
    Set<String> now = names("quantizers");
    now.removeAll(quantizers);
    remap.succeed("build", "--quantizer", now.iterator().next());
    before = remap.contents();
    publish("worse");
    publish("rejects", "--generation", "1", "--set", "publish.max-reject-ratio=0.001");
    Path shard = remap.store().resolve(shards(3).get(0));
    byte[] bytes = Files.readAllBytes(shard);
    byte[] damaged = bytes.clone();
    damaged[damaged.length / 2] ^= 1;
    Files.write(shard, damaged);
    publish("damaged", "--force");
    Files.write(shard, bytes);
    after = remap.contents();
    logAfterRefusals = List.copyOf(names("indexes/default/published"));
    publish("forced", "--force");
  }

  private void goingBack() throws IOException {
    goBack("back");
    goBack("further back");
    goBack("too far back");
    goBack("never live", "--generation", "9");
    goBack("live already", "--generation", "1");
    Path shard = remap.store().resolve(shards(3).get(0));
    byte[] bytes = Files.readAllBytes(shard);
    Files.delete(shard);
    goBack("to what is gone", "--generation", "3");
    Files.write(shard, bytes);
    goBack("to a chosen one", "--generation", "3");
    goBack("from a chosen one", "--generation", "1");
  }

  private void reindex(String name) {
    keep(name, remap.run("reindex", "--catalogue", catalogue.toString()));
  }

  private void publish(String name, String... options) {
    keep(name, remap.run("publish", options));
  }

  private void goBack(String name, String... options) {
    keep(name, remap.run("rollback", options));
  }

  /** The run, and what is the last publication after it. */
  private void keep(String name, Remap.Ran run) {
    ran.put(name, run);
    Path log = remap.store().resolve("indexes/default/published");
    try {
      String last = new ArrayList<>(names("indexes/default/published")).get(names(log).size() - 1);
      entries.put(name, JSON.readTree(log.resolve(last).toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Set<String> names(String folder) {
    return names(remap.store().resolve(folder));
  }

  private static Set<String> names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      Set<String> names = new TreeSet<>();
      files.forEach(file -> names.add(file.getFileName().toString()));
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> shards(int generation) {
    String folder = "indexes/default/0000000" + generation;
    return names(folder).stream()
        .filter(name -> name.endsWith(".faiss"))
        .map(name -> folder + "/" + name)
        .toList();
  }

  private JsonNode verdict(String run) {
    return entries.get(run).get("verdict");
  }

  private JsonNode check(String run, String name) {
    for (JsonNode check : verdict(run).get("checks")) {
      if (check.get("check").asText().equals(name)) {
        return check;
      }
    }
    throw new AssertionError(name + " is not in " + verdict(run));
  }

  private int live(String run) {
    String path = entries.get(run).get("manifest").get("path").asText();
    return Integer.parseInt(path.split("/", -1)[2]);
  }

  private Remap.Ran succeeded(String run) {
    assertThat(ran.get(run).status()).as("%s: %s", run, ran.get(run)).isZero();
    return ran.get(run);
  }

  @Test
  void theFirstGenerationIsJudgedByItself() {
    assertThat(succeeded("first").out())
        .contains("  books: 61 listed, 60 described + 1 rejected; 60 vectors; 60 entries in the")
        .contains("  reject-ratio: 1 of 61 images are rejected, 1.6 %")
        .contains("of 60 sampled vectors find themselves")
        .contains("not checked: copies-recall-at-1, groups-map (nothing is live to compare with)");
    assertThat(verdict("first").get("act").asText()).isEqualTo("passed");
    assertThat(check("first", "books").get("value").asDouble()).isEqualTo(60);
    assertThat(check("first", "copies-recall-at-1").get("outcome").asText()).isEqualTo("skipped");
    assertThat(verdict("first").get("about").has("compared-with")).isFalse();
  }

  @Test
  void anEqualNightIsComparedAndPublished() {
    assertThat(succeeded("equal night").out())
        .contains("compare with generation 1: 200 copies of 25 images, each read, distorted")
        .containsPattern(
            "copies-recall-at-1: recall@1 of 200 copies is 0\\.\\d{3}, in generation 1")
        .containsPattern(
            "groups-map: leave-one-out mAP of 40 images of 20 groups is 0\\.\\d{3}, in");
    assertThat(live("equal night")).isEqualTo(2);
    assertThat(verdict("equal night").get("about").get("compared-with").asText())
        .isEqualTo("00000001");
    JsonNode copies = check("equal night", "copies-recall-at-1");
    assertThat(copies.get("outcome").asText()).isEqualTo("passed");
    assertThat(copies.get("value")).isEqualTo(copies.get("reference"));
    assertThat(check("equal night", "groups-map").get("value"))
        .isEqualTo(check("equal night", "groups-map").get("reference"));
    assertThat(copies.get("bound").asDouble()).isEqualTo(0.01);
  }

  @Test
  void aWorseGenerationIsRefusedInThreeLines() {
    ran.get("worse")
        .assertRefused(
            1,
            "Generation 3 of 'default' is not published, generation 2 stays live: ",
            "copies-recall-at-1: recall@1 of 200 copies is ",
            "groups-map: leave-one-out mAP of ",
            "publish.max-drop 0.01)",
            "\n  found besides: books: 65 listed",
            "\n  look at: ",
            " --name default --copies 100 --generation 3",
            " --name default --groups . --generation 3",
            "` and the same with --generation 2; ",
            "or publish it all the same with --force");
    assertThat(ran.get("worse").err().lines()).hasSize(3);
    assertThat(live("worse")).isEqualTo(2);
  }

  @Test
  void refusalsLeaveTheStoreAsItWas() {
    assertThat(after).isEqualTo(before);
    assertThat(logAfterRefusals).containsExactly("00000001.json", "00000002.json");
  }

  @Test
  void theRunsRecordSaysWhyItWasRefused() throws IOException {
    List<String> failures = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    for (String run : names("runs")) {
      JsonNode end =
          JSON.readTree(remap.store().resolve("runs/" + run + "/finished.json").toFile());
      if (end.has("failure")) {
        failures.add(end.get("failure").asText());
      }
      if (end.has("refused")) {
        refused.add(end.get("refused").toString());
      }
    }

    assertThat(refused).contains("{\"index\":\"default\",\"generation\":3}");
    assertThat(failures)
        .anySatisfy(
            text ->
                assertThat(text)
                    .contains("Generation 3 of 'default' is not published")
                    .contains("reject-ratio: 1 of 65")
                    .contains("self-retrieval: "));
  }

  @Test
  void moreRejectsThanAllowedAreRefused() {
    ran.get("rejects")
        .assertRefused(
            1,
            "Generation 1 of 'default' is not published, generation 2 stays live: reject-ratio: 1"
                + " of 61",
            "look at: `remap status --store ",
            " --rejects`, or raise");
  }

  @Test
  void damagedShardsCannotBeForced() {
    ran.get("damaged")
        .assertRefused(
            1, "Generation 3 of 'default' is not published, and --force would not do it", "shard-");
  }

  @Test
  void aForcedPublicationIsRecordedAsOne() {
    assertThat(succeeded("forced").out()).contains("copies-recall-at-1: FAILED, forced: ");
    assertThat(live("forced")).isEqualTo(3);
    assertThat(verdict("forced").get("act").asText()).isEqualTo("forced");
    JsonNode copies = check("forced", "copies-recall-at-1");
    assertThat(copies.get("outcome").asText()).isEqualTo("failed");
    assertThat(copies.get("value").asDouble()).isLessThan(copies.get("reference").asDouble() - 0.1);
    assertThat(check("forced", "groups-map").get("outcome").asText()).isEqualTo("failed");
  }

  @Test
  void aRollbackPublishesWhatWasLiveBefore() {
    assertThat(succeeded("back").out())
        .contains("rollback 'default' from generation 3 to generation 2")
        .contains("live: generation 2 of 'default' (publication 4)")
        .contains("take what was wrong, such as a bad delivery, out of the catalogue before");
    assertThat(live("back")).isEqualTo(2);
    assertThat(verdict("back").get("act").asText()).isEqualTo("rollback");
    assertThat(verdict("back").get("about").get("instead-of").asText()).isEqualTo("00000003");
  }

  @Test
  void aSecondRollbackGoesFurtherBack() {
    succeeded("further back");
    assertThat(live("further back")).isEqualTo(1);
    ran.get("too far back").assertRefused(2, "there is no earlier one to go back to");
  }

  @Test
  void aRollbackNeedsAGenerationThatWasLiveAndIsWhole() {
    ran.get("never live").assertRefused(2, "Generation 9 of index 'default' was never live");
    ran.get("live already").assertRefused(2, "Generation 1 of index 'default' is live already");
    ran.get("to what is gone")
        .assertRefused(
            1,
            "cannot go back to generation 3: 1 of 2 units failed",
            "\n  part 0: ",
            "shard-",
            "Another one can be named by --generation; `remap status --store ");
    assertThat(live("to what is gone")).isEqualTo(1);
    succeeded("to a chosen one");
    assertThat(live("to a chosen one")).isEqualTo(3);
    succeeded("from a chosen one");
  }

  @Test
  void imagesThatAreGoneAreLeftOutOnBothSides() {
    assertThat(succeeded("some gone").out())
        .containsPattern("recall@1 of 1\\d\\d copies \\(\\d+ more could not be made, and are left");
  }

  @Test
  void aCatalogueThatIsGoneIsNoReasonToPublish() {
    succeeded("back once more");
    ran.get("all gone").assertRefused(1, "200 of 200 copies could not be made", "publish.copies=0");
    assertThat(succeeded("not compared").out())
        .contains("not checked: copies-recall-at-1 (publish.copies is 0)");
  }
}
