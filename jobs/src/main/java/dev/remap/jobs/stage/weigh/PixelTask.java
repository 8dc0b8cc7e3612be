package dev.remap.jobs.stage.weigh;

import dev.remap.core.extraction.Described;
import dev.remap.core.extraction.Extractor;
import dev.remap.core.extraction.Rejected;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.table.ExecutorExtractors;
import java.io.Serializable;
import java.util.ArrayList;

/**
 * Reads and resizes images that were described a moment ago.
 *
 * @param extractor folder of the extractor's artifact, as whose network takes them
 * @param seed of the copies
 */
record PixelTask(
    String extractor, long seed, WeighImage.Limits limits, ExecutorExtractors.Options options)
    implements UnitRunner.Work<ArrayList<WeighImage>, ArrayList<PixelTask.Pixels>> {

  /**
   * An image.
   *
   * @param isUpright whether it is higher than wide
   * @param values R, G, B in 0..255, row by row
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Pixels(boolean isUpright, byte[] values) implements Serializable {
    static Pixels of(Described image) {
      float[] given = image.descriptor();
      byte[] values = new byte[given.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = (byte) (int) given[i];
      }
      return new Pixels(image.height() > image.width(), values);
    }
  }

  @Override
  public ArrayList<Pixels> run(ArrayList<WeighImage> part, UnitRunner.Task task) throws Exception {
    ArrayList<Pixels> pixels = new ArrayList<>();
    try (Extractor reader =
        ExecutorExtractors.pixels(
            task.store(), new Artifacts(task.store()).require(extractor), options)) {
      reader.extract(
          part.stream().map(image -> image.source(limits, seed, task.origin().hadoop())).iterator(),
          outcome -> {
            task.done().accept(1);
            if (outcome instanceof Rejected reject) {
              throw new JobFailedException(
                  "%s could be described a moment ago, and cannot be read now: %s",
                  part.get(reject.index()).name(), reject.reason());
            }
            pixels.add(Pixels.of((Described) outcome));
          });
    }
    return pixels;
  }
}
