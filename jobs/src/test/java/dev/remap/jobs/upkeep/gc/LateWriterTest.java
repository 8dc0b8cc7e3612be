package dev.remap.jobs.upkeep.gc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.ArtifactDraft;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitRecord;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Rows;
import dev.remap.jobs.store.segment.SegmentWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A collection of garbage and somebody who makes something count, each paused at every point of its
 * way while the other goes on to every point of its own: what counts afterwards is whole, and what
 * was in the way of nobody's work.
 */
class LateWriterTest {
  private static final Unit UNIT = new Unit(0, KeyRange.ALL, 5);
  private static final Plan PLAN = new Plan(Inputs.NONE, List.of(UNIT));
  private static final List<SnapshotRow> ROWS =
      Rows.snapshot(5, KeyRange.ALL, new Random(20270202));
  private static final String DONE = "";

  private static final List<String> WRITING =
      List.of("x.after-data", "x.announced", "x.creating-record", "x.after-record", DONE);
  private static final List<String> MAKING =
      List.of("x.before-artifact", "x.announced", "x.creating-artifact", "x.after-artifact", DONE);
  private static final List<String> SWEEPING =
      List.of("gc.before-sweep", "gc.after-sweep", "gc.deleting", DONE);
  private static final List<String> CLAIMING =
      List.of("gc.before-claim", "gc.after-claim", "gc.deleting", DONE);

  @TempDir private Path folder;

  /** Something that goes on only as far as it is told to. */
  private static final class Actor {
    private final BlockingQueue<String> at = new LinkedBlockingQueue<>();
    private final Semaphore go = new Semaphore(0);
    private boolean done;

    Actor(Consumer<Consumer<String>> work) {
      Thread thread =
          new Thread(
              () -> {
                go.acquireUninterruptibly();
                try {
                  work.accept(this::reached);
                } catch (StoreException e) {
                  // It has given up.
                } finally {
                  at.add(DONE);
                }
              });
      thread.setDaemon(true);
      thread.start();
    }

    private void reached(String point) {
      at.add(point);
      go.acquireUninterruptibly();
    }

