package dev.remap.jobs.table;

import dev.remap.core.extraction.ExtractorSpec;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Why a live generation is not by the extractor that the settings describe. */
final class OtherExtractor {
  /** Fields of an extractor that are called otherwise in the settings. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "aggregator", "extractor.aggregator, or in what belongs to it",
          "other-backbones", "extractor.concat",
          "metric", "embeddings.metric",
          "image-limits", "image.max-bytes or image.max-pixels",
          "resampling", "the way in which this program scales pixels");

  /** The same where both are of given descriptors: what bounds these follows from the dimension. */
  private static final Map<String, String> GIVEN =
      Map.of(
          "backbone", "embeddings.model or embeddings.dimension",
          "image-limits", "embeddings.model or embeddings.dimension");

  private OtherExtractor() {}

  /** What a night says that is refused for that; nothing if the extractor is the same. */
  static Optional<String> objection(JobContext context, Generation live) {
    ExtractorSpec wanted = ExtractorFiles.spec(context);
    String made = live.inputs().extractor();
    return ExtractorFiles.id(wanted).equals(made)
        ? Optional.empty()
        : Optional.of(
            "the live generation %d of '%s' was made by extractor %s, and the settings describe %s%s: give the settings that it was made with, or --new-index and another --name for an index by the new extractor, which describes all images"
                .formatted(
                    live.number(),
                    live.index(),
                    made,
                    ExtractorFiles.id(wanted),
                    difference(context.store(), wanted, made)));
  }

  private static String difference(Store store, ExtractorSpec wanted, String made) {
    try {
      ArtifactManifest artifact = new Artifacts(store).require(Layout.extractor(made));
      ExtractorSpec before = ExecutorExtractors.spec(store, artifact);
      List<String> fields = wanted.differing(before);
      Map<String, String> given = wanted.isGiven() && before.isGiven() ? GIVEN : Map.of();
      String names =
          String.join(
              "; ",
              fields.stream()
                  .map(
                      field ->
                          given.getOrDefault(
                              field, SETTINGS.getOrDefault(field, "extractor." + field)))
                  .distinct()
                  .toList());
      boolean hadBoxes =
          fields.contains("regions-table") && artifact.files().containsKey(ExtractorFiles.BOXES);
      return ", which differs in %s%s"
          .formatted(
              names,
              hadBoxes
                  ? " (the table that it was made with is in the store: %s)"
                      .formatted(store.locate(artifact.file(ExtractorFiles.BOXES).path()))
                  : "");
    } catch (StoreException e) {
      // What is damaged there must not take the place of the refusal.
      return "";
    }
  }
}
