package dev.remap.jobs.job.night;

import dev.remap.jobs.job.Descriptors;
import dev.remap.jobs.job.JobContext;
import dev.remap.jobs.job.compact.CompactJob;
import dev.remap.jobs.job.whiten.WhitenJob;
import dev.remap.jobs.store.ArtifactManifest;

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
