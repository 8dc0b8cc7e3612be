package dev.remap.jobs.stage.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.stage.snapshot.SnapshotJob.Taken;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.upkeep.status.StatusPrinter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a listing leaves out, or cannot look at, as the user reads of it. */
class LeftOutOfSnapshotsTest {
  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private JobContext context;

  @BeforeEach
  void open() throws IOException {
    LocalSpark.use("local[2]");
    Files.createDirectory(folder.resolve("catalogue"));
    Map<String, String> settings =
        Map.of(
            "store", folder.resolve("store").toUri().toString(),
            "catalogue.uri", folder.resolve("catalogue").toString());
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    context = JobContext.create("test", Settings.load(null, settings), new Console(print));
  }

  @AfterEach
  void close() {
    context.close();
  }

  private Path file(String name) throws IOException {
    return Files.write(folder.resolve("catalogue/" + name), new byte[] {1});
  }

  private Taken snapshot() {
    out.reset();
    return new SnapshotJob(context).execute();
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String status(StatusPrinter.Detail detail) {
    out.reset();
    new StatusPrinter(context, detail).execute();
    return said();
  }

  @Test
  void anUnchangedCatalogueMakesNoSnapshotAndStatusKnowsWhatItHasNow() throws Exception {
    file("a.jpg");
    file("b.heic");
    snapshot();
    assertThat(said()).contains("  1 left out: 1 × other ending (.heic)\n");
    assertThat(status(StatusPrinter.Detail.SUMMARY))
        .contains("left out when the catalogue was last listed\n         1  other ending: .heic\n");

    file("c.heic");
    file(".DS_Store");
    assertThat(snapshot()).isEqualTo(new Taken(1, 1, 1, 0, 0));

    assertThat(said())
        .contains("nothing changed since snapshot 1")
        .contains("  3 left out: 2 × other ending (.heic), 1 × hidden (.DS_Store)\n");
    JsonNode leftOut =
        new ObjectMapper().readTree(status(StatusPrinter.Detail.JSON)).path("left-out");
    assertThat(leftOut)
        .hasToString(
            "[{\"reason\":\"other ending\",\"count\":2,\"details\":{\".heic\":2}},"
                + "{\"reason\":\"hidden\",\"count\":1,\"details\":{\".DS_Store\":1}}]");
    Files.delete(folder.resolve("catalogue/.DS_Store"));
    Files.delete(folder.resolve("catalogue/b.heic"));
    Files.delete(folder.resolve("catalogue/c.heic"));
    snapshot();
    assertThat(status(StatusPrinter.Detail.SUMMARY)).doesNotContain("left out");
    assertThat(status(StatusPrinter.Detail.JSON)).contains("\"left-out\" : [ ]");
  }

  @Test
  void aCatalogueOfOtherEndingsSaysWhichTheyAre() throws Exception {
    for (int i = 0; i < 12; i++) {
      file("p" + i + (i < 9 ? ".HEIC" : ".mov"));
    }

    assertThatThrownBy(this::snapshot)
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("; 12 left out: 12 × other ending (9 × .heic, 3 × .mov)");
  }

  @Test
  void anImageThatCannotBeLookedAtStaysAsItWasInTheSnapshotBefore() throws Exception {
    Path mounted = Files.createDirectories(folder.resolve("mounted"));
    Files.write(mounted.resolve("m"), new byte[] {1, 2});
    context.close();
    Map<String, String> settings =
        new TreeMap<>(
            Map.of(
                "store", folder.resolve("store").toUri().toString(),
                "catalogue.uri", folder.resolve("catalogue").toString(),
                "catalogue.follow-outside-links", "true"));
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    context = JobContext.create("test", Settings.load(null, settings), new Console(print));
    file("a.jpg");
    Files.createSymbolicLink(folder.resolve("catalogue/m.jpg"), mounted.resolve("m"));
    snapshot();
    Map<String, String> before = versions(1);

    Files.move(mounted, folder.resolve("unmounted"));
    Files.createSymbolicLink(folder.resolve("catalogue/new.jpg"), mounted.resolve("n"));

    assertThat(snapshot()).isEqualTo(new Taken(2, 3, 1, 0, 0));
    assertThat(said())
        .contains("WARNING: 2 of the images cannot be reached now")
        .contains("m.jpg, new.jpg");
    assertThat(status(StatusPrinter.Detail.SUMMARY)).contains("2 images could not be reached when");
    assertThat(status(StatusPrinter.Detail.JSON)).contains("\"out-of-reach\" : 2");
    before.put("new.jpg", "unreachable");
    assertThat(versions(2)).isEqualTo(before);

    Files.move(folder.resolve("unmounted"), mounted);
    Files.delete(folder.resolve("catalogue/new.jpg"));
    assertThat(snapshot()).isEqualTo(new Taken(3, 2, 0, 0, 1));
  }

  private Map<String, String> versions(int number) {
    Map<String, String> versions = new TreeMap<>();
    try (var rows =
        new Snapshots(context.store()).table(number).read(KeyRange.ALL, Verification.FULL)) {
      while (rows.hasNext()) {
        SnapshotRow row = rows.next();
        versions.put(row.imageId(), row.version());
      }
    }
    return versions;
  }
}
