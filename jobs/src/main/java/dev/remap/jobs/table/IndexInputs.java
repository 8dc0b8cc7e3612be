package dev.remap.jobs.table;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import java.util.List;
import java.util.Optional;

/** What an index is built from: vectors, and a quantizer that was trained on some of their kind. */
public record IndexInputs(Vectors vectors, ArtifactManifest quantizer) {
  /**
   * The newest vectors, and the quantizer for them.
   *
   * @param wanted id of the quantizer; null where there is only one for the newest vectors
   */
  public static IndexInputs choose(JobContext context, String wanted) {
    String whitening = wanted == null ? null : whitening(context, wanted);
    Vectors vectors = Vectors.choose(context, whitening, null);
    return new IndexInputs(vectors, Quantizers.choose(context, vectors, wanted));
  }

  /**
   * The same vectors without those that near copies of them make superfluous.
   *
   * @param wanted id of the table of duplicates; null where there is only one
   */
  public IndexInputs unique(JobContext context, String wanted) {
    String folder = Duplicates.choose(context, vectors, wanted).folder();
    return new IndexInputs(vectors.without(Optional.of(folder)), quantizer);
  }

  private static String whitening(JobContext context, String quantizer) {
    List<ArtifactManifest> all = Quantizers.all(context.store());
    return all.stream()
        .filter(manifest -> manifest.id().equals(quantizer))
        .map(manifest -> manifest.inputs().whitening())
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "There is no quantizer %s: the store has %s",
                    quantizer, all.stream().map(ArtifactManifest::id).toList()));
  }
}
