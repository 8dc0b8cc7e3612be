package dev.remap.jobs.stage.weigh;

import dev.remap.core.extraction.Described;
import dev.remap.core.extraction.Extractor;
import dev.remap.core.extraction.Rejected;
import dev.remap.core.training.head.HeadShape;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.table.ExecutorExtractors;
import java.io.Serializable;
import java.util.ArrayList;
import org.apache.spark.broadcast.Broadcast;

/**
 * Makes the parts of some images that a head learns from, such as their region vectors.
 *
 * @param extractor folder of the extractor's artifact, whose network it is
 * @param learnt what has become of that network; null for the artifact's own
 * @param seed of the copies
 */
record RegionTask(
    String extractor,
    Broadcast<byte[]> learnt,
    HeadShape shape,
    long seed,
    WeighImage.Limits limits,
    ExecutorExtractors.Options options)
    implements UnitRunner.Work<ArrayList<WeighImage>, RegionTask.Regions> {

  /**
   * The vectors of a part's images.
   *
   * @param vectors null for an image that could not be described
   * @param failures what those are, and why
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Regions(float[][] vectors, ArrayList<String> failures) implements Serializable {}

  @Override
  public Regions run(ArrayList<WeighImage> part, UnitRunner.Task task) throws Exception {
    ArtifactManifest artifact = new Artifacts(task.store()).require(extractor);
    if (learnt == null) {
      return run(
          part, task, ExecutorExtractors.open(task.store(), artifact, options, shape.parts()));
    }
    return ExecutorExtractors.learnt(
        task.store(),
        artifact,
        options,
        shape.parts(),
        learnt,
        network -> run(part, task, network));
  }

  private Regions run(ArrayList<WeighImage> part, UnitRunner.Task task, Extractor network)
      throws Exception {
    float[][] vectors = new float[part.size()][];
    ArrayList<String> failures = new ArrayList<>();
    network.extract(
        part.stream().map(image -> image.source(limits, seed, task.origin().hadoop())).iterator(),
        outcome -> {
          task.done().accept(1);
          if (outcome instanceof Described described) {
            vectors[outcome.index()] = described.descriptor();
          } else {
            task.rejected().accept(1);
            Rejected reject = (Rejected) outcome;
            failures.add(part.get(reject.index()).name() + ": " + reject.reason());
          }
        });
    return new Regions(vectors, failures);
  }
}
