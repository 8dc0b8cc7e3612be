package dev.remap.jobs.store.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Jvm;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactDraft;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A run dies at a named point before and after each thing that counts; the next run on the same
 * store finds all or nothing of it. All commands at all points are {@code bin/kill-drill}'s.
 */
class KillDrillTest {
  @TempDir private Path folder;
  private Store store;
  private Layer layer;

  @BeforeEach
  void open() {
    store = Store.openOrCreate(folder.toString(), new Configuration());
    layer = Extraction.layer(store);
  }

  @ParameterizedTest
  @CsvSource({
    "creating-record, false, false, false",
    "before-ledger, true, false, false",
    "creating-artifact, true, true, false",
    "after-artifact, true, true, true",
  })
  void leavesAllOrNothingAndTheNextRunCompletesIt(
      String point, boolean record, boolean ledger, boolean artifact) throws Exception {
    List<String> options = List.of("-Dremap.kill.point=" + Extraction.STAGE + "." + point);
    Process dying = Jvm.start(Run.class, options, folder.toString(), "run-1");

    assertThat(dying.waitFor()).as("exit status").isEqualTo(137);
    assertThat(layer.record(0).isPresent()).as("record").isEqualTo(record);
    assertThat(layer.ledger().isPresent()).as("ledger").isEqualTo(ledger);
    assertThat(new Artifacts(store).find(Run.ARTIFACT).isPresent()).isEqualTo(artifact);

    Run.main(new String[] {folder.toString(), "run-2"});

    UnitRecord there = layer.record(0).orElseThrow();
    assertThat(there.attempt().run()).isEqualTo(record ? "run-1" : "run-2");
    assertThat(Extraction.read(store, there)).isEqualTo(Extraction.ROWS);
    assertThat(layer.requireLedger().units()).containsExactly(there);
    ArtifactManifest made = new Artifacts(store).require(Run.ARTIFACT);
    assertThat(made.run()).isEqualTo(artifact ? "run-1" : "run-2");
    made.files().values().forEach(store::verify);
  }

  /** A small job: one unit, its ledger, an artifact. */
  static final class Run {
    static final String ARTIFACT = Layout.quantizer("q");

    private Run() {}

    public static void main(String[] arguments) {
      Store store = Store.openOrCreate(arguments[0], new Configuration());
      String run = arguments[1];
      Layer layer = Extraction.layer(store);
      Plan plan = layer.createPlan(new Plan(Inputs.NONE, List.of(Extraction.UNIT)));
      Extraction.commit(layer, new Attempt(run, 1));
      layer.fold(plan, Extraction.STAGE);
      new Artifacts(store)
          .commit(
              ARTIFACT,
              new ArtifactDraft("q", "quantizer", Inputs.NONE, run),
              Map.of(
                  "a.bin", ByteSource.of(new byte[1000]), "b.bin", ByteSource.of(new byte[2000])),
              Extraction.STAGE);
    }
  }
}
