package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.compact.CompactionNeed;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.table.RowCounter;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.upkeep.plan.ChangeCounts.Count;
import dev.remap.jobs.upkeep.plan.Workload.Compaction;
import dev.remap.jobs.upkeep.plan.Workload.Part;
import java.util.Optional;
import java.util.function.LongSupplier;

/** From what a catalogue asks for and what the store has, the size of the next night. */
record WorkloadEstimator(JobContext context, NightState outset, CatalogueDiff survey) {

  Workload size() {
    Part extract = extract();
    Part project = project(extract);
    return new Workload(
        outset.live().isEmpty(),
        work().of(Count.LISTED),
        outset.newest().map(number -> new Snapshots(store()).images(number)).orElse(0L),
        snapshot(),
        extract,
        extract.rows() > 0 && work().of(Count.SIZED) == 0 ? -1 : work().imageBytes(),
        project,
        outset.live().isEmpty() ? Compaction.NONE : compact(project.rows()),
        shape());
  }

  private Settings settings() {
    return context.settings();
  }

  private ChangeCounts work() {
    return survey.work();
  }

  private Store store() {
    return outset.store();
  }

  private IndexShape shape() {
    long entries = work().entries();
    return outset
        .live()
        .map(live -> IndexShape.like(live, store(), settings(), entries))
        .orElseGet(() -> IndexShape.fresh(settings(), outset.dimension(), entries));
  }

  private Part snapshot() {
    return outset.isListed(survey.digest())
        ? Part.NONE
        : part(outset.begun(survey.digest()), work().differences(), work().differences());
  }

  /** Cut as an extraction cuts it: by the rows it has to look at. */
  private Part extract() {
    Optional<Layer> begun = Optional.empty();
    if (outset.isListed(survey.digest())) {
      if (outset.described().equals(outset.newest())) {
        return Part.NONE;
      }
      begun =
          outset
              .newest()
              .map(number -> new Layer(store(), LayerChain.folder(outset.table(), number)));
    }
    return part(begun, work().tried(), toLookAt());
  }

  private long toLookAt() {
    if (outset.below().isEmpty()) {
      return work().of(Count.LISTED);
    }
    long waiting =
        outset.waiting().map(c -> RowCounter.changes(context, c, RowFormat::snapshot)).orElse(0L);
    long rejects = RowCounter.count(context, outset.below().get(), RowFormat::rejects);
    return waiting + work().differences() + rejects;
  }

  /** What is left of a layer that was begun, or a new one. */
  private Part part(Optional<Layer> begun, long rows, long cutBy) {
    return begun
        .flatMap(layer -> layer.plan().map(plan -> new Part(rows, layer.pending(plan).size())))
        .orElseGet(() -> new Part(rows, Part.of(cutBy, context.unitImages()).units()));
  }

  private Part project(Part extract) {
    long rows = waitingForVectors() + (extract.units() == 0 ? 0 : work().rows());
    return rows == 0 ? Part.NONE : Part.of(rows, context.unitImages());
  }

  private Optional<String> whitening() {
    return outset.live().map(live -> live.inputs().whitening());
  }

  /** Rows that are described already and have no vectors by the live whitening. */
  private long waitingForVectors() {
    if (outset.described().isEmpty()) {
      return 0;
    }
    int described = outset.described().get();
    Optional<Integer> projected = whitening().flatMap(outset::projected);
    if (projected.equals(outset.described())) {
      return 0;
    }
    int dimension = outset.dimension();
    RowCounter.Format format = () -> RowFormat.descriptors(dimension);
    return projected
        .flatMap(number -> LayerChain.since(store(), outset.table(), number, described))
        .map(since -> RowCounter.changes(context, since, format))
        .orElseGet(
            () ->
                RowCounter.count(
                    context, LayerChain.of(store(), outset.table(), described), format));
  }

  private Compaction compact(long touched) {
    Optional<LayerChain> snapshots = outset.newest().map(new Snapshots(store())::chain);
    Optional<LayerChain> vectors =
        whitening()
            .flatMap(
                id ->
                    outset
                        .projected(id)
                        .map(
                            number ->
                                LayerChain.of(store(), TableKind.VECTORS.of(id).folder(), number)));
    return new Compaction(
        merged(snapshots, TableKind.SNAPSHOTS.rows(), work().differences(), this::listedEver),
        merged(outset.below(), TableKind.DESCRIPTORS.rows(), touched, work()::entries),
        merged(vectors, TableKind.VECTORS.rows(), touched, work()::entries));
  }

  /** A snapshot's lowest layer keeps its deletes. */
  private long listedEver() {
    LayerChain snapshots = new Snapshots(store()).chain(outset.newest().orElseThrow());
    return RowCounter.changes(context, snapshots, RowFormat::snapshot) + work().of(Count.ADDED);
  }

  /**
   * What a compaction writes.
   *
   * @param more rows that the night adds
   * @param all rows of a layer that all are written into
   */
  private Part merged(Optional<LayerChain> chain, String table, long more, LongSupplier all) {
    if (chain.isEmpty()) {
      return Part.NONE;
    }
    long base = chain.get().ledgers(store()).get(0).rows(table);
    long deltas = chain.get().storedRows(store(), table) + more - base;
    int layers = chain.get().folders().size() - 1 + (more > 0 ? 1 : 0);
    long rows = CompactionNeed.of(settings()).rows(base, deltas, layers);
    return rows == 0
        ? Part.NONE
        : Part.of(rows > deltas ? Math.min(rows, all.getAsLong()) : rows, context.unitImages());
  }
}
