package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.publish.Displaced;
import dev.remap.jobs.stage.snapshot.Listing;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.TableId;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.ExtractorFiles;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.table.Vectors;
import java.util.Optional;

/**
 * Where the next night starts from.
 *
 * @param live the generation that is searched now, or that ought to be
 * @param newest number of the newest complete snapshot
 * @param extractor that the settings describe
 * @param described of the newest snapshot on the way to {@code newest} that it described
 * @param projected of the newest one that the live whitening projected
 */
record NightState(
    Store store,
    Optional<Generation> live,
    Optional<Integer> newest,
    ExtractorFiles extractor,
    Optional<Descriptors> described,
    Optional<Vectors> projected) {

  static NightState of(JobContext context) {
    Store store = context.store();
    String index = Generation.index(context);
    ExtractorFiles extractor = ExtractorFiles.of(context);
    Optional<Integer> newest = new Snapshots(store).newestBelow(Integer.MAX_VALUE);
    // A night goes on from the generation that ought to be live.
    Optional<Generation> live =
        new Publication(store, index)
            .latest()
            .map(
                found ->
                    Displaced.of(store, index)
                        .map(Displaced::generation)
                        .orElseGet(() -> Generation.live(context)));
    TableId descriptors = TableKind.DESCRIPTORS.of(extractor.id());
    return new NightState(
        store,
        live,
        newest,
        extractor,
        newest
            .flatMap(number -> nearest(store, number, descriptors))
            .map(number -> new Descriptors(extractor.id(), number, extractor.spec().dimension())),
        live.map(Generation::vectors)
            .flatMap(
                vectors ->
                    newest
                        .flatMap(number -> nearest(store, number, vectors.table().id()))
                        .map(it -> new Vectors(vectors.whitening(), it, vectors.dimension()))));
  }

  /** The snapshot itself, or its nearest ancestor, that another table is complete for. */
  private static Optional<Integer> nearest(Store store, int snapshot, TableId table) {
    return Ledgers.find(store, table.layer(snapshot).folder()).isPresent()
        ? Optional.of(snapshot)
        : LayerChain.ancestor(store, TableKind.SNAPSHOTS.folder(), snapshot, table.folder());
  }

  /** Whether the listing is that of the newest complete snapshot. */
  boolean isListed(Listing listing) {
    return newest.filter(number -> lists(number, listing)).isPresent();
  }

  /** Whether a night would find nothing to do. */
  boolean isUpToDate(Listing listing) {
    return live.map(it -> it.vectors().snapshot()).equals(newest) && isListed(listing);
  }

  /** The snapshot that a run has begun and the next one finishes, if it lists the same. */
  Optional<Layer> begun(Listing listing) {
    Snapshots snapshots = new Snapshots(store);
    return snapshots.numbers().stream()
        .filter(number -> number > newest.orElse(0) && lists(number, listing))
        .map(snapshots::layer)
        .findFirst();
  }

  private boolean lists(int number, Listing listing) {
    return new Snapshots(store)
        .layer(number)
        .plan()
        .filter(plan -> listing.isInputOf(plan.inputs()))
        .isPresent();
  }

  /** The layer of descriptors of a snapshot, whether there is one or not. */
  Layer descriptors(int snapshot) {
    return new Layer(store, TableKind.DESCRIPTORS.of(extractor.id()).layer(snapshot).folder());
  }

  int dimension() {
    return extractor.spec().dimension();
  }
}
