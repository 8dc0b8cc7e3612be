package dev.remap.jobs.stage.weigh;

import dev.remap.core.backbone.Tap;
import dev.remap.core.entropy.DistanceHistograms;
import dev.remap.core.entropy.DistanceHistograms.Pairs;
import dev.remap.core.extraction.Described;
import dev.remap.core.extraction.Extractor;
import dev.remap.core.extraction.Rejected;
import dev.remap.core.pooling.parts.RegionVectors;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.table.ExecutorExtractors;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Describes the regions of a part's images and counts the distances of its pairs. Only counts leave
 * it.
 *
 * @param extractor folder of the extractor's artifact, whose network it is
 * @param levels of the region grid
 * @param regions of the grid
 */
record WeighTask(
    String extractor,
    int levels,
    int regions,
    WeighSettings settings,
    WeighImage.Limits limits,
    ExecutorExtractors.Options options)
    implements UnitRunner.Work<WeighPart, WeighTask.Gathered> {
  private static final int MOST_EXAMPLES = 3;

  /**
   * What came of a part.
   *
   * @param matching pairs that were counted
   * @param matchingLeft pairs of groups that have more than are counted
   * @param lost named pairs without one of their images
   * @param examples of images that could not be described, and why
   */
  record Gathered(
      DistanceHistograms histograms,
      long described,
      long rejected,
      long matching,
      long nonMatching,
      long matchingLeft,
      long nonMatchingLeft,
      long lost,
      ArrayList<String> examples)
      implements Serializable {}

  @Override
  public Gathered run(WeighPart part, UnitRunner.Task task) throws Exception {
    ArtifactManifest artifact = new Artifacts(task.store()).require(extractor);
    Extractor network =
        ExecutorExtractors.open(
            task.store(), artifact, options, new RegionVectors(levels, regions));
    float[][] vectors = new float[part.images().size()][];
    ArrayList<String> examples = new ArrayList<>();
    network.extract(
        part.images().stream()
            .map(image -> image.source(limits, settings.seed(), task.origin().hadoop()))
            .iterator(),
        outcome -> {
          task.done().accept(1);
          if (outcome instanceof Described described) {
            vectors[outcome.index()] = described.descriptor();
          } else {
            task.rejected().accept(1);
            if (examples.size() < MOST_EXAMPLES) {
              String id = part.images().get(outcome.index()).original().imageId();
              examples.add(id + ": " + ((Rejected) outcome).reason());
            }
          }
        });
    return gathered(part, vectors, network.spec().backbone().taps(), examples);
  }

  private Gathered gathered(
      WeighPart part, float[][] vectors, List<Tap> taps, ArrayList<String> examples) {
    DistanceHistograms histograms =
        new DistanceHistograms(taps.size(), regions, settings.bins(), settings.range());
    PartPairs.Chosen chosen =
        new PartPairs(part, settings.seed(), place -> vectors[place] != null)
            .choose(settings.pairsPerGroup());
    long matching = 0;
    for (WeighPart.Listed pair : chosen.pairs()) {
      matching += pair.pairs() == Pairs.MATCHING ? 1 : 0;
      add(histograms, pair.pairs(), taps, regions, vectors[pair.first()], vectors[pair.second()]);
    }
    long described = Arrays.stream(vectors).filter(vector -> vector != null).count();
    return new Gathered(
        histograms,
        described,
        vectors.length - described,
        matching,
        chosen.pairs().size() - matching,
        chosen.matchingLeft(),
        chosen.nonMatchingLeft(),
        chosen.lost(),
        examples);
  }

  /** Counts the distances of a pair's region vectors. */
  static void add(
      DistanceHistograms histograms,
      Pairs pairs,
      List<Tap> taps,
      int regions,
      float[] one,
      float[] other) {
    int offset = 0;
    for (int tap = 0; tap < taps.size(); tap++) {
      int channels = taps.get(tap).channels();
      for (int region = 0; region < regions; region++) {
        histograms.add(pairs, tap, region, distance(one, other, offset, channels));
        offset += channels;
      }
    }
  }

  private static double distance(float[] one, float[] other, int from, int length) {
    double squares = 0;
    for (int i = from; i < from + length; i++) {
      double difference = one[i] - other[i];
      squares += difference * difference;
    }
    return Math.sqrt(squares);
  }
}
