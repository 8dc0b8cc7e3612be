package dev.remap.jobs.night;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.table.ExtractorFiles;

/** Whether vectors can be what the settings ask for, as far as no image has to be described. */
final class VectorShape {
  private VectorShape() {}

  /**
   * @throws InputException if the descriptors have too few components for the whitening, or the
   *     quantizer is for another number of them
   */
  static void require(JobContext context) {
    Settings settings = context.settings();
    int raw = ExtractorFiles.spec(context).dimension();
    boolean isWhitened = !settings.string("whitening.method").equals("none");
    int dimension = isWhitened ? settings.integer("whitening.dimension", 0, 1 << 20) : raw;
    if (dimension > raw) {
      throw new InputException(
          "whitening.dimension is %d, but descriptors by this extractor have %d components: ask for"
              + " no more, or for 0 (automatic)",
          dimension, raw);
    }
    String spec = settings.string("quantizer.spec");
    if (dimension > 0 && !spec.equals("auto")) {
      try {
        IndexSpec.parse(spec).checkDimension(dimension);
      } catch (IllegalArgumentException e) {
        throw new InputException(
            "quantizer.spec does not fit vectors of %d components (%s): change it%s, or leave it auto",
            dimension, e.getMessage(), isWhitened ? " or whitening.dimension" : "");
      }
    }
  }
}
