package dev.remap.jobs.stage.whiten;

import dev.remap.jobs.sample.MomentParts;
import dev.remap.jobs.sample.PartMoments;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Descriptors;

/**
 * The moments of descriptors whose units are too small to store any.
 *
 * @param layer of the descriptors, one
 * @param groups as many as a power of two, each of one or more parts
 */
record DescriptorMoments(LayerChain layer, Descriptors descriptors, MomentParts parts, int groups)
    implements MomentSource {
  /** What the sums of all groups together may take on their way to the driver. */
  private static final long BYTES = 512L << 20;

  static DescriptorMoments of(LayerChain layer, Descriptors descriptors, MomentParts parts) {
    long bytes = 4L * parts.dimension() * parts.dimension();
    long most = Math.min(parts.count(), Math.max(1, BYTES / bytes));
    return new DescriptorMoments(
        layer, descriptors, parts, Math.toIntExact(Long.highestOneBit(most)));
  }

  @Override
  public int dimension() {
    return parts.dimension();
  }

  @Override
  public MomentBlock.Sum sum(Store store, int group, MomentBlock block, int blocks) {
    PartMoments sums =
        new PartMoments(parts, Math.max(0, block.from()), Math.max(0, block.to() + 1));
    Table<VectorRow> table = layer.table(store, descriptors.format());
    long each = parts.count() / groups;
    for (long part = group * each; part < (group + 1) * each; part++) {
      if (parts.isChosen(part)) {
        try (TableReader<VectorRow> rows = table.read(parts.range(part), Verification.FULL)) {
          rows.forEachRemaining(row -> sums.add(row.key(), row.vector()));
        }
      }
    }
    return sums.sum().map(block::of).orElseGet(() -> block.none(dimension()));
  }
}
