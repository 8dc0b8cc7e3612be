package dev.remap.jobs.night;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.cli.Pictures;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.upkeep.verify.StoreCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens to a catalogue over the nights, the shards are those of a store made from
 * nothing on what it is in the end.
 */
class GrowthTest {
  private static final long SEED = 20261125;

  /** Ids that begin with 'x' share a key. */
  private static final KeyHash CROWDED =
      (imageId, salt) ->
          imageId.startsWith("x") && salt == 0 ? 1L << 62 : KeyHash.SHA_256.key(imageId, salt);

  private static final int FIRST = 40;

  @TempDir private static Path shared;
  private static Path catalogue;
  private static Random random;
  private static Nights first;

  @TempDir private Path folder;
  private Nights nights;

  /** All tests begin with the same night. */
  @BeforeAll
  static void firstNight() {
    random = new Random(SEED);
    catalogue = shared.resolve("catalogue");
    for (int i = 0; i < FIRST; i++) {
      picture("p" + i);
    }
    picture("x1");
    picture("x2");
    Nights.tree(catalogue, shared.resolve("listed"));
    first = nights(shared);
    first.reindex(catalogue);
  }

  private static Nights nights(Path folder) {
    return new Nights(folder, "nights", CROWDED).set("unit.images", 16).set("index.shards", 3);
  }

