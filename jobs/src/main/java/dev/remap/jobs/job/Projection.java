package dev.remap.jobs.job;

import dev.remap.core.whitening.Whitening;
import dev.remap.jobs.store.ArtifactManifest;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentWriter;
import dev.remap.jobs.store.segment.VectorRow;
import dev.remap.jobs.store.segment.Verification;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Projects descriptors to vectors, unit by unit. */
record Projection(JobContext context, Descriptors descriptors, ArtifactManifest whitening) {

  /** Writes the vectors that are missing and completes their layer. */
  void run() {
    Ledger described = descriptors.ledger(context.store());
    Whitening fitted = Whitenings.load(context.store(), whitening.id());
    Vectors vectors = new Vectors(whitening.id(), descriptors.snapshot(), fitted.dimension());
    Layer layer = vectors.layer(context.store());
    long perUnit = context.settings().integer("unit.images", 1, Integer.MAX_VALUE);
    Plan plan =
        layer.createPlan(
            new Plan(
                new TreeMap<>(
                    Map.of(
                        "whitening",
                        whitening.id(),
                        "extractor",
                        descriptors.extractor(),
                        Snapshots.LISTING,
                        described.inputs().get(Snapshots.LISTING))),
                Cuts.of(described, Descriptors.TABLE, perUnit)));
    if (layer.ledger().isPresent()) {
      context.console().say("  all projected already");
      return;
    }
    List<Unit> pending = layer.pending(plan);
    long rows = pending.stream().mapToLong(Unit::images).sum();
    String run = context.run();
    Descriptors source = descriptors;
    new Units(context, "vectors")
        .run(pending, rows, (unit, task) -> project(source, vectors, unit, run, task));
    layer.fold(plan, "project");
  }

  private static Long project(
      Descriptors source, Vectors vectors, Unit unit, String run, Units.Task task) {
    Whitening whitening = Whitenings.load(task.store(), vectors.whitening());
    Attempt attempt = new Attempt(run, task.attempt());
    try (UnitWriter writer = new UnitWriter(vectors.layer(task.store()), unit, attempt, "project");
        TableReader<VectorRow> rows =
            source.table(task.store()).read(unit.range(), Verification.FULL)) {
      SegmentWriter<VectorRow> segment =
          writer.segment(
              vectors.folder(),
              RowFormat.vectors(vectors.dimension()),
              Map.of("whitening", vectors.whitening(), "extractor", source.extractor()));
      rows.forEachRemaining(
          row -> {
            segment.write(projected(row, whitening));
            task.done().accept(1);
          });
      writer.commit(Map.of("vectors", segment.rows()));
      return segment.rows();
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
        whitening.project(row.vector()));
  }
}
