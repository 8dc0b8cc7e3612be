package dev.remap.jobs.night;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.Labels;
import dev.remap.jobs.stage.compact.CompactJob;
import dev.remap.jobs.stage.whiten.FitJob;
import dev.remap.jobs.stage.whiten.WhitenJob;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Whitenings;

/** A whitening that the store has not had yet, and the descriptors projected by it. */
public final class FreshWhitening {
  private FreshWhitening() {}

  /**
   * Fits one to all that is described: writes the descriptors' layers as one, as that has the
   * moments of all of them; then fits and projects.
   */
  public static ArtifactManifest fit(JobContext context, Descriptors descriptors) {
    CompactJob.run(context, descriptors, CompactJob.Depth.FULL);
    return project(context, descriptors, FitJob.fitting(context, descriptors));
  }

  /**
   * Learns one (Lw) from matching pairs of what is described, with its layers written as one too.
   *
   * @param labels with groups or pairs
   */
  public static ArtifactManifest learn(JobContext context, Descriptors descriptors, Labels labels) {
    CompactJob.run(context, descriptors, CompactJob.Depth.FULL);
    return project(context, descriptors, FitJob.learning(context, descriptors, labels));
  }

  /** Fits or learns one as the one before was, which may have been brought in. */
  static ArtifactManifest again(
      JobContext context, Descriptors descriptors, ArtifactManifest before) {
    if (Whitenings.isBroughtIn(before)) {
      context
          .console()
          .say(
              "whitening %s was fitted elsewhere; the new one is fitted to the catalogue",
              before.id());
    }
    return Whitenings.labels(before)
        .map(labels -> learnedAgain(context, descriptors, before.id(), labels))
        .orElseGet(() -> fit(context, descriptors));
  }

  private static ArtifactManifest learnedAgain(
      JobContext context, Descriptors descriptors, String before, String labels) {
    try {
      return learn(context, descriptors, Labels.parse(labels));
    } catch (InputException e) {
      throw new InputException(
          "Whitening %s was learned by the labels '%s', and --retrain learns again by them, which"
              + " does not work: %s. Put them right, or fit one with `%s`, train a quantizer and"
              + " build and publish by it",
          before, labels, e.getMessage(), context.line("whiten"));
    }
  }

  /**
   * Projects by one that was fitted elsewhere.
   *
   * @param file path of the whitening
   */
  public static void use(JobContext context, Descriptors descriptors, String file) {
    project(context, descriptors, FitJob.using(context, descriptors, file));
  }

  private static ArtifactManifest project(
      JobContext context, Descriptors descriptors, FitJob fitting) {
    ArtifactManifest whitening = Whitenings.require(context.store(), fitting.execute().id());
    new WhitenJob(context, descriptors, whitening).execute();
    return whitening;
  }
}
