package dev.remap.jobs.night;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.cli.Pictures;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.run.Unbalanced;
import dev.remap.jobs.stage.build.BuildJob;
import dev.remap.jobs.stage.extract.ExtractJob;
import dev.remap.jobs.stage.publish.PublishJob;
import dev.remap.jobs.stage.whiten.WhitenJob;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.IndexInputs;
import dev.remap.jobs.table.Vectors;
import dev.remap.jobs.table.Whitenings;
import dev.remap.jobs.upkeep.status.StatusPrinter;
import dev.remap.jobs.upkeep.verify.StoreCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What balances is published, however its layers lie; what does not never counts. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BooksNightsTest {
  private static final long SEED = 1545;

  private final Random random = new Random(SEED);
  private Path catalogue;
  private Nights nights;

  /** A quarter of the images goes, so that what lies above the first snapshot is merged into it. */
  @BeforeAll
  void removals(@TempDir Path folder) throws IOException {
    catalogue = folder.resolve("catalogue");
    nights = new Nights(folder, "nights", KeyHash.SHA_256).set("unit.images", 32);
    for (int i = 0; i < 60; i++) {
      picture("p" + i);
    }
    nights.reindex(catalogue);
    for (int i = 0; i < 15; i++) {
      Files.delete(catalogue.resolve("p" + i + ".jpg"));
    }
    assertThat(nights.reindex(catalogue)).contains("live: generation 2");
    assertThat(nights.layers("snapshots")).containsExactly("00000002-compacted");
    nights.set("compact.max-delta-ratio", 1000);
  }

  private void picture(String name) {
    Pictures.write(catalogue.resolve(name + ".jpg"), random, 64, 48);
  }

  @Test
  @Order(1)
  void imagesThatACompactedSnapshotHasTakenOutAreNotInItsBooks() {
    String trained =
        nights.reindex(catalogue, Reindex.RetryScope.WITH_CHANGES, Reindex.Training.ANEW);

    assertThat(trained)
        .contains("books: 45 listed, 45 described + 0 rejected; 45 vectors; 45 entries")
        .contains("live: generation 3");
    nights.rollback();
    try (JobContext context = nights.context(new ByteArrayOutputStream())) {
      new PublishJob(context, Generation.choose(context, 3), PublishJob.Purpose.NAMED).execute();
    }
    assertThat(nights.live().number()).isEqualTo(3);
    assertThat(status())
        .containsPattern("(?m)^ +snapshot 2, compacted +catalogue +complete +45 +60 ")
        .containsPattern("(?m)^ +index default, generation 3 .* live +45 ");
  }

  @Test
  @Order(2)
  void anotherIndexOfACompactedSnapshotIsOfTheImagesThatThereAre() {
    nights.set("index.name", "other").set("extractor.aggregator", "gem");
    try {
      assertThat(nights.reindex(catalogue))
          .contains(": 45 images in 2 units")
          .contains("live: generation 1 of 'other'");
    } finally {
      nights.set("index.name", "default").set("extractor.aggregator", "remap");
    }
  }

  @Test
  @Order(3)
  void ofTwoBuildsFromOtherInputsTheSecondTakesTheNextNumber() {
    nights.set("index.shards", 2);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (JobContext context = nights.context(said)) {
      Generation live = Generation.live(context);
      int taken = live.number() + 1;
      AtomicInteger calls = new AtomicInteger();
      Layer layer = new Layer(context.store(), Generation.folder("default", taken));
      Inputs inputs = live.inputs().with(Inputs.LISTING, "another");
      Plan other = new Plan(inputs, KeyPartitioner.ranges(9, 2));
      Runnable first =
          () -> assertThat(calls.getAndIncrement() > 0 || isFirst(layer, other)).isTrue();

      BuildJob build =
          new BuildJob(context, IndexInputs.choose(context, live.inputs().quantizer()), first);
      build.execute();

      assertThat(build.generation()).isEqualTo(taken + 1);
      assertThat(layer.plan()).contains(other);
      assertThat(Generation.choose(context, null).number()).isEqualTo(taken + 1);
      assertThat(said.toString(StandardCharsets.UTF_8))
          .contains("another run has begun generation " + taken + " from other inputs meanwhile");
    } finally {
      nights.set("index.shards", 1);
    }
  }

  @SuppressWarnings("ReferenceEquality")
  private static boolean isFirst(Layer layer, Plan plan) {
    return layer.firstPlan(plan) == plan;
  }

  private String status() {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (JobContext context = nights.context(said)) {
      new StatusPrinter(context, StatusPrinter.Detail.SUMMARY).execute();
    }
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  @Order(4)
  void aLayerThatMissesARowIsRefusedBeforeItCountsAndMadeAgainAfterARepair() {
    picture("new");
    nights.reindex(catalogue);
    try (JobContext context = nights.context(new ByteArrayOutputStream())) {
      Store store = context.store();
      Generation live = Generation.live(context);
      Vectors vectors = live.vectors();
      Descriptors descriptors = live.descriptors(store);

      Layer described =
          new Layer(
              store, TableKind.DESCRIPTORS.of(descriptors.extractor()).folder() + "/00000003");
      // Its records agree with themselves: as if there had been nothing to describe.
      Unbalanced.withoutOneRow(
          store, described, descriptors.format(), Map.of("listed", 0L, "described", 0L));
      assertRefused(
          context,
          described,
          () -> new ExtractJob(context, 3),
          "46 listed, 0 tried, 0 described (0 rows), 0 rejected (0 rows); in its layers 45"
              + " described");

      Unbalanced.withoutOneRow(
          store, vectors.layer(store), vectors.format(), Map.of("vectors", 0L));
      assertRefused(
          context,
          vectors.layer(store),
          () ->
              new WhitenJob(
                  context,
                  Descriptors.choose(context, 3),
                  Whitenings.require(store, vectors.whitening())),
          "46 descriptors, 45 vectors");

      Layer shards = new Layer(store, live.folder());
      Unbalanced.withOneLess(store, shards, TableKind.SHARDS.rows());
      assertRefused(
          context,
          shards,
          () -> BuildJob.ofBegun(context, live.number()),
          "46 vectors, 45 entries in 1 shard");
    }
    assertThat(nights.verify()).contains("all is well");
  }

  private static void assertRefused(
      JobContext context, Layer layer, Supplier<Job<?, ?>> job, String numbers) {
    for (int run = 0; run < 2; run++) {
      assertThatThrownBy(() -> job.get().execute())
          .isInstanceOf(JobFailedException.class)
          .hasMessageContaining("do not balance")
          .hasMessageContaining(numbers)
          .hasMessageContaining(" --repair` removes what its units have recorded");
      assertThat(layer.ledger()).isEmpty();
    }
    assertThat(new StoreCheck(context, StoreCheck.Mode.REPAIR).execute()).isFalse();
    assertThat(layer.ledger()).isEmpty();
    job.get().execute();
    assertThat(layer.ledger()).isPresent();
  }
}
