package dev.remap.jobs.stage.weigh;

import dev.remap.core.training.RegionStore;
import dev.remap.core.training.head.HeadShape;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.table.ExecutorExtractors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.broadcast.Broadcast;

/**
 * The passes of a training over its images: tasks describe their regions, which come into the
 * driver's file.
 *
 * @param extractor whose network it is
 * @param seed of the copies
 * @param images of the sample, by their places
 */
record RegionPass(
    JobContext context,
    ArtifactManifest extractor,
    HeadShape shape,
    long seed,
    List<WeighImage> images) {
  /** Images of a task: their region vectors travel to the driver at once. */
  private static final int PART = 32;

  /**
   * Describes all images.
   *
   * @return those that could not be described, and why, in the order of the sample
   */
  List<String> fill(RegionStore to) {
    return run(IntStream.range(0, images.size()).toArray(), task(null), to);
  }

  /**
   * Describes some that have been described before.
   *
   * @param network file of what the extractor's network has become
   */
  void again(byte[] network, int[] places, RegionStore to) {
    Broadcast<byte[]> everywhere = context.spark().broadcast(network);
    try {
      List<String> failures = run(places, task(everywhere), to);
      if (!failures.isEmpty()) {
        throw new JobFailedException(
            "%,d images could be described a moment ago, and cannot be now, such as %s. Put them back"
                + " and call the same command, which goes on; or call it without them, and it begins"
                + " anew",
            failures.size(), failures.get(0));
      }
    } finally {
      everywhere.destroy();
    }
  }

  private List<String> run(int[] places, RegionTask task, RegionStore to) {
    List<ArrayList<WeighImage>> parts = new ArrayList<>();
    for (int from = 0; from < places.length; from += PART) {
      int end = Math.min(places.length, from + PART);
      parts.add(new ArrayList<>(Arrays.stream(places, from, end).mapToObj(images::get).toList()));
    }
    TreeMap<Integer, List<String>> failures = new TreeMap<>();
    new UnitRunner(context, "images")
        .forEach(
            parts,
            places.length,
            task,
            (number, regions) -> {
              failures.put(number, regions.failures());
              for (int i = 0; i < regions.vectors().length; i++) {
                if (regions.vectors()[i] != null) {
                  to.write(places[number * PART + i], regions.vectors()[i]);
                }
              }
            });
    return failures.values().stream().flatMap(List::stream).toList();
  }

  private RegionTask task(Broadcast<byte[]> learnt) {
    return new RegionTask(
        Layout.extractor(extractor.id()),
        learnt,
        shape,
        seed,
        WeighImage.Limits.of(context.settings()),
        ExecutorExtractors.Options.of(context));
  }
}
