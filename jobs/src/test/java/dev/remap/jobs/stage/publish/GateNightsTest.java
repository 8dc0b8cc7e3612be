package dev.remap.jobs.stage.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.remap.jobs.cli.Pictures;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.EvaluateGroupsJob;
import dev.remap.jobs.evaluate.EvaluationOptions;
import dev.remap.jobs.evaluate.Groups;
import dev.remap.jobs.night.Nights;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LostFilesException;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.publication.VerdictCheck;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.upkeep.status.RejectsTold;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is counted and compared of a store of two nights: 40 images that are all the same and 13
 * others, and of three broken ones the second night mends one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GateNightsTest {
  private static final long SEED = 1729;
  private static final int SAME = 40;
  private static final int OTHERS = 12;
  private static final int IMAGES = SAME + OTHERS + 1;

  private Nights nights;
  private JobContext context;
  private Generation first;
  private Generation second;
  private Throwable withoutListing;

  @BeforeAll
  void nights(@TempDir Path folder) throws IOException {
    Path catalogue = folder.resolve("catalogue");
    Random random = new Random(SEED);
    for (int i = 0; i < OTHERS; i++) {
      Pictures.write(
          catalogue.resolve("other/" + i + ".jpg"), random, Pictures.LONG, Pictures.SHORT);
    }
    Files.createDirectories(catalogue.resolve("same"));
    for (int i = 0; i < SAME; i++) {
      Files.copy(catalogue.resolve("other/0.jpg"), catalogue.resolve("same/" + i + ".jpg"));
    }
    for (int i = 0; i < 3; i++) {
      Files.write(catalogue.resolve("broken-" + i + ".jpg"), new byte[] {1, 2, 3});
    }
    nights = new Nights(folder, "nights", KeyHash.SHA_256).set("unit.images", 1000);
    nights.set("quantizer.spec", "IVF1,PQ1x4np").set("publish.max-reject-ratio", 0.5);
    nights.reindex(catalogue);
    Files.delete(catalogue.resolve("broken-0.jpg"));
    Pictures.write(catalogue.resolve("broken-0.jpg"), random, Pictures.LONG, Pictures.SHORT);
    nights.reindex(catalogue);
    context = nights.context(new ByteArrayOutputStream());
    first = Generation.of(context.store(), "default", 1);
    second = Generation.of(context.store(), "default", 2);
    withoutListing = countedWithoutListing();
  }

  /** What comes of counting, for the first time, while only the ledger tells what is listed. */
  private Throwable countedWithoutListing() throws IOException {
    List<Path> listing;
    try (Stream<Path> files = Files.walk(nights.store().resolve("snapshots/00000002"))) {
      listing = files.filter(file -> file.toString().endsWith(".parquet")).toList();
    }
    for (Path file : listing) {
      Files.move(file, Path.of(file + ".away"));
    }
    Throwable thrown = catchThrowable(() -> GenerationCounts.of(context, second, IMAGES));
    for (Path file : listing) {
      Files.move(Path.of(file + ".away"), file);
    }
    return thrown;
  }

  @AfterAll
  void close() {
    context.close();
  }

  /**
   * A search names ten of those that are the same; so many vectors as they are must all be found.
   */
  @Test
  void imagesThatAreEqualDoNotHideEachOther() {
    SelfRetrieval found = SelfRetrieval.ofEvery(context, second, 1);

    assertThat(found.queries()).isEqualTo(IMAGES);
    assertThat(found.seen()).isEqualTo(IMAGES);
    assertThat(found.found()).isEqualTo(IMAGES);
  }

  private VerdictCheck compared(int mostLabelled) {
    return new GroupsRegression(context, second, first, mostLabelled)
        .check(".", new Regressions(1, 0.01));
  }

  @Test
  void moreLabelsThanTheDriverTakesAreNoticedByTheTask() {
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> compared(5))
        .withMessageStartingWith("publish.groups labels more than 5 images; ")
        .satisfies(
            thrown ->
                assertThat(thrown.getStackTrace())
                    .anyMatch(frame -> frame.getMethodName().equals("attempt")));
  }

  @Test
  void asManyLabelsAsTheDriverTakesAreCompared() {
    assertThat(compared(SAME + OTHERS).text()).contains("52 images of 2 groups");
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> compared(SAME + OTHERS - 1))
        .withMessageContaining("more than 51 images");
  }

  @Test
  void anEvaluationTakesNoMoreLabelsEither() {
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(
            () ->
                new EvaluateGroupsJob(
                        context,
                        Generation.choose(context, 2),
                        ".",
                        SAME + OTHERS - 1,
                        EvaluationOptions.NONE)
                    .execute())
        .withMessageStartingWith("--groups labels more than 51 images; ");
    new EvaluateGroupsJob(
            context, Generation.choose(context, 2), ".", SAME + OTHERS, EvaluationOptions.NONE)
        .execute();
  }

  @Test
  void unitsMayFindMoreThanTheirShareAndAllTogetherLittleMoreThanIsTaken() {
    assertThat(Groups.mostOfUnit(1_000_000, 1)).isBetween(1_000_000L, 1_100_000L);
    assertThat(Groups.mostOfUnit(1_000_000, 10_000)).isEqualTo(210);
  }

  /** Counted once, and not taken for the descriptors, which lie in the same layers. */
  @Test
  void booksRememberTheRejects() throws IOException {
    GenerationCounts books = GenerationCounts.of(context, second, IMAGES);
    List<Path> rejects;
    try (Stream<Path> files = Files.walk(nights.store())) {
      rejects = files.filter(file -> file.toString().matches(".*rejects.*\\.parquet")).toList();
    }
    assertThat(rejects).hasSize(2);
    for (Path file : rejects) {
      Files.move(file, Path.of(file + ".away"));
    }
    GenerationCounts again = GenerationCounts.of(context, second, IMAGES);
    for (Path file : rejects) {
      Files.move(Path.of(file + ".away"), file);
    }

    assertThat(books).isEqualTo(new GenerationCounts(IMAGES + 2, IMAGES, 2, IMAGES, 0, IMAGES));
    assertThat(again).isEqualTo(books);
  }

  @Test
  void booksCountTheListingInItsTable() {
    assertThat(withoutListing)
        .isInstanceOf(LostFilesException.class)
        .hasMessageContaining("snapshots/00000002");
  }

  @Test
  void rejectsThatAreTooManyAreOnlyCounted() {
    // Three rejects, and one that takes the first back.
    RejectsTold three = RejectsTold.of(context, 3);
    RejectsTold four = RejectsTold.of(context, 4);

    assertThat(three.said())
        .contains("rejected images of snapshot 2")
        .contains(
            "  4 rows in 2 files, too many to sum up here", "one by one: `remap status --rejects`");
    assertThat(three.json().get("unread-rows").asInt()).isEqualTo(4);
    assertThat(three.json().get("reasons")).isEmpty();
    assertThat(four.said()).contains("content (decode)");
    assertThat(four.json().get("reasons").get(0).get("images").asInt()).isEqualTo(2);
  }
}
