package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.row.RejectRow;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.RowFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An image ends every JVM that reads it, by a real SIGSEGV. Run by {@code bin/poison-drill}, which
 * builds the command first; not by {@code bin/test}.
 */
class PoisonDrill {
  private static final int DESCRIPTOR = 9;
  private static final String POISON = "g01/p007.jpg";
  private static final int MOST_RUNS = 6;

  private final Console console = new Console(System.out);
  @TempDir private Path folder;
  private List<VectorRow> undisturbed;

  @BeforeEach
  void describeUndisturbed() {
    LocalSpark.use("local[2]");
    Pictures.folders(folder.resolve("catalogue"), 2, 24, 5);
    Remap remap = new Remap(folder.resolve("undisturbed")).tinyBackbone(folder.resolve("tiny"));
    remap.set("unit.images", 16).set("extract.window", 4);
    remap.succeed("snapshot", "--catalogue", folder.resolve("catalogue").toString());
    remap.succeed("extract");
    undisturbed = descriptors("undisturbed");
    assertThat(undisturbed).hasSize(48);
  }

  @Test
  void oneRunOnACluster() throws Exception {
    assertThat(remap("cluster", "local-cluster[2,1,1024]", "snapshot")).isZero();
    assertThat(remap("cluster", "local-cluster[2,1,1024]", "extract")).isZero();

    check("cluster");
  }

  @Test
  void aFewRunsInOneJvm() throws Exception {
    assertThat(remap("local", "local[2]", "snapshot")).isZero();
    int runs = 1;
    for (int status = remap("local", "local[2]", "extract"); status != 0; runs++) {
      assertThat(runs).isLessThan(MOST_RUNS);
      status = remap("local", "local[2]", "extract");
    }
    console.say("in one JVM: run %d got through", runs);

    check("local");
  }

  private void check(String store) throws IOException {
    List<VectorRow> expected =
        undisturbed.stream().filter(row -> !row.imageId().equals(POISON)).toList();
    assertThat(descriptors(store)).isEqualTo(expected);
    List<RejectRow> rejects = tables(store).rows(ledger(store), "rejects", RowFormat.rejects());
    assertThat(rejects).singleElement().extracting(RejectRow::imageId).isEqualTo(POISON);
    assertThat(rejects.get(0).stage()).isEqualTo("crash");
    assertThat(rejects.get(0).kind()).isEqualTo(RejectRow.Kind.CONTENT);
    Path notes = folder.resolve(store).resolve(ledger(store).layer()).resolve("inflight");
    try (Stream<Path> left = Files.list(notes)) {
      assertThat(left).isEmpty();
    }
    try (Stream<Path> files = Files.list(folder)) {
      long deaths =
          files.filter(file -> file.getFileName().toString().startsWith(store + "-hs_err")).count();
      console.say(
          "%s: %d JVMs died, 47 descriptors are the undisturbed ones, 1 reject", store, deaths);
      assertThat(deaths).isGreaterThanOrEqualTo(3);
    }
  }

  private List<VectorRow> descriptors(String store) {
    return tables(store).rows(ledger(store), "descriptors", RowFormat.descriptors(DESCRIPTOR));
  }

  private Tables tables(String store) {
    return new Tables(folder.resolve(store));
  }

  private Ledger ledger(String store) {
    return tables(store).ledger(tables(store).only("descriptors") + "/00000001");
  }

  /** Runs the command as delivered; returns its exit status. */
  private int remap(String store, String master, String command) throws Exception {
    String java =
        "-XX:TieredStopAtLevel=1 -XX:-CreateCoredumpOnCrash -XX:ErrorFile="
            + folder.resolve(store + "-hs_err%p.log");
    List<String> line =
        new ArrayList<>(
            List.of(
                "../bin/remap",
                command,
                "--master",
                master,
                "--store",
                folder.resolve(store).toString()));
    if (command.equals("snapshot")) {
      line.addAll(List.of("--catalogue", folder.resolve("catalogue").toString()));
    }
    for (String setting :
        List.of(
            "extractor.backbone=" + folder.resolve("tiny"),
            "extractor.scales=[{long-side=128,short-side=96,weight=1}]",
            "unit.images=16",
            "extract.window=4")) {
      line.addAll(List.of("--set", setting));
    }
    ProcessBuilder process = new ProcessBuilder(line);
    process.environment().put("REMAP_CRASH_IMAGES", POISON);
    process.environment().put("REMAP_DRIVER_MEMORY", "1g");
    process.environment().put("JAVA_TOOL_OPTIONS", java);
    process.redirectErrorStream(true);
    process.redirectOutput(
        ProcessBuilder.Redirect.appendTo(
            Path.of("target/poison-drill-" + store + ".log").toFile()));
    return process.start().waitFor();
  }
}
