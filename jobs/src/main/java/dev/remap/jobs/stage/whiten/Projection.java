package dev.remap.jobs.stage.whiten;

import dev.remap.core.whitening.Whitening;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.SegmentWriter;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.RowCounter;
import dev.remap.jobs.table.Vectors;
import dev.remap.jobs.table.Whitenings;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Projects descriptors to vectors, unit by unit. */
record Projection(JobContext context, Descriptors descriptors, ArtifactManifest whitening) {

  /**
   * Writes the vectors that are missing of a layer, which lies on the vectors of the nearest
   * snapshot before, if there are any.
   *
   * @return the layer's ledger, or what it will be once it is {@link #complete}
   */
  Ledger run() {
    Store store = context.store();
    Whitening fitted = Whitenings.load(store, whitening.id());
    Vectors vectors = new Vectors(whitening.id(), descriptors.snapshot(), fitted.dimension());
    Layer layer = vectors.layer(store);
    Optional<Plan> fixed = layer.plan();
    Optional<Integer> parent =
        fixed.isPresent()
            ? fixed.get().inputs().parent()
            : LayerChain.ancestor(
                    store,
                    TableKind.DESCRIPTORS.of(descriptors.extractor()).folder(),
                    descriptors.snapshot(),
                    TableKind.VECTORS.of(whitening.id()).folder())
                // Where the way there is gone, all is projected.
                .filter(below -> descriptors.isSince(store, below));
    fixed
        .map(Plan::inputs)
        .or(
            () ->
                parent.map(
                    below ->
                        Ledgers.of(
                                store, TableKind.VECTORS.of(whitening.id()).layer(below).folder())
                            .inputs()))
        .ifPresent(this::requireSameExtractor);
    LayerChain rows =
        parent
            .map(below -> descriptors.since(store, below))
            .orElseGet(() -> descriptors.chain(store));
    Inputs inputs =
        Inputs.of(Inputs.WHITENING, whitening.id())
            .with(Inputs.EXTRACTOR, descriptors.extractor())
            .with(Inputs.LISTING, descriptors.ledger(store).inputs().listing())
            .with(Inputs.PARENT, parent);
    List<Unit> units =
        fixed.map(Plan::units).orElseGet(() -> units(store, rows, parent.isPresent()));
    Plan proposed = new Plan(inputs, units);
    if (fixed.isEmpty() && !layer.firstPlan(proposed).inputs().equals(inputs)) {
      // Another run was first: with its layer below.
      return run();
    }
    Plan plan = layer.createPlan(proposed);
    if (layer.ledger().isPresent()) {
      context.console().say("  all projected already");
      return layer.requireLedger();
    }
    List<Unit> pending = context.toCommit(layer, plan);
    long count = pending.stream().mapToLong(Unit::images).sum();
    Task task = new Task(descriptors, vectors, rows, parent.isPresent(), context.run());
    new UnitRunner(context, "vectors").run(pending, count, task);
    return layer.folded(plan);
  }

  /**
   * Vectors have their place by the whitening and the snapshot alone.
   *
   * @param there what vectors there, or in a layer below, are made from
   */
  private void requireSameExtractor(Inputs there) {
    String asked = descriptors.extractor();
    if (!there.extractor().equals(asked)) {
      throw new InputException(
          "Whitening %s has vectors of extractor %s in this store, and a whitening has those of one:"
              + " fit another for extractor %s (leave out --import and --whitening), name the"
              + " settings of the first extractor, or bring this whitening into another store",
          whitening.id(), there.extractor(), asked);
    }
  }

  /** Makes the layer count. */
  static void complete(Store store, Ledger ledger) {
    Layer layer = new Layer(store, ledger.layer());
    if (layer.ledger().isEmpty()) {
      layer.fold(ledger, "project");
    }
  }

  private List<Unit> units(Store store, LayerChain rows, boolean isDelta) {
    String table = TableKind.DESCRIPTORS.rows();
    boolean isFlat = rows.isFlat();
    long count =
        isFlat
            ? rows.newest(store).rows(table)
            : isDelta
                ? RowCounter.changes(context, rows, descriptors::format)
                : descriptors.rows(context);
    long perUnit = context.unitSize().ofRows(count);
    return isFlat
        ? KeyPartitioner.of(rows.newest(store), table, perUnit)
        : KeyPartitioner.even(count, perUnit);
  }

  /**
   * Projects one unit.
   *
   * @param rows the layers to project
   * @param isDelta whether deletes in them matter to layers below
   */
  private record Task(
      Descriptors source, Vectors vectors, LayerChain rows, boolean isDelta, String run)
      implements UnitRunner.Work<Unit, Long> {
    @Override
    public Long run(Unit unit, UnitRunner.Task task) {
      Whitening whitening = Whitenings.load(task.store(), vectors.whitening());
      Attempt attempt = new Attempt(run, task.attempt());
      try (UnitWriter writer =
              new UnitWriter(vectors.layer(task.store()), unit, attempt, "project");
          TableReader<VectorRow> described = open(task.store(), unit)) {
        SegmentWriter<VectorRow> segment =
            writer.segment(
                vectors.folder(),
                vectors.format(),
                Map.of("whitening", vectors.whitening(), "extractor", source.extractor()));
        described.forEachRemaining(
            row -> {
              segment.write(projected(row, whitening));
              task.done().accept(1);
            });
        task.settle(writer.commit(Map.of("vectors", segment.rows())));
        return segment.rows();
      }
    }

    private TableReader<VectorRow> open(Store store, Unit unit) {
      Table<VectorRow> table = rows.table(store, source.format());
      return isDelta
          ? table.readChanges(unit.range(), Verification.FULL)
          : table.read(unit.range(), Verification.FULL);
    }
  }

  private static VectorRow projected(VectorRow row, Whitening whitening) {
    return new VectorRow(
        row.key(),
        row.change(),
        row.imageId(),
        row.version(),
        row.width(),
        row.height(),
        row.change() == Change.DELETE ? row.vector() : whitening.project(row.vector()));
  }
}
