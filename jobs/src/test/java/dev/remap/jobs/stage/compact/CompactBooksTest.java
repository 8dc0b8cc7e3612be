package dev.remap.jobs.stage.compact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.run.Unbalanced;
import dev.remap.jobs.stage.snapshot.SnapshotJob;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.NumberedTable;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.upkeep.verify.StoreCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A compaction that has not the rows of what it was merged from is never read. */
class CompactBooksTest {
  private static final int IMAGES = 12;
  private static final int GONE = 5;

  @TempDir private Path folder;
  private JobContext context;
  private Snapshots snapshots;
  private Ledger sound;

  @BeforeEach
  void compacted() throws IOException {
    Path catalogue = Files.createDirectories(folder.resolve("catalogue"));
    context =
        LocalSpark.sharing(
            folder.resolve("store"),
            Map.of("catalogue.uri", catalogue.toString(), "unit.images", "4"));
    snapshots = new Snapshots(context.store());
    for (int i = 0; i < IMAGES; i++) {
      Files.write(catalogue.resolve(i + ".jpg"), new byte[] {1});
    }
    new SnapshotJob(context).execute();
    for (int i = 0; i < GONE; i++) {
      Files.delete(catalogue.resolve(i + ".jpg"));
    }
    new SnapshotJob(context).execute();
    sound = compact();
  }

  @AfterEach
  void close() {
    context.close();
  }

  private Ledger compact() {
    NumberedTable table = Snapshots.numbered(2);
    return new CompactJob(context, table, CompactJob.Depth.FULL, point -> {}).execute();
  }

  private Layer merged() {
    return new Layer(context.store(), "snapshots/00000002-compacted");
  }

  @Test
  void deletesThatItKeepsAreNoImages() {
    assertThat(snapshots.chain(2).isFlat()).isTrue();
    assertThat(sound.rows(TableKind.SNAPSHOTS.rows())).isEqualTo(IMAGES);
    assertThat(snapshots.rows(context, 2)).isEqualTo(IMAGES - GONE).isEqualTo(snapshots.images(2));
  }

  @Test
  void itIsRefusedBeforeItIsPreferredAndMadeAgainAfterARepair() {
    Unbalanced.withoutOneRow(context.store(), merged(), RowFormat.snapshot(), Map.of());

    for (int run = 0; run < 2; run++) {
      assertThatThrownBy(this::compact)
          .isInstanceOf(JobFailedException.class)
          .hasMessageContaining(
              "Books of snapshots/00000002-compacted do not balance: the merged layers have 12"
                  + " snapshot, the new one 11")
          .hasMessageContaining(" --repair` removes what its units have recorded");
      assertThat(merged().ledger()).isEmpty();
      assertThat(LayerChain.of(context.store(), TableKind.SNAPSHOTS.folder(), 2).folders())
          .hasSize(2);
    }
    assertThat(new StoreCheck(context, StoreCheck.Mode.REPAIR).execute()).isFalse();

    assertThat(compact().rows(TableKind.SNAPSHOTS.rows())).isEqualTo(IMAGES);
    assertThat(snapshots.rows(context, 2)).isEqualTo(IMAGES - GONE);
    assertThat(new StoreCheck(context, StoreCheck.Mode.LOOK).execute()).isTrue();
  }

  /** Whose rows cannot be counted: that is told of the file, and ends no look at the others. */
  @Test
  void oneWhoseSegmentIsGoneIsDamagedAndNotUnbalanced() {
    Unbalanced.delete(
        context.store(), sound.units().get(0).segments().get(TableKind.SNAPSHOTS.rows()).path());
    Unbalanced.delete(
        context.store(),
        snapshots
            .layer(1)
            .requireLedger()
            .units()
            .get(0)
            .segments()
            .get(TableKind.SNAPSHOTS.rows())
            .path());

    assertThat(new StoreCheck(context, StoreCheck.Mode.LOOK).execute()).isFalse();
  }

  /** As one from a time when nobody looked before. */
  @Test
  void oneThatIsPreferredAlreadyIsFoundAndTakenAway() {
    Unbalanced.withoutOneRow(context.store(), merged(), RowFormat.snapshot(), Map.of());
    merged().fold(merged().plan().orElseThrow(), "test");

    assertThat(new StoreCheck(context, StoreCheck.Mode.REPAIR).execute()).isFalse();

    assertThat(LayerChain.of(context.store(), TableKind.SNAPSHOTS.folder(), 2).folders())
        .hasSize(2);
    assertThat(compact().rows(TableKind.SNAPSHOTS.rows())).isEqualTo(IMAGES);
  }
}
