package dev.remap.jobs.stage.whiten;

import dev.remap.core.whitening.Moments;
import dev.remap.core.whitening.PairMoments;
import dev.remap.core.whitening.TorchEigenSolver;
import dev.remap.core.whitening.Whitening;
import dev.remap.core.whitening.WhiteningOptions;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.MomentRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentReader;
import dev.remap.jobs.table.Descriptors;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.spark.broadcast.Broadcast;

/**
 * Fits a whitening in one task: adds the stored moments unit by unit, in unit order, so that the
 * sums have the same bits each time, in the memory of one matrix.
 */
final class WhiteningFit {
  private WhiteningFit() {}

  /** The fitted whitening's bytes. */
  static byte[] run(JobContext context, Descriptors descriptors, WhiteningOptions options) {
    long described = descriptors.rows(context);
    if (described < 2) {
      throw new InputException(
          "%d images are described: a whitening needs at least 2, and serves a search from about"
              + " 100",
          described);
    }
    return new UnitRunner(context, "moments")
        .run(List.of(descriptors), 1, (chosen, task) -> fit(task.store(), chosen, options))
        .get(0);
  }

  /** The bytes of one that is learned from pairs of these descriptors. */
  static byte[] learn(
      JobContext context,
      Descriptors descriptors,
      PairMoments.Sums pairs,
      WhiteningOptions options) {
    Broadcast<PairMoments.Sums> sums = context.spark().broadcast(pairs);
    byte[] learned =
        new UnitRunner(context, "moments")
            .run(
                List.of(descriptors),
                1,
                (chosen, task) ->
                    made(
                        task.store(),
                        chosen,
                        (moments, solver) -> {
                          PairMoments all = new PairMoments(chosen.dimension());
                          all.add(sums.value());
                          return Whitening.learn(moments, all, options, solver);
                        }))
            .get(0);
    sums.destroy();
    return learned;
  }

  private static byte[] fit(Store store, Descriptors descriptors, WhiteningOptions options) {
    return made(store, descriptors, (moments, solver) -> Whitening.fit(moments, options, solver));
  }

  private static byte[] made(
      Store store,
      Descriptors descriptors,
      BiFunction<Moments, TorchEigenSolver, Whitening> making) {
    Moments moments = sum(store, descriptors);
    try (TorchEigenSolver solver = new TorchEigenSolver()) {
      return making.apply(moments, solver).toBytes();
    } catch (IllegalArgumentException e) {
      throw new InputException("whitening: %s", e.getMessage());
    }
  }

  private static Moments sum(Store store, Descriptors descriptors) {
    LayerChain chain = descriptors.chain(store);
    if (!chain.isFlat()) {
      // The stored moments of layers on layers count images that were replaced since.
      throw new JobFailedException(
          "The descriptors of snapshot %d lie in %d layers again: run this again, which writes them"
              + " as one",
          descriptors.snapshot(), chain.folders().size());
    }
    Ledger ledger = chain.newest(store);
    RowFormat<MomentRow> format = RowFormat.moments(descriptors.dimension());
    Moments sum = Moments.full(descriptors.dimension());
    ledger
        .segments("moments", KeyRange.ALL)
        .forEach(
            placed -> {
              // A unit without products has its header row alone; n and Σx must belong to the same
              // images as Σxxᵀ.
              if (placed.segment().rows() > 1) {
                try (SegmentReader<MomentRow> rows =
                    SegmentReader.open(store, placed.segment(), format)
                        .computedFrom(ledger.origin())) {
                  rows.forEachRemaining(row -> add(sum, row));
                }
              }
            });
    return sum;
  }

  private static void add(Moments sum, MomentRow row) {
    if (row.row() == MomentRow.HEADER) {
      sum.addSums(row.count(), row.values());
    } else {
      sum.addRow(row.row(), row.values());
    }
  }
}