  /** A store of the test's own, and the catalogue as it was listed, where it was listed. */
  @BeforeEach
  void afterTheFirstNight() throws IOException {
    random = new Random(SEED + 1);
    try (Stream<Path> files = Files.list(catalogue)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Nights.tree(shared.resolve("listed"), catalogue);
    nights = nights(folder);
    Nights.tree(first.store(), nights.store());
  }

  private static void picture(String name) {
    int longer = Pictures.LONG + 8 * random.nextInt(4);
    Pictures.write(catalogue.resolve(name + ".jpg"), random, longer, Pictures.SHORT);
  }

  private static void remove(String name) throws IOException {
    Files.delete(catalogue.resolve(name + ".jpg"));
  }

  private void assertSameAsFromNothing(Path last) {
    assertSameAsFromNothing(last, 3);
  }

  private void assertSameAsFromNothing(Path last, int unreachable) {
    Nights fresh = new Nights(folder, "fresh", CROWDED).set("unit.images", 16);
    fresh.set("extract.access-allowance", unreachable);
    fresh.set("index.shards", 3).set("publish.min-self-retrieval", 0).fromNothing(nights, last);
    assertThat(nights.shards()).hasSize(3).isEqualTo(fresh.shards());
    assertThat(nights.verify()).contains("all is well");
  }

  @Test
  void idsThatShareAKeyComeGoAndReturn() throws IOException {
    List<String> before = nights.shards();
    remove("x1");
    picture("x0");
    remove("p3");
    String second = nights.reindex(catalogue);
    picture("x1");
    picture("x3");
    // Replaced under the same name.
    picture("p5");
    nights.reindex(catalogue);

    assertThat(second)
        .contains("merged from generation 1")
        .contains("(1 added, 0 changed, 2 removed)");
    assertThat(nights.exceptions()).isEqualTo(3);
    assertThat(nights.shards()).isNotEqualTo(before);
    assertSameAsFromNothing(catalogue);
  }

  @Test
  void layersAreMergedAndCompactedOnTheWay() throws IOException {
    nights.set("compact.max-layers", 2).set("compact.max-delta-ratio", 0.35);
    List<List<String>> vectors = new ArrayList<>();
    for (int night = 0; night < 7; night++) {
      picture("n" + night);
      picture("p" + (10 + night));
      remove("p" + night);
      nights.set("unit.images", 5 + 4 * (night % 3));
      nights.reindex(catalogue);
      vectors.add(nights.layers("vectors"));
      assertThat(nights.layers("descriptors")).hasSameSizeAs(nights.layers("vectors"));
    }

    assertThat(vectors.get(1)).containsExactly("00000001", "00000002", "00000003");
    assertThat(vectors.get(2)).containsExactly("00000001", "00000004-merged");
    assertThat(vectors.stream().flatMap(List::stream)).contains("00000006-compacted");
    assertThat(nights.layers("snapshots")).hasSizeLessThan(5);
    assertSameAsFromNothing(catalogue);
  }

  @Test
  void aCatalogueGrowsFourfoldInUnitsOfAnotherSize() {
    for (int i = 0; i < 3 * FIRST; i++) {
      picture("more" + i);
    }
    nights.set("unit.images", 100);

    String night = nights.reindex(catalogue);

    assertThat(night).contains("(120 added, 0 changed, 0 removed)").contains("merged from");
    assertThat(nights.layers("vectors")).containsExactly("00000002-compacted");
    assertSameAsFromNothing(catalogue);
  }

  @Test
  void twoCataloguesAreMergedIntoOneTable() throws IOException {
    Path other = folder.resolve("other");
    for (int i = 0; i < 20; i++) {
      Pictures.write(other.resolve("q" + i + ".jpg"), random, Pictures.LONG, Pictures.SHORT);
    }
    Path table = folder.resolve("both.jsonl");
    List<String> lines = new ArrayList<>();
    for (Path from : List.of(catalogue, other)) {
      try (Stream<Path> files = Files.list(from)) {
        files
            .sorted()
            .forEach(
                file -> lines.add(line(file.getFileName().toString(), file.toUri().toString())));
      }
    }
    Files.write(table, lines, StandardCharsets.UTF_8);

    // A table without versions for a folder with them.
    nights.set("snapshot.max-changed-ratio", 1).reindex(table);

    assertThat(nights.live().vectors().snapshot()).isEqualTo(2);
    assertSameAsFromNothing(table);
  }

  @Test
  void anotherNumberOfShardsIsBuiltFromTheVectors() throws IOException {
    nights.set("index.shards", 1);
    nights.reindex(catalogue);
    remove("p1");
    nights.set("index.shards", 3);

    String night = nights.reindex(catalogue);

    assertThat(night).contains("merged from generation 1");
    assertSameAsFromNothing(catalogue);
  }

  @Test
  void aRetrainedNightTouchesNoImageAndPublishesAnotherQuantizer() throws IOException {
    remove("p1");
    picture("new");
    nights.reindex(catalogue);
    Generation before = nights.live();

    String retrained =
        nights.reindex(catalogue, Reindex.RetryScope.WITH_CHANGES, Reindex.Training.ANEW);
    String again =
        nights.reindex(catalogue, Reindex.RetryScope.WITH_CHANGES, Reindex.Training.ANEW);

    assertThat(retrained).contains("all described already").contains("compact descriptors");
    assertThat(nights.live().inputs().whitening()).isNotEqualTo(before.inputs().whitening());
    assertThat(nights.live().inputs().quantizer()).isNotEqualTo(before.inputs().quantizer());
    assertThat(again).contains("it is live already");
    remove("p2");
    assertThat(nights.reindex(catalogue)).contains("merged from generation 3");
    assertSameAsFromNothing(catalogue);
  }

  @Test
  void aNightThatTrainsWarmKeepsTheWhiteningAndBeginsWithTheLiveQuantizer() {
    picture("new");
    Generation before = nights.live();

    String warm = nights.reindex(catalogue, Reindex.RetryScope.WITH_CHANGES, Reindex.Training.WARM);
    Generation after = nights.live();
    String again =
        nights.reindex(catalogue, Reindex.RetryScope.WITH_CHANGES, Reindex.Training.WARM);

    String begun = before.inputs().quantizer();
    assertThat(warm).contains("begins with quantizer " + begun);
    assertThat(after.inputs().whitening()).isEqualTo(before.inputs().whitening());
    assertThat(after.inputs().quantizer()).isNotEqualTo(begun);
    try (JobContext context = nights.context(new ByteArrayOutputStream())) {
      ArtifactManifest trained = Quantizers.require(context.store(), after.inputs().quantizer());
      assertThat(trained.inputs().find(Inputs.START)).contains(begun);
      assertThat(trained.inputs().listing()).isEqualTo(after.inputs().listing());
    }
    assertThat(again)
        .contains(after.inputs().quantizer() + " was trained on these vectors already")
        .contains("it is live already");
    assertSameAsFromNothing(catalogue);
  }

  @Test
  void aWarmTrainingBeginsFromNothingWhereAnotherKindIsWantedAndSaysSo() {
    picture("new");
    Generation before = nights.live();
    nights.set("quantizer.spec", "IVF3,PQ2x4np");

    String cold = nights.reindex(catalogue, Reindex.RetryScope.WITH_CHANGES, Reindex.Training.WARM);

    assertThat(cold)
        .contains("not from the live quantizer " + before.inputs().quantizer() + ": it is IVF")
        .contains("and quantizer.spec is IVF3,PQ2x4np");
    assertThat(nights.live().inputs().whitening()).isEqualTo(before.inputs().whitening());
    try (JobContext context = nights.context(new ByteArrayOutputStream())) {
      ArtifactManifest trained =
          Quantizers.require(context.store(), nights.live().inputs().quantizer());
      assertThat(trained.inputs().find(Inputs.START)).isEmpty();
      assertThat(trained.inputs().spec()).isEqualTo("IVF3,PQ2x4np");
    }
    assertSameAsFromNothing(catalogue);
  }

  @Test
  void rejectedImagesAreTriedAgainWhenAsked() throws IOException {
    Files.write(catalogue.resolve("bad.jpg"), new byte[] {1, 2, 3});
    nights.reindex(catalogue);
    int published = nights.publications();

    String unreachable =
        nights.reindex(catalogue, Reindex.RetryScope.UNREACHABLE, Reindex.Training.KEPT);
    String content = nights.reindex(catalogue, Reindex.RetryScope.ALL, Reindex.Training.KEPT);

    assertThat(unreachable)
        .contains("nothing to try again: no such image is rejected")
        .contains("is up to date");
    assertThat(content).contains("1 listed = 0 described + 1 rejected");
    assertThat(nights.publications()).isEqualTo(published + 1);
    assertSameAsFromNothing(catalogue);
  }

  @Test
  void aGenerationThatWasRolledBackFromIsNotPublishedByANight() throws IOException {
    remove("p1");
    nights.reindex(catalogue);
    nights.rollback();

    String unchanged = nights.reindex(catalogue);
    int live = nights.live().number();
    remove("p2");
    nights.reindex(catalogue);

    assertThat(unchanged).contains("nothing to publish: generation 2 was rolled back from");
    assertThat(live).isEqualTo(1);
    assertThat(nights.live().number()).isEqualTo(3);
    assertSameAsFromNothing(catalogue);
  }

  /** By the older training nobody had built it; it is what somebody went back from all the same. */
  @Test
  void aNightAfterSomebodyWentBackFromATrainingLeavesItAtThat() throws IOException {
    picture("new");
    Files.write(catalogue.resolve("bad.jpg"), new byte[] {1, 2, 3});
    nights.reindex(catalogue, Reindex.RetryScope.WITH_CHANGES, Reindex.Training.ANEW);
    nights.rollback();

    String unchanged = nights.reindex(catalogue);
    int live = nights.live().number();
    String idle = nights.reindex(catalogue, Reindex.RetryScope.UNREACHABLE, Reindex.Training.KEPT);
    String retried = nights.reindex(catalogue, Reindex.RetryScope.ALL, Reindex.Training.KEPT);

    assertThat(unchanged).contains("nothing to publish: generation 3 was rolled back from, or");
    assertThat(idle).contains("nothing to publish: generation 3 was rolled back from, or");
    assertThat(live).isEqualTo(1);
    assertThat(retried).contains("live: generation 4");
  }

  @Test
  void imagesKnownToBeBadAreNoOutageAndNoBadDelivery() throws IOException {
    for (int i = 0; i < 12; i++) {
      Files.write(catalogue.resolve("bad" + i + ".jpg"), new byte[] {1, 2, 3});
    }
    nights.set("extract.max-reject-ratio", 1).reindex(catalogue);
    nights.set("extract.max-reject-ratio", 0.1);

    String again = nights.reindex(catalogue, Reindex.RetryScope.ALL, Reindex.Training.KEPT);

    assertThat(again).contains("12 listed = 0 described + 12 rejected").contains("live: ");
  }

  @Test
  void unreachableImagesThatStaySoKeepNoOthersFromBeingDescribed() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(catalogue)) {
      files
          .sorted()
          .forEach(file -> lines.add(line(file.getFileName().toString(), file.toUri().toString())));
    }
    for (int i = 0; i < 6; i++) {
      lines.add(line("gone" + i, folder.resolve("gone" + i + ".jpg").toUri().toString()));
    }
    Path table = Files.write(folder.resolve("table.jsonl"), lines, StandardCharsets.UTF_8);
    // A table without versions for a folder with them.
    nights.set("snapshot.max-changed-ratio", 1);
    nights.set("extract.access-allowance", 6).reindex(table);
    Pictures.write(folder.resolve("gone2.jpg"), random, Pictures.LONG, Pictures.SHORT);
    nights.set("extract.access-allowance", 0).set("unit.attempts", 1);

