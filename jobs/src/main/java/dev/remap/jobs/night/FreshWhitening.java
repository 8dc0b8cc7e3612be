package dev.remap.jobs.night;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.compact.CompactJob;
import dev.remap.jobs.stage.whiten.WhitenJob;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.table.Descriptors;

/** A whitening fitted to all that is described, and the descriptors projected by it. */
public final class FreshWhitening {
  private FreshWhitening() {}

  /**
   * Writes the descriptors' layers as one, as that has the moments of all of them; then fits and
   * projects.
   *
   * @param snapshot number of the snapshot; null for the newest that is described
   */
  public static ArtifactManifest fit(JobContext context, Integer snapshot) {
    Descriptors descriptors = Descriptors.choose(context, snapshot);
    CompactJob.run(context, descriptors, CompactJob.Depth.FULL);
    return WhitenJob.fitting(context, descriptors.snapshot()).execute();
  }
}
