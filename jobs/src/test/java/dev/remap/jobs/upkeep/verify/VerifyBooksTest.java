package dev.remap.jobs.upkeep.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactDraft;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Rows;
import dev.remap.jobs.store.segment.SegmentWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Books of layers and logs, as verify reads and mends them, without images. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VerifyBooksTest {
  private static final Unit UNIT = new Unit(0, KeyRange.ALL, 5);

  private Path root;
  private JobContext context;
  private Store store;
  private boolean well;

  @BeforeAll
  void open(@TempDir Path folder) {
    root = folder.resolve("my store");
    LocalSpark.use("local[2]");
    Console unread = new Console(new PrintStream(new ByteArrayOutputStream(), true, UTF_8));
    context =
        JobContext.create("test", Settings.load(null, Map.of("store", root.toString())), unread);
    store = context.store();
  }

  @AfterAll
  void close() {
    context.close();
  }

  private String verify(StoreCheck.Mode mode) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Console console = new Console(new PrintStream(said, true, UTF_8));
    well = new StoreCheck(context, console, mode).execute();
    return said.toString(UTF_8);
  }

  /** Five rows, always the same, of which one deletes an image of a snapshot below. */
  private Layer snapshot(String name, Inputs parent, String images, Map<String, Long> counts) {
    Layer layer = new Layer(store, TableKind.SNAPSHOTS.only().layer(name).folder());
    layer.createPlan(new Plan(parent.with(Inputs.IMAGES, images), List.of(UNIT)));
    try (UnitWriter writer = new UnitWriter(layer, UNIT, new Attempt("run", 1), "x")) {
      SegmentWriter<SnapshotRow> segment =
          writer.segment(layer.folder(), RowFormat.snapshot(), Map.of());
      Rows.snapshot(5, KeyRange.ALL, new Random(20270203)).forEach(segment::write);
      writer.commit(counts);
    }
    return layer;
  }

  @Test
  void aLayerWithoutItsLedgerIsUnfinishedUntilSomethingIsMadeFromIt() {
    Layer first = snapshot("00000001", Inputs.NONE, "5", Map.of("added", 5L));

    assertThat(verify(StoreCheck.Mode.LOOK))
        .contains("unfinished, no damage: all units of snapshots/00000001 are done", "all is well");
    assertThat(well).isTrue();
    assertThat(verify(StoreCheck.Mode.REPAIR)).contains("all is well");
    assertThat(first.ledger()).as("somebody may still look at its books").isEmpty();

    Layer second =
        snapshot(
            "00000002",
            Inputs.of(Inputs.PARENT, "00000001"),
            "4",
            Map.of("changed", 4L, "removed", 1L));

    assertThat(verify(StoreCheck.Mode.LOOK))
        .containsPattern("snapshots/00000001/ledger.json +missing +something was made")
        .contains("unfinished, no damage: all units of snapshots/00000002 are done");
    assertThat(well).isFalse();
    assertThat(verify(StoreCheck.Mode.REPAIR))
        .contains("written again from the rest of the store: 1");
    assertThat(first.ledger()).isPresent();
    assertThat(second.ledger()).isEmpty();
    assertThat(verify(StoreCheck.Mode.LOOK)).contains("all is well");
  }

  @Test
  void neighbouringPublicationsThatAreLostAreMendedAtOnceAndCounted() throws IOException {
    Publication log = publish("neighbours", 5);
    Files.delete(root.resolve(log.path(2)));
    Files.delete(root.resolve(log.path(3)));
    Files.writeString(root.resolve(log.path(1)), "{}");

    String said = verify(StoreCheck.Mode.REPAIR);

    assertThat(said).contains("written again from the rest of the store: 3");
    assertThat(log.all()).extracting(Published::number).containsExactly(1, 2, 3, 4, 5);
    assertThat(log.entry(2).id()).isEqualTo(log.entry(4).id());
    assertThat(verify(StoreCheck.Mode.LOOK)).contains("all is well");
  }

  @Test
  void whatNothingLaterTellsIsNotCountedAsMended() throws IOException {
    Publication log = publish("tail", 3);
    Files.delete(root.resolve(log.path(2)));
    Files.writeString(root.resolve(log.path(3)), "{}");

    String said = verify(StoreCheck.Mode.REPAIR);

    assertThat(said).contains("written again from the rest of the store: 0");
    assertThat(said).contains("remap publish --store '" + root + "' --name tail");
    assertThat(log.all()).extracting(Published::number).containsExactly(1);
    assertThat(verify(StoreCheck.Mode.LOOK)).contains("all is well");
  }

  private Publication publish(String index, int entries) {
    String folder = TableKind.SHARDS.of(index).layer("00000001").folder();
    Layer layer = new Layer(store, folder);
    Plan plan = layer.createPlan(new Plan(Inputs.NONE, List.of(UNIT)));
    try (UnitWriter writer = new UnitWriter(layer, UNIT, new Attempt("run", 1), "x")) {
      writer.commit(Map.of());
    }
    layer.fold(plan, "x");
    new Artifacts(store)
        .commit(folder, new ArtifactDraft("x", "index", Inputs.NONE, "run"), Map.of(), "x");
    FileRef manifest = new Artifacts(store).manifestRef(folder);
    Publication log = new Publication(store, index);
    Optional<Published> live = Optional.empty();
    for (int i = 0; i < entries; i++) {
      live = log.publish(manifest, "run", live, any -> false);
    }
    return log;
  }
}
