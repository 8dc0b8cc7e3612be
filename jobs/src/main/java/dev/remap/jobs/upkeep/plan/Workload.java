package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.compact.CompactionNeed;
import dev.remap.jobs.stage.compact.CompactionNeed.Layers;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.NumberedTable;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.ExtractorFiles;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.RowCounter;
import dev.remap.jobs.table.ShardLayout;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.table.Vectors;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What each stage of a night works on.
 *
 * @param first whether nothing is live yet, and all is trained
 * @param listed images of the catalogue
 * @param before images of the snapshot before
 * @param snapshot rows that the next one gets
 * @param extract images that are tried
 * @param imageBytes of one of these; NaN if the catalogue does not say
 * @param project rows that get vectors
 * @param compact rows that are written again, by table; without the tables that are not
 * @param shape of the index afterwards
 */
record Workload(
    boolean first,
    long listed,
    long before,
    Part snapshot,
    Part extract,
    double imageBytes,
    Part project,
    Map<TableKind, Part> compact,
    IndexShape shape) {
  static final double ADDED = 0.01;
  static final double CHANGED = 0.005;
  static final double REMOVED = 0.005;

  /** Rows, and the units that they are cut into. */
  record Part(long rows, long units) {
    static final Part NONE = new Part(0, 0);

    /** Rows that are read and written. */
    static Part of(long rows, JobContext context) {
      return new Part(rows, KeyPartitioner.units(rows, context.unitSize().ofRows(rows)));
    }

    /** Rows that are merged into a layer of their own. */
    static Part merged(long rows, JobContext context) {
      long perUnit = context.unitSize().ofRows(rows);
      return new Part(rows, KeyPartitioner.nodes(rows, perUnit).size());
    }

    /**
     * Images that are described.
     *
     * @param looked how many are looked at, which they are cut by
     */
    static Part described(long images, long looked, ExtractorFiles extractor, JobContext context) {
      return new Part(images, KeyPartitioner.units(looked, extractor.imagesAUnit(context, looked)));
    }

    Part plus(Part other) {
      return new Part(rows + other.rows, units + other.units);
    }
  }

  /** The first of an index of so many images. */
  static Workload first(
      JobContext context, ExtractorFiles extractor, long images, IndexShape shape) {
    Part all = Part.of(images, context);
    long perUnit = extractor.imagesAUnit(context, images);
    Part extract = new Part(images, KeyPartitioner.nodes(images, perUnit).size());
    return new Workload(true, images, 0, all, extract, Double.NaN, all, Map.of(), shape);
  }

  /** One of many, as catalogues have them, with its share of the compactions. */
  static Workload usual(
      JobContext context, ExtractorFiles extractor, long images, IndexShape shape) {
    long tried = Math.round(images * (ADDED + CHANGED));
    Part rows = Part.of(Math.round(images * (ADDED + CHANGED + REMOVED)), context);
    CompactionNeed need = CompactionNeed.of(context.settings());
    Part merged = Part.merged(need.perNight(images, rows.rows), context);
    return new Workload(
        false,
        images,
        images,
        rows,
        Part.described(tried, rows.rows, extractor, context),
        Double.NaN,
        rows,
        Map.of(
            TableKind.SNAPSHOTS, merged, TableKind.DESCRIPTORS, merged, TableKind.VECTORS, merged),
        shape);
  }

  /** The next one, by what a catalogue lists and the store has. */
  static Workload next(JobContext context, NightState state, CatalogueDiff diff) {
    Changes changes = diff.toDescribe();
    boolean isListed = state.isListed(diff.listing());
    Part snapshot =
        isListed
            ? Part.NONE
            : left(state.begun(diff.listing()))
                .orElseGet(() -> Part.of(diff.sinceNewest().rows(), context));
    boolean isDescribed =
        isListed && state.described().map(Descriptors::snapshot).equals(state.newest());
    // Cut by what is looked at.
    long looked = changes.rows() + changes.again() + changes.rejected();
    Part extract =
        isDescribed
            ? Part.NONE
            : left(state.newest().filter(n -> isListed).map(state::descriptors))
                .orElseGet(() -> tried(changes, looked, state, context));
    long described = isDescribed ? 0 : changes.tried() + changes.removed();
    Part project = Part.of(waiting(context, state) + described, context);
    Settings settings = context.settings();
    ShardLayout layout = ShardLayout.wanted(settings, context.store(), Generation.index(context));
    return new Workload(
        state.live().isEmpty(),
        diff.listing().size(),
        state.newest().map(new Snapshots(context.store())::images).orElse(0L),
        snapshot,
        extract,
        diff.bytesEach(),
        project,
        state.live().isEmpty() ? Map.of() : compactions(context, state, diff, project.rows),
        state
            .live()
            .map(live -> IndexShape.like(live, settings, diff.entries(), layout))
            .orElseGet(
                () -> IndexShape.fresh(settings, state.dimension(), diff.entries(), layout)));
  }

  private static Part tried(Changes changes, long looked, NightState state, JobContext context) {
    return state.described().isPresent()
        ? Part.described(changes.tried(), looked, state.extractor(), context)
        : new Part(
            changes.tried(),
            KeyPartitioner.nodes(looked, state.extractor().imagesAUnit(context, looked)).size());
  }

  /** What is still to do of a layer that was begun. */
  private static Optional<Part> left(Optional<Layer> begun) {
    return begun.flatMap(
        layer ->
            layer
                .plan()
                .map(layer::pending)
                .map(
                    units -> new Part(units.stream().mapToLong(Unit::images).sum(), units.size())));
  }

  /** Rows that are described already and have no vectors by the live whitening. */
  private static long waiting(JobContext context, NightState state) {
    Optional<Integer> projected = state.projected().map(Vectors::snapshot);
    if (state.described().isEmpty()
        || projected.equals(state.described().map(Descriptors::snapshot))) {
      return 0;
    }
    Descriptors described = state.described().get();
    return projected
        .filter(below -> described.isSince(context.store(), below))
        .map(below -> described.since(context.store(), below))
        .map(since -> RowCounter.changes(context, since, described::format))
        .orElseGet(() -> described.rows(context));
  }

  private static Map<TableKind, Part> compactions(
      JobContext context, NightState state, CatalogueDiff diff, long touched) {
    CompactionNeed need = CompactionNeed.of(context.settings());
    Map<TableKind, Part> parts = new EnumMap<>(TableKind.class);
    Map<NumberedTable, Long> more = new LinkedHashMap<>();
    state
        .newest()
        .map(Snapshots::numbered)
        .ifPresent(it -> more.put(it, diff.sinceNewest().rows()));
    state.described().map(Descriptors::table).ifPresent(it -> more.put(it, touched));
    state.projected().map(Vectors::table).ifPresent(it -> more.put(it, touched));
    more.forEach(
        (table, rows) -> {
          Layers there = Layers.of(context.store(), table);
          long stored = need.rows(rows == 0 ? there : there.with(rows));
          // What newer rows replace is not written; a snapshot's lowest layer keeps its deletes.
          long written = table.kind().keepsDeletes() ? stored : Math.min(stored, diff.entries());
          if (written > 0) {
            parts.put(table.kind(), Part.merged(written, context));
          }
        });
    return parts;
  }
}