    String retried = nights.reindex(table, Reindex.RetryScope.UNREACHABLE, Reindex.Training.KEPT);

    assertThat(retried).contains("6 listed = 1 described + 5 rejected").contains("live: ");
    assertSameAsFromNothing(table, 6);
  }

  private static String line(String imageId, String uri) {
    return "{\"image_id\":\"%s\",\"uri\":\"%s\"}".formatted(imageId, uri);
  }

  @Test
  void aRefusedNightIsCompactedAndMendedByARetry() throws IOException {
    nights.set("compact.max-layers", 1).set("publish.max-reject-ratio", 0);
    for (int night = 0; night < 2; night++) {
      Files.write(catalogue.resolve("bad.jpg"), new byte[] {1, 2, (byte) night});
      picture("n" + night);
      assertThatThrownBy(() -> nights.reindex(catalogue)).hasMessageContaining("reject-ratio");
    }
    assertThat(nights.live().number()).isEqualTo(1);
    assertThat(Files.exists(nights.store().resolve("snapshots/00000003-merged"))).isTrue();
    nights.set("publish.max-reject-ratio", 0.1);

    String retried = nights.reindex(catalogue, Reindex.RetryScope.ALL, Reindex.Training.KEPT);

    assertThat(retried).contains("1 listed = 0 described + 1 rejected").contains("live: ");
    assertSameAsFromNothing(catalogue);
  }

  @Test
  void aDamagedMergedLayerIsKeptWhenNothingCanMakeItAgain() throws IOException {
    nights.set("compact.max-delta-ratio", 0);
    remove("p1");
    nights.reindex(catalogue);
    Path segment = segment(nights.store().resolve("descriptors"), "00000002-compacted");
    byte[] damaged = Files.readAllBytes(segment);
    damaged[damaged.length / 2] ^= 1;
    Files.write(segment, damaged);
    String withSources = nights.verify();
    // As it is once they have been collected.
    Files.delete(segment.resolve("../../../00000001/ledger.json").normalize());

    String without = nights.verify(StoreCheck.Mode.REPAIR);

    assertThat(withSources).containsPattern("(?m)-compacted/segments/.* compact$");
    assertThat(without).contains("nothing; restore it from a copy");
    assertThat(Files.readAllBytes(segment)).isEqualTo(damaged);
  }

  private static Path segment(Path table, String layer) throws IOException {
    try (Stream<Path> files = Files.walk(table)) {
      return files
          .filter(file -> file.toString().contains(layer) && file.toString().endsWith(".parquet"))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }
}
