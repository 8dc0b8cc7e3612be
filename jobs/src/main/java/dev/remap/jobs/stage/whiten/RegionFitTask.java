package dev.remap.jobs.stage.whiten;

import dev.remap.core.extraction.Described;
import dev.remap.core.extraction.Extractor;
import dev.remap.core.extraction.Rejected;
import dev.remap.core.pooling.RegionsToWhiten;
import dev.remap.core.whitening.Moments;
import dev.remap.jobs.catalogue.CatalogueImage;
import dev.remap.jobs.evaluate.CopyQuery;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.table.ExecutorExtractors;
import java.io.Serializable;
import java.util.ArrayList;

/**
 * Sums the regions of a part's images. Only sums leave it.
 *
 * @param extractor folder of the extractor's artifact, whose network it is
 * @param aggregator see {@link RegionsToWhiten}
 * @param levels of the region grid
 * @param regions of the grid
 * @param maxBytes of a file
 */
record RegionFitTask(
    String extractor,
    String aggregator,
    int levels,
    int regions,
    long maxBytes,
    ExecutorExtractors.Options options)
    implements UnitRunner.Work<ArrayList<CopyQuery.Original>, RegionFitTask.Gathered> {

  /** An image without regions, and why. */
  record Failure(CopyQuery.Original image, boolean content, String stage, String reason)
      implements Serializable {}

  /** What came of a part. */
  record Gathered(RegionSums sums, long described, ArrayList<Failure> failures)
      implements Serializable {}

  @Override
  public Gathered run(ArrayList<CopyQuery.Original> part, UnitRunner.Task task) throws Exception {
    RegionsToWhiten shape = new RegionsToWhiten(aggregator, levels, regions);
    Extractor network =
        ExecutorExtractors.open(
            task.store(), new Artifacts(task.store()).require(extractor), options, shape);
    Moments moments = Moments.full(network.dimension() / regions);
    ArrayList<Failure> failures = new ArrayList<>();
    network.extract(
        part.stream().map(image -> source(image, task)).iterator(),
        outcome -> {
          task.done().accept(1);
          if (outcome instanceof Described described) {
            shape.addTo(moments, described.descriptor());
          } else {
            task.rejected().accept(1);
            Rejected reject = (Rejected) outcome;
            failures.add(
                new Failure(
                    part.get(reject.index()),
                    reject.kind() == Rejected.Kind.CONTENT,
                    reject.stage(),
                    reject.reason()));
          }
        });
    return new Gathered(RegionSums.of(moments), (long) part.size() - failures.size(), failures);
  }

  private CatalogueImage source(CopyQuery.Original image, UnitRunner.Task task) {
    return new CatalogueImage(
        image.imageId(),
        image.uri(),
        image.version(),
        image.range(),
        maxBytes,
        task.origin().hadoop());
  }
}
