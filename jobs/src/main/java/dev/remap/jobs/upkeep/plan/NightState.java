package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.publish.Displaced;
import dev.remap.jobs.stage.snapshot.ListingDigest;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.ExtractorFiles;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Snapshots;
import java.util.Optional;

/**
 * Where the next night starts from.
 *
 * @param live the generation that is searched now
 * @param newest number of the newest complete snapshot
 * @param begun number of a later snapshot that is not complete
 * @param extractor that the settings describe
 * @param described number of the newest snapshot on the way to {@code newest} that it described
 */
record NightState(
    Store store,
    Optional<Generation> live,
    Optional<Integer> newest,
    Optional<Integer> begun,
    ExtractorFiles extractor,
    Optional<Integer> described) {

  static NightState of(JobContext context) {
    Store store = context.store();
    String index = Generation.index(context);
    ExtractorFiles extractor = ExtractorFiles.of(context);
    Snapshots snapshots = new Snapshots(store);
    Optional<Integer> last = snapshots.numbers().stream().reduce((first, second) -> second);
    Optional<Integer> newest = snapshots.newestBelow(Integer.MAX_VALUE);
    String descriptors = TableKind.DESCRIPTORS.of(extractor.id()).folder();
    return new NightState(
        store,
        live(context, index),
        newest,
        last.filter(number -> !number.equals(newest.orElse(null))),
        extractor,
        newest.flatMap(number -> nearest(store, number, descriptors)));
  }

  /** The live generation, or the one that ought to be: a night goes on from that. */
  private static Optional<Generation> live(JobContext context, String index) {
    return new Publication(context.store(), index)
        .latest()
        .map(found -> Generation.live(context))
        .map(live -> Displaced.of(context.store(), index).map(Displaced::generation).orElse(live));
  }

  /** The snapshot itself, or its nearest ancestor, that another table is complete for. */
  private static Optional<Integer> nearest(Store store, int snapshot, String table) {
    return Ledgers.find(store, LayerChain.folder(table, snapshot)).isPresent()
        ? Optional.of(snapshot)
        : LayerChain.ancestor(store, TableKind.SNAPSHOTS.folder(), snapshot, table);
  }

  /** Number of the newest snapshot on the way to {@code newest} that has vectors. */
  Optional<Integer> projected(String whitening) {
    return newest.flatMap(
        number -> nearest(store, number, TableKind.VECTORS.of(whitening).folder()));
  }

  /** Whether the listing is that of the newest complete snapshot. */
  boolean isListed(ListingDigest digest) {
    return newest.isPresent() && lists(newest.get(), digest);
  }

  /** The snapshot that a run has begun and the next one finishes, if it lists the same. */
  Optional<Layer> begun(ListingDigest digest) {
    return begun.filter(number -> lists(number, digest)).map(new Snapshots(store)::layer);
  }

  private boolean lists(int number, ListingDigest digest) {
    return new Snapshots(store)
        .layer(number)
        .plan()
        .map(plan -> plan.inputs().isOf(digest.toString()))
        .orElse(false);
  }

  /** The layers of snapshots since the one that is described; all of them if none is. */
  Optional<LayerChain> waiting() {
    if (described.equals(newest)) {
      return Optional.empty();
    }
    return described.isPresent()
        ? Optional.of(
            LayerChain.between(
                store, TableKind.SNAPSHOTS.folder(), described.get(), newest.orElseThrow()))
        : newest.map(new Snapshots(store)::chain);
  }

  /** The descriptors that the next ones lie on. */
  Optional<LayerChain> below() {
    return described.map(number -> LayerChain.of(store, table(), number));
  }

  /** The folder of all layers of descriptors. */
  String table() {
    return TableKind.DESCRIPTORS.of(extractor.id()).folder();
  }

  int dimension() {
    return Descriptors.dimension(extractor.spec());
  }
}
