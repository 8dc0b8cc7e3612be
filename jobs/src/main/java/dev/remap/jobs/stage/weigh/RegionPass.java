package dev.remap.jobs.stage.weigh;

import dev.remap.core.training.head.HeadShape;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.table.ExecutorExtractors;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The one pass of a training over its images: tasks describe their regions, which come into the
 * driver's file.
 *
 * @param extractor whose network it is
 * @param seed of the copies
 */
record RegionPass(JobContext context, ArtifactManifest extractor, HeadShape shape, long seed) {
  /** Images of a task: their region vectors travel to the driver at once. */
  private static final int PART = 32;

  /**
   * Fills the file.
   *
   * @return the images that could not be described, and why, in the order of the sample
   */
  List<String> fill(RegionCache cache, Sampling.Sample sample) {
    TreeMap<Integer, List<String>> failures = new TreeMap<>();
    new UnitRunner(context, "images")
        .forEach(
            parts(sample),
            sample.images(),
            task(),
            (number, regions) -> {
              failures.put(number, regions.failures());
              for (int i = 0; i < regions.vectors().length; i++) {
                if (regions.vectors()[i] != null) {
                  cache.write(number * PART + i, regions.vectors()[i]);
                }
              }
            });
    return failures.values().stream().flatMap(List::stream).toList();
  }

  private static List<ArrayList<WeighImage>> parts(Sampling.Sample sample) {
    List<WeighImage> all = sample.parts().stream().flatMap(it -> it.images().stream()).toList();
    List<ArrayList<WeighImage>> parts = new ArrayList<>();
    for (int from = 0; from < all.size(); from += PART) {
      parts.add(new ArrayList<>(all.subList(from, Math.min(all.size(), from + PART))));
    }
    return parts;
  }

  private RegionTask task() {
    return new RegionTask(
        Layout.extractor(extractor.id()),
        shape,
        seed,
        WeighImage.Limits.of(context.settings()),
        ExecutorExtractors.Options.of(context));
  }
}
