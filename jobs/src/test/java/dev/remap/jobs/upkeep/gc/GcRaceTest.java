package dev.remap.jobs.upkeep.gc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.cli.Pictures;
import dev.remap.jobs.night.Nights;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.stage.publish.PublishJob;
import dev.remap.jobs.stage.publish.RollbackJob;
import dev.remap.jobs.store.Claims;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.publication.Verdict;
import dev.remap.jobs.store.run.Heartbeats;
import dev.remap.jobs.table.Generation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A collection and somebody who makes an old generation live again, in each other's way. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GcRaceTest {
  private static final long SEED = 20261127;

  /** The newest that is garbage, which is collected first. */
  private static final int OLD = 2;

  private Path folder;
  private int tests;
  private Nights nights;

  /** A process that dies at a fault point. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static Nights nights(Path folder, String name) {
    return new Nights(folder, name, KeyHash.SHA_256)
        .set("index.shards", 2)
        .set("publish.min-self-retrieval", 0)
        .set("gc.grace", "0s")
        .set("gc.keep-generations", 0);
  }

  @BeforeAll
  void threeNights(@TempDir Path temporary) {
    folder = temporary;
    Path catalogue = folder.resolve("catalogue");
    Random random = new Random(SEED);
    for (int i = 0; i < 20; i++) {
      Pictures.write(catalogue.resolve("p" + i + ".jpg"), random, Pictures.LONG, Pictures.SHORT);
    }
    for (int night = 1; night <= 3; night++) {
      Path added = catalogue.resolve("new" + night + ".jpg");
      Pictures.write(added, random, Pictures.LONG, Pictures.SHORT);
      nights(folder, "nights").reindex(catalogue);
    }
  }

  /** Generations 1 to 3, of which all but the last, which is live, are garbage. */
  @BeforeEach
  void copy() throws IOException {
    nights = nights(folder, "copy" + tests++);
    Path from = folder.resolve("nights");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = nights.store().resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }

  private static Consumer<String> at(String point, Runnable what) {
    boolean[] done = {false};
    return reached -> {
      if (reached.equals(point) && !done[0]) {
        done[0] = true;
        what.run();
      }
    };
  }

  private static Consumer<String> dieAt(String point) {
    return at(
        point,
        () -> {
          throw new Killed();
        });
  }

  private void collect(Consumer<String> reached) {
    try (JobContext context = nights.context(new ByteArrayOutputStream())) {
      new GarbageCollection(
              context, GarbageCollection.Mode.DELETE, GarbageCollection.Detail.SUMMARY, reached)
          .execute();
    }
  }

  private void collect() {
    collect(point -> {});
  }

  private void collectAndDieAt(String point) {
    assertThatThrownBy(() -> collect(dieAt(point))).isInstanceOf(Killed.class);
  }

  private void goBack(Consumer<String> reached) {
    try (JobContext context = nights.context(new ByteArrayOutputStream())) {
      new RollbackJob(context, OLD, reached).execute();
    }
  }

  private void publish(Consumer<String> reached) {
    try (JobContext context = nights.context(new ByteArrayOutputStream())) {
      publishing(context, reached).execute();
    }
  }

  private static PublishJob publishing(JobContext context, Consumer<String> reached) {
    Generation named = Generation.choose(context, OLD);
    return new PublishJob(context, named, PublishJob.Purpose.NAMED, reached);
  }

  private List<Published> log() {
    try (JobContext context = nights.context(new ByteArrayOutputStream())) {
      return new Publication(context.store(), "default").all();
    }
  }

  private Path generation(int number) {
    return nights.store().resolve(Generation.folder("default", number));
  }

  private List<Path> claims(int number) {
    try (Stream<Path> files = Files.walk(generation(number))) {
      return files.filter(file -> file.getParent().endsWith("deleting")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void assertThirdIsLiveAgain() {
    assertThat(log().stream().map(Generation::number)).containsExactly(1, 2, 3, OLD, 3);
    Verdict verdict = log().get(4).verdict().orElseThrow();
    assertThat(verdict.act()).isEqualTo(Verdict.Act.ROLLBACK);
    assertThat(verdict.about()).containsEntry("instead-of", "00000002");
    assertThat(verdict.checks().get(0).text()).contains("generation 2 could not stay live");
    assertThat(nights.verify()).contains("all is well");
  }

  @Test
  void whoGoesBackToWhatIsCollectedMeanwhileRetreats() {
    assertThatThrownBy(() -> goBack(at("rollback.before-publication", this::collect)))
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("published as number 4, but")
        .hasMessageContaining("generation 3 is live again (publication 5)");

    assertThat(generation(OLD)).doesNotExist();
    assertThirdIsLiveAgain();
  }

  @Test
  void whoPublishesWhatIsCollectedMeanwhileRetreats() {
    assertThatThrownBy(() -> publish(at("publish.before-publication", this::collect)))
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("generation 3 is live again (publication 5)");

    assertThirdIsLiveAgain();
  }

  /** The local file system, which does not answer for a generation's files once it stumbles. */
  public static final class Stumbling extends LocalFileSystem {
    private static volatile boolean stumbles;

    public Stumbling() {
      super(
          new RawLocalFileSystem() {
            @Override
            public FileStatus getFileStatus(org.apache.hadoop.fs.Path path) throws IOException {
              if (stumbles && path.toString().contains(Generation.folder("default", OLD) + "/")) {
                throw new IOException("503 Slow Down");
              }
              return super.getFileStatus(path);
            }
          });
    }
  }

  @Test
  void aStorageThatFailsAtTheSecondLookIsNoReasonToRetreat() {
    Map<String, String> properties =
        Map.of(
            "spark.hadoop.fs.file.impl",
            Stumbling.class.getName(),
            "spark.hadoop.fs.file.impl.disable.cache",
            "true");
    properties.forEach(System::setProperty);
    try {
      assertThatThrownBy(
              () -> publish(at("publish.after-publication", () -> Stumbling.stumbles = true)))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("Generation 2 of 'default' is published as number 4 and stays live")
          .hasMessageContaining("not looked at a second time")
          .hasMessageContaining("503 Slow Down");
    } finally {
      Stumbling.stumbles = false;
      properties.keySet().forEach(System::clearProperty);
    }

    assertThat(log().stream().map(Generation::number)).containsExactly(1, 2, 3, OLD);
    assertThat(nights.verify()).contains("all is well");
  }

  @Test
  void aShardThatIsMissingAtTheSecondLookIsOne() {
    assertThatThrownBy(
            () ->
                goBack(
                    at(
                        "rollback.after-publication",
                        () -> {
                          try (Stream<Path> files = Files.list(generation(OLD))) {
                            Files.delete(
                                files
                                    .filter(file -> file.toString().endsWith(".faiss"))
                                    .findFirst()
                                    .orElseThrow());
                          } catch (IOException e) {
                            throw new UncheckedIOException(e);
                          }
                        })))
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("generation 3 is live again (publication 5)");

    assertThat(log().stream().map(Generation::number)).containsExactly(1, 2, 3, OLD, 3);
  }

  @Test
  void aClaimAloneIsEnoughToRetreatAndTheNextCollectionFinishes() {
    assertThatThrownBy(
            () ->
                goBack(at("rollback.before-publication", () -> collectAndDieAt("gc.after-claim"))))
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("it is being collected as garbage");

    assertThat(claims(OLD)).hasSize(1);
    assertThirdIsLiveAgain();
    collect();
    assertThat(generation(OLD)).doesNotExist();
  }

  @Test
  void aCollectionThatHasClaimedWhatIsLiveByThenLetsGo() {
    assertThatThrownBy(() -> collect(at("gc.before-claim", () -> goBack(point -> {}))))
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("A generation was published while gc was looking");

    assertThat(log().stream().map(Generation::number)).containsExactly(1, 2, 3, OLD);
    assertThat(claims(OLD)).isEmpty();
    assertThat(nights.verify()).contains("all is well");
  }

  @Test
  void nobodyGoesBackToWhatIsClaimed() {
    collectAndDieAt("gc.after-claim");
    Consumer<String> no = point -> {};
    try (JobContext context = nights.context(new ByteArrayOutputStream())) {
      for (Job<?, ?> job : List.of(new RollbackJob(context, OLD, no), publishing(context, no))) {
        assertThatThrownBy(job::execute)
            .isInstanceOf(JobFailedException.class)
            .hasMessageContaining("is being collected as garbage: run gc again");
      }
    }
    assertThat(log()).hasSize(3);
  }

  @Test
  void theNextCollectionFinishesWhatAnotherHasBegunToDelete() {
    boolean[] begun = {false};
    assertThatThrownBy(
            () ->
                collect(
                    point -> {
                      if (point.equals("gc.deleting") && begun[0]) {
                        throw new Killed();
                      }
                      begun[0] |= point.equals("gc.deleting");
                    }))
        .isInstanceOf(Killed.class);
    assertThat(generation(OLD).resolve("manifest.json")).doesNotExist();
    assertThat(claims(OLD)).hasSize(1);

    // It would be kept, were it whole.
    nights.set("gc.keep-generations", 9);
    collect();

    assertThat(generation(OLD)).doesNotExist();
    assertThat(generation(1)).exists();
    assertThat(nights.verify()).contains("all is well");
  }

  @Test
  void aClaimOnWhatIsKeptGoesUnlessItsRunIsAtWork() {
    collectAndDieAt("gc.after-claim");
    String run = Claims.name(claims(OLD).get(0).toString());
    nights.set("gc.keep-generations", 9);
    try (JobContext context = nights.context(new ByteArrayOutputStream())) {
      Heartbeats heartbeats = new Heartbeats(context.store());
      heartbeats.begin(run, "gc");
      collect();
      assertThat(claims(OLD)).hasSize(1);

      heartbeats.end(run);
      collect();
    }

    assertThat(claims(OLD)).isEmpty();
    assertThat(generation(OLD).resolve("manifest.json")).exists();
    assertThat(nights.verify()).contains("all is well");
  }
}
