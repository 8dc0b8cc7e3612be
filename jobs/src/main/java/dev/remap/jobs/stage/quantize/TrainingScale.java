package dev.remap.jobs.stage.quantize;

import dev.remap.jobs.sample.SampleBlocks;
import java.io.Serializable;

/**
 * How large the pieces of a training by tasks are. Sums are added up in the order of blocks, so
 * another size is another result: these are no settings.
 *
 * @param blockNumbers components of a block of vectors, which a task holds twice, and the sums of
 *     their centroids as well
 * @param rangeNumbers components of the centroids that one task adds up
 * @param twoLevelFrom so many centroids begin with a clustering of clusters
 * @param startNumbers components of the vectors that one clustering of the start gets at most
 */
record TrainingScale(int blockNumbers, int rangeNumbers, int twoLevelFrom, int startNumbers)
    implements Serializable {
  static final TrainingScale USUAL =
      new TrainingScale(SampleBlocks.NUMBERS, 1 << 18, 4096, 1 << 26);
}
