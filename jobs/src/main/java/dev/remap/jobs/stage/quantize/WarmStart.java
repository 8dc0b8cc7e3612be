package dev.remap.jobs.stage.quantize;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.quantizer.TrainingSteps;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.table.Vectors;
import java.util.Optional;

/**
 * A quantizer that a training begins with: its OPQ matrix is kept, its centroids and codes are
 * where the iterations start. It has to be for the same vectors and of the kind that is wanted;
 * where the settings leave that to a choice (auto), it may have up to half or twice as many lists.
 */
public record WarmStart(ArtifactManifest quantizer) {
  /**
   * That one.
   *
   * @throws InputException if there is none, or it does not fit, and why
   */
  public static WarmStart require(JobContext context, Vectors vectors, String id) {
    ArtifactManifest manifest =
        Quantizers.all(context.store()).stream()
            .filter(there -> there.id().equals(id))
            .findFirst()
            .orElseThrow(
                () ->
                    new InputException(
                        "There is no quantizer %s to start from: the store has %s",
                        id,
                        Quantizers.all(context.store()).stream()
                            .map(ArtifactManifest::id)
                            .toList()));
    misfit(context, vectors, manifest)
        .ifPresent(
            why -> {
              throw new InputException(
                  "A training cannot start from quantizer %s: %s. Leave out --start", id, why);
            });
    return new WarmStart(manifest);
  }

  /** That one if it fits; else nothing, and the console says why. */
  public static Optional<WarmStart> find(JobContext context, Vectors vectors, String id) {
    ArtifactManifest manifest = Quantizers.require(context.store(), id);
    Optional<String> misfit = misfit(context, vectors, manifest);
    misfit.ifPresent(
        why ->
            context
                .console()
                .say("trains from the beginning, not from the live quantizer %s: %s", id, why));
    return misfit.isPresent() ? Optional.empty() : Optional.of(new WarmStart(manifest));
  }

  private static Optional<String> misfit(
      JobContext context, Vectors vectors, ArtifactManifest manifest) {
    String whitening = manifest.inputs().whitening();
    if (!whitening.equals(vectors.whitening())) {
      return Optional.of(
          "it is for vectors of whitening %s, these are of %s"
              .formatted(whitening, vectors.whitening()));
    }
    IndexSpec wanted =
        QuantizeJob.spec(context, vectors.rows(context), vectors.dimension(), choice -> {});
    IndexSpec had = IndexSpec.parse(manifest.inputs().spec());
    boolean isChosen = context.settings().string("quantizer.spec").equals("auto");
    boolean fits = isChosen ? isNear(had, wanted) : had.equals(wanted);
    return fits
        ? Optional.empty()
        : Optional.of(
            isChosen
                ? "it is %s, and %s is chosen for so many vectors".formatted(had, wanted)
                : "it is %s, and quantizer.spec is %s".formatted(had, wanted));
  }

  private static boolean isNear(IndexSpec had, IndexSpec wanted) {
    IndexSpec same =
        new IndexSpec(
            wanted.opqDimension(),
            had.lists(),
            wanted.hnswLinks(),
            wanted.subquantizers(),
            wanted.bits());
    return had.equals(same)
        && had.lists() <= 2L * wanted.lists()
        && wanted.lists() <= 2L * had.lists();
  }

  String id() {
    return quantizer.id();
  }

  IndexSpec spec() {
    return IndexSpec.parse(quantizer.inputs().spec());
  }

  TrainingSteps.Start read(JobContext context) {
    try (Quantizer opened = Quantizers.open(context.store(), quantizer)) {
      return TrainingSteps.Start.of(opened);
    }
  }
}
