package dev.remap.jobs.stage.weigh;

import dev.remap.core.backbone.Tap;
import dev.remap.core.entropy.DistanceHistograms;
import dev.remap.core.entropy.DistanceHistograms.Pairs;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.training.Head;
import dev.remap.core.training.Split;
import dev.remap.core.whitening.Moments;
import dev.remap.core.whitening.TorchEigenSolver;
import dev.remap.core.whitening.Whitening;
import dev.remap.core.whitening.WhiteningOptions;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.table.Whitenings;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/**
 * Where a training begins: weights of 1, by relative entropy as {@code weigh} fits them, or those
 * of the extractor; and, if a projection is trained, the PCA whitening of what they make.
 *
 * @param ones weights of 1
 * @param given those of the extractor
 * @param taps of the network
 */
record StartHead(
    JobContext context,
    TrainSettings settings,
    WeighSettings weigh,
    Sampling.Sample sample,
    RegionWeights ones,
    RegionWeights given,
    List<Tap> taps) {

  /** The head that the images of a split begin with: nothing is looked at but its training. */
  Head of(TrainImages images, Split split) {
    images.reset();
    RegionWeights weights =
        switch (settings.start()) {
          case TrainSettings.ENTROPY -> entropy(images, split);
          case TrainSettings.EXTRACTOR -> given;
          default -> ones;
        };
    Head head = Head.of(images.regions().shape(), normalised(weights));
    return settings.hasProjection()
        ? Head.of(head.shape(), head.weights(), whitening(head, images, split))
        : head;
  }

  /** With a mean of 1, so that learning rates mean the same; only ratios matter to descriptors. */
  static RegionWeights normalised(RegionWeights weights) {
    float[][] perTap = weights.perTap();
    double sum = 0;
    for (float[] row : perTap) {
      for (float weight : row) {
        sum += weight;
      }
    }
    double mean = sum / (weights.taps() * weights.regions());
    for (float[] row : perTap) {
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) (row[i] / mean);
      }
    }
    return new RegionWeights(RegionWeights.SCHEMA_VERSION, weights.levels(), perTap);
  }

  private RegionWeights entropy(TrainImages images, Split split) {
    BitSet training = new BitSet();
    for (int image : split.training()) {
      training.set(image);
    }
    DistanceHistograms histograms =
        new DistanceHistograms(taps.size(), ones.regions(), weigh.bins(), weigh.range());
    float[] one = new float[images.regions().shape().length()];
    float[] other = new float[one.length];
    int from = 0;
    for (WeighPart part : sample.parts()) {
      int first = from;
      for (WeighPart.Listed pair :
          new PartPairs(part, weigh.seed(), place -> training.get(first + place))
              .choose(weigh.pairsPerGroup())
              .pairs()) {
        images.regions().read(first + pair.first(), one);
        images.regions().read(first + pair.second(), other);
        WeighTask.add(histograms, pair.pairs(), taps, ones.regions(), one, other);
      }
      from += part.images().size();
    }
    if (histograms.pairs(Pairs.MATCHING) == 0 || histograms.pairs(Pairs.NON_MATCHING) == 0) {
      throw new JobFailedException(
          "train.start is entropy, but the images that are learnt from have no pair of both kinds"
              + " in one task of weigh.images-per-task images: raise that, or start from ones");
    }
    RegionWeights weights =
        weigh.entropy().weights(histograms, ones.levels(), taps.stream().map(Tap::name).toList());
    if (weights.areAllZero()) {
      throw new JobFailedException(
          "train.start is entropy, but no region tells matching from non-matching pairs: start from"
              + " ones");
    }
    return weights;
  }

  private Whitening whitening(Head head, TrainImages images, Split split) {
    float[][] sums = new float[split.training().length][];
    float[] regions = new float[head.shape().length()];
    for (int i = 0; i < sums.length; i++) {
      images.regions().read(split.training()[i], regions);
      sums[i] = head.sums(regions);
    }
    WhiteningOptions options = Whitenings.options(context.settings());
    Broadcast<float[][]> everywhere = context.spark().broadcast(sums);
    try {
      byte[] bytes =
          new UnitRunner(context, "moments")
              .run(
                  new ArrayList<>(List.of(options)),
                  1,
                  (chosen, task) -> fit(everywhere.value(), chosen))
              .get(0);
      return Whitening.fromBytes(bytes);
    } finally {
      everywhere.destroy();
    }
  }

  private static byte[] fit(float[][] sums, WhiteningOptions options) {
    Moments moments = Moments.full(sums[0].length);
    for (float[] sum : sums) {
      moments.add(sum);
    }
    try (TorchEigenSolver solver = new TorchEigenSolver()) {
      return Whitening.fit(moments, options, solver).toBytes();
    } catch (IllegalArgumentException e) {
      throw new InputException("whitening: %s", e.getMessage());
    }
  }
}
