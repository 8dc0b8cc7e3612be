package dev.remap.jobs.night;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.cli.Pictures;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.store.keys.KeyHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nights that did not come to their end. */
class UnfinishedNightTest {
  private static final long SEED = 20261126;
  private static final int FIRST = 24;

  @TempDir private Path folder;
  private Path catalogue;
  private Random random;
  private Nights nights;

  @BeforeEach
  void pictures() {
    random = new Random(SEED);
    catalogue = folder.resolve("catalogue");
    for (int i = 0; i < FIRST; i++) {
      picture("p" + i);
    }
    nights = new Nights(folder, "nights", KeyHash.SHA_256).set("unit.images", 8);
  }

  private void picture(String name) {
    int longer = Pictures.LONG + 8 * random.nextInt(4);
    Pictures.write(catalogue.resolve(name + ".jpg"), random, longer, Pictures.SHORT);
  }

  /** Describes all that is listed, and counts for nothing, as far as the layer's ledger goes. */
  private void refusedFirstNight() throws IOException {
    Files.write(catalogue.resolve("bad.jpg"), new byte[] {1, 2, 3});
    nights.set("extract.max-reject-ratio", 0);
    assertThatThrownBy(() -> nights.reindex(catalogue)).isInstanceOf(JobFailedException.class);
    Files.delete(catalogue.resolve("bad.jpg"));
    Files.delete(catalogue.resolve("p1.jpg"));
    picture("p2");
    picture("new");
  }

  @Test
  void whatWasBegunIsFinishedThoughTheCatalogueHasChanged() throws IOException {
    refusedFirstNight();
    Files.delete(only(nights.store().resolve("descriptors"), "u000001.json"));
    nights.set("extract.max-reject-ratio", 0.25);

    String night = nights.reindex(catalogue);

    assertThat(night)
        .contains("snapshot 1 was being described, which is finished first")
        .contains("3 units were done by an earlier run")
        .contains("books: 2 listed = 2 described + 0 rejected; 2 gone; 24 images in all")
        .contains("live: generation 1");
    assertSameAsFromNothing();
  }

  /** Describing a catalogue may take days. */
  @Test
  void vectorsThatCannotBeAreRefusedBeforeAnImageIsDescribed() {
    nights.set("whitening.dimension", 100_000);
    assertThatThrownBy(() -> nights.reindex(catalogue))
        .hasMessageContaining("whitening.dimension is 100000, but descriptors by this extractor");
    nights.set("whitening.dimension", 6).set("quantizer.spec", "IVF2,PQ4np");
    assertThatThrownBy(() -> nights.reindex(catalogue))
        .hasMessageContaining("quantizer.spec does not fit vectors of 6 components")
        .hasMessageContaining("change it or whitening.dimension");
    assertThat(nights.store().resolve("snapshots")).doesNotExist();
  }

  @Test
  void whatCannotBeFinishedIsLeft() throws IOException {
    refusedFirstNight();

    String night = nights.reindex(catalogue);

    assertThat(night)
        .contains("left as it is: 1 of 25 images were rejected")
        .contains("books: 24 listed = 24 described")
        .contains("live: generation 1");
    assertThat(nights.shards()).isEqualTo(fromNothing().shards());
  }

  @Test
  void fewDeadLinksKeepNoOtherImageOut() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < FIRST; i++) {
      Path picture = catalogue.resolve("p" + i + ".jpg");
      lines.add(line("p" + i, picture));
      if (i % 5 == 0) {
        Files.delete(picture);
      }
    }
    Path table = Files.write(folder.resolve("table.jsonl"), lines);
    nights.set("extract.access-allowance", 1).set("unit.attempts", 1);

    assertThat(nights.reindex(table)).contains("24 listed = 19 described + 5 rejected");
  }

  @Test
  void aRetryWorksBeforeAnythingIsLive() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < FIRST; i++) {
      lines.add(line("p" + i, catalogue.resolve("p" + i + ".jpg")));
    }
    lines.add(line("late", catalogue.resolve("late.jpg")));
    Path table = Files.write(folder.resolve("table.jsonl"), lines);
    nights.set("publish.max-reject-ratio", 0);
    assertThatThrownBy(() -> nights.reindex(table)).hasMessageContaining("reject-ratio");
    picture("late");

    String retried = nights.reindex(table, Reindex.RetryScope.UNREACHABLE, Reindex.Training.KEPT);

    assertThat(retried).contains("1 listed = 1 described + 0 rejected").contains("live: ");
  }

  private static String line(String imageId, Path file) {
    return "{\"image_id\":\"%s\",\"uri\":\"%s\"}".formatted(imageId, file.toUri());
  }

  private void assertSameAsFromNothing() {
    assertThat(nights.shards()).isEqualTo(fromNothing().shards());
    assertThat(nights.verify()).contains("all is well");
  }

  private Nights fromNothing() {
    return new Nights(folder, "fresh", KeyHash.SHA_256).fromNothing(nights, catalogue);
  }

  private static Path only(Path below, String name) throws IOException {
    try (Stream<Path> files = Files.walk(below)) {
      return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
    }
  }
}
