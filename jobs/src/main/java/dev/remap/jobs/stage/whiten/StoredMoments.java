package dev.remap.jobs.stage.whiten;

import dev.remap.core.whitening.PairwiseSum;
import dev.remap.jobs.sample.MomentParts;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.SegmentRef;
import dev.remap.jobs.store.segment.Verification;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The moments that one layer's units stored.
 *
 * @param units those that have any, in their order
 * @param origin what they must have been computed from
 */
record StoredMoments(int dimension, List<StoredMoments.OfUnit> units, Map<String, String> origin)
    implements MomentSource {

  /**
   * One unit's.
   *
   * @param node its number among the nodes of its size
   */
  record OfUnit(long node, SegmentRef segment) implements Serializable {}

  static StoredMoments of(Ledger ledger, int dimension) {
    List<OfUnit> units =
        ledger
            .segments("moments", KeyRange.ALL)
            .map(placed -> new OfUnit(MomentParts.node(placed.range()), placed.segment()))
            .toList();
    return new StoredMoments(dimension, units, new TreeMap<>(ledger.origin()));
  }

  @Override
  public int groups() {
    return 1;
  }

  /**
   * Each block checks all bytes of some units and the pages that it reads of the others, so that
   * all blocks together check all bytes once.
   */
  @Override
  public MomentBlock.Sum sum(Store store, int group, MomentBlock block, int blocks) {
    PairwiseSum<MomentBlock.Sum> sums = new PairwiseSum<>(MomentBlock.Sum::plus);
    int number = 0;
    for (OfUnit unit : units) {
      Verification checked =
          number++ % blocks == block.place() ? Verification.FULL : Verification.LENGTH;
      sums.add(unit.node(), block.read(store, this, unit.segment(), checked));
    }
    return sums.sum().orElseGet(() -> block.none(dimension));
  }
}
