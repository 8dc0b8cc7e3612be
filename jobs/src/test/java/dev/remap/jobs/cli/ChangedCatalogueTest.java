package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.layer.Ledgers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A catalogue that is restored from a copy, and one that is half gone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChangedCatalogueTest {
  private static final long SEED = 77;
  private static final String ALLOWED = "snapshot.max-changed-ratio=1";

  private Path catalogue;
  private Remap remap;
  private Map<String, String> before;
  private Map<String, String> after;
  private Remap.Ran half;
  private String planned;
  private Remap.Ran refused;
  private String plannedAllowed;
  private Remap.Ran finished;
  private Remap.Ran allowed;
  private Remap.Ran gone;
  private String plannedGone;

  @BeforeAll
  void nights(@TempDir Path folder) throws IOException {
    LocalSpark.use("local[2]");
    catalogue = folder.resolve("catalogue");
    Pictures.folders(catalogue, 2, 20, SEED);
    remap = new Remap(folder.resolve("store")).tinyBackbone(folder.resolve("tiny"));
    remap.set("catalogue.uri", catalogue).set("publish.groups", ".");
    remap.set("publish.min-self-retrieval", 0);
    remap.succeed("reindex");

    List<Path> all = files();
    // Half of them is still a night like others.
    touch(all.subList(0, 20), 1);
    half = remap.succeed("reindex");
    touch(all, 2);
    before = remap.contents();
    planned = remap.succeed("plan").out();
    refused = remap.run("reindex");
    after = remap.contents();
    plannedAllowed = remap.succeed("plan", "--set", ALLOWED).out();
    remap.succeed("snapshot", "--set", ALLOWED);
    // As a run leaves it that is killed before its snapshot is complete.
    Files.delete(remap.store().resolve("snapshots/00000003/ledger.json"));
    Ledgers.forget();
    finished = remap.run("snapshot");
    allowed = remap.succeed("reindex");

    for (Path file : all.subList(0, 21)) {
      Files.delete(file);
    }
    plannedGone = remap.succeed("plan").out();
    gone = remap.run("reindex");
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(catalogue)) {
      return new ArrayList<>(files.filter(Files::isRegularFile).sorted().toList());
    }
  }

  /** As copying does that keeps no times. */
  private static void touch(List<Path> files, int hours) throws IOException {
    for (Path file : files) {
      long then = Files.getLastModifiedTime(file).toMillis() + 3_600_000L * hours;
      Files.setLastModifiedTime(file, FileTime.fromMillis(then));
    }
  }

  @Test
  void halfOfTheImagesMayHaveAnotherVersion() {
    assertThat(half.out()).contains("(0 added, 20 changed, 0 removed)");
  }

  @Test
  void moreOfThemAreRefusedBeforeAnythingIsWritten() {
    refused.assertRefused(
        1,
        "40 of 40 images have another version or place than in snapshot 2, more than snapshot.max-changed-ratio (0.5)"
            + " allows.",
        "copied or restored",
        "--set snapshot.max-changed-ratio=1");
    assertThat(after).isEqualTo(before);
  }

  @Test
  void aPlanSaysThatANightRefusesThem() {
    assertThat(planned)
        .contains("0 added, 40 changed, 0 removed since snapshot 2")
        .contains("WARNING: reindex refuses that: 40 of 40 images have another version");
    assertThat(plannedAllowed).contains("40 changed").doesNotContain("WARNING");
  }

  @Test
  void whatWasAllowedAndBegunIsFinishedWithoutAsking() {
    assertThat(finished.status()).as("%s", finished).isZero();
    assertThat(finished.out()).contains("snapshot 3 is complete: 40 images (0 added, 40 changed");
  }

  @Test
  void theGateSaysThatItComparedNothing() {
    assertThat(allowed.out())
        .contains("40 listed = 40 described")
        .contains(
            "not checked: copies-recall-at-1, groups-map (none of the 40 images of generation 3 is in generation 2, of"
                + " 40 images, in the same version: whether it finds less than that is not known)");
  }

  @Test
  void aCatalogueThatIsHalfGoneIsRefused() {
    gone.assertRefused(
        1,
        "The catalogue lists 21 of the 40 images of snapshot 3 no more",
        "--set snapshot.max-removed-ratio=1");
    assertThat(plannedGone).contains("WARNING: reindex refuses that: The catalogue lists 21 of");
  }
}