    /** Goes on until the point is reached, or to the end. */
    void runTo(String point) {
      try {
        while (!done) {
          go.release();
          String reached = at.take();
          done = reached.equals(DONE);
          if (reached.equals(point)) {
            return;
          }
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static List<String[]> pairs(List<String> writing, List<String> collecting) {
    List<String[]> pairs = new ArrayList<>();
    for (String writer : writing) {
      for (String collector : collecting) {
        // Where either is through before the other begins, the order of the ends says nothing more.
        pairs.add(new String[] {"writer first", writer, collector});
        if (!collector.equals(DONE)) {
          pairs.add(new String[] {"collection first", writer, collector});
        }
      }
    }
    return pairs;
  }

  static List<String[]> ofAttempts() {
    return pairs(WRITING, SWEEPING);
  }

  static List<String[]> ofLayers() {
    return pairs(WRITING, CLAIMING);
  }

  static List<String[]> ofArtifacts() {
    return pairs(MAKING, CLAIMING);
  }

  /** To the points, the first one first, and then to the end in the same order. */
  private static void interleave(String first, Actor writer, String w, Actor collector, String c) {
    if (first.equals("writer first")) {
      writer.runTo(w);
      collector.runTo(c);
      writer.runTo(DONE);
      collector.runTo(DONE);
    } else {
      collector.runTo(c);
      writer.runTo(w);
      collector.runTo(DONE);
      writer.runTo(DONE);
    }
  }

  private JobContext context() {
    return LocalSpark.context(
        folder.resolve("store"), Map.of("gc.grace", "0s", "gc.keep-runs", "0s"));
  }

  private static void write(Layer layer, Attempt attempt, Consumer<String> reached) {
    try (UnitWriter writer = new UnitWriter(layer, UNIT, attempt, "x", reached)) {
      SegmentWriter<SnapshotRow> segment =
          writer.segment(layer.folder(), RowFormat.snapshot(), Map.of());
      ROWS.forEach(segment::write);
      writer.commit(Map.of("listed", 5L));
    }
    reached.accept("x.folding");
    layer.fold(PLAN, "x");
  }

  private static void collect(JobContext context, Consumer<String> reached) {
    new GarbageCollection(
            context, GarbageCollection.Mode.DELETE, GarbageCollection.Detail.SUMMARY, reached)
        .execute();
  }

  private static void assertWhole(Store store, Layer layer) {
    if (layer.plan().isPresent() && !layer.claims().areThere()) {
      List<UnitRecord> counting = layer.ledger().map(Ledger::units).orElseGet(layer::records);
      counting.forEach(record -> record.segments().values().forEach(it -> store.verify(it.file())));
    }
  }

  @ParameterizedTest
  @MethodSource("ofAttempts")
  void aRecordNamesWholeFilesOrIsNotMade(String first, String writing, String collecting) {
    try (JobContext context = context()) {
      Store store = context.store();
      Layer layer = new Layer(store, TableKind.SNAPSHOTS.only().layer("00000001").folder());
      layer.createPlan(PLAN);
      Actor writer = new Actor(reached -> write(layer, new Attempt("late", 1), reached));
      Actor collector = new Actor(reached -> collect(context, reached));

      interleave(first, writer, writing, collector, collecting);

      assertWhole(store, layer);
      if (layer.record(0).isEmpty()) {
        write(layer, new Attempt("next", 2), point -> {});
      }
      assertThat(layer.ledger()).isPresent();
      collect(context, point -> {});
      assertWhole(store, layer);
      assertThat(segments(layer)).hasSize(1);
    }
  }

  @ParameterizedTest
  @MethodSource("ofLayers")
  void whatIsCollectedAsAWholeCountsNoMore(String first, String writing, String collecting) {
    try (JobContext context = context()) {
      Store store = context.store();
      Layer kept = new Layer(store, TableKind.SNAPSHOTS.only().layer("00000001").folder());
      kept.createPlan(PLAN);
      write(kept, new Attempt("first", 1), point -> {});
      // A compaction that was given up.
      Layer layer =
          new Layer(store, TableKind.SNAPSHOTS.only().layer("00000001-compacted").folder());
      layer.createPlan(PLAN);
      Actor writer = new Actor(reached -> write(layer, new Attempt("late", 1), reached));
      Actor collector = new Actor(reached -> collect(context, reached));

      interleave(first, writer, writing, collector, collecting);

      Ledgers.forget();
      assertWhole(store, layer);
      assertWhole(store, kept);
      goOn(layer);
      assertWhole(store, layer);
      layer.ledger().ifPresent(ledger -> assertWhole(store, layer));
      collect(context, point -> {});
      assertWhole(store, kept);
      assertWhole(store, layer);
    }
  }

  /** The next compaction of the same layers, which is done or says that it cannot be. */
  private static void goOn(Layer layer) {
    try {
      layer.createPlan(PLAN);
      if (layer.record(0).isEmpty()) {
        write(layer, new Attempt("next", 2), point -> {});
      } else {
        layer.fold(PLAN, "x");
      }
    } catch (StoreException e) {
      assertThat(e).hasMessageContaining("is being collected as garbage");
    }
  }

  @ParameterizedTest
  @MethodSource("ofArtifacts")
  void aManifestNamesWholeFilesOrIsNotMade(String first, String making, String collecting) {
    try (JobContext context = context()) {
      Store store = context.store();
      String artifact = Layout.quantizer("q");
      Map<String, ByteSource> files =
          Map.of("quantizer.faiss", ByteSource.of(new byte[] {1, 2, 3}));
      ArtifactDraft draft = new ArtifactDraft("q", "quantizer", Inputs.NONE, "late");
      Actor writer =
          new Actor(reached -> new Artifacts(store, reached).commit(artifact, draft, files, "x"));
      Actor collector = new Actor(reached -> collect(context, reached));

      interleave(first, writer, making, collector, collecting);

      new Artifacts(store)
          .find(artifact)
          .ifPresent(it -> it.files().values().forEach(store::verify));
      new Artifacts(store)
          .commit(artifact, draft, files, "x")
          .files()
          .values()
          .forEach(store::verify);
    }
  }

  @Test
  void whoWasAboutToRecordWhenItsLayerWentIsKeptFromCountingForEver() {
    try (JobContext context = context()) {
      Store store = context.store();
      Layer kept = new Layer(store, TableKind.SNAPSHOTS.only().layer("00000001").folder());
      kept.createPlan(PLAN);
      write(kept, new Attempt("first", 1), point -> {});
      Layer layer =
          new Layer(store, TableKind.SNAPSHOTS.only().layer("00000001-compacted").folder());
      layer.createPlan(PLAN);
      Actor paused = new Actor(reached -> write(layer, new Attempt("late", 1), reached));
      paused.runTo("x.creating-record");

      collect(context, point -> {});
      collect(context, point -> {});

      assertThat(layer.plan()).isEmpty();
      assertThat(segments(layer)).isEmpty();
      goOn(layer);
      assertThat(layer.plan()).as("refused").isEmpty();

      paused.runTo(DONE);
      assertThat(layer.ledger()).isEmpty();
      collect(context, point -> {});
      assertThat(folder.resolve("store").resolve(layer.folder())).doesNotExist();
      goOn(layer);
      assertWhole(store, layer);
      assertThat(layer.ledger()).isPresent();
    }
  }

  private List<Path> segments(Layer layer) {
    Path segments = folder.resolve("store").resolve(layer.folder()).resolve("segments");
    if (!Files.exists(segments)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(segments)) {
      return files.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
