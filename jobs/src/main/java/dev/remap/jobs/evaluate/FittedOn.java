package dev.remap.jobs.evaluate;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Concurrently;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.table.Whitenings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Whether a whitening was fitted on the images that it is evaluated by, as manifests tell. */
final class FittedOn {
  /** Of more images, so many are looked up. */
  private static final int MOST = 1_000;

  private static final String TELLS =
      "so these scores do not tell how it does on images that it was not fitted on";

  private FittedOn() {}

  /**
   * One sentence, unless the whitening was fitted on other images.
   *
   * @param evaluated keys of the images that are queries, or that queries are made from
   */
  static Optional<String> warning(JobContext context, Generation generation, List<Long> evaluated) {
    ArtifactManifest whitening =
        Whitenings.require(context.store(), generation.inputs().whitening());
    if (Whitenings.isNone(whitening)) {
      return Optional.empty();
    }
    Optional<String> listing = whitening.inputs().find(Inputs.LISTING);
    if (listing.isEmpty()) {
      return Optional.of(
          unknown(whitening, evaluated, "it was brought in, and does not say by which images"));
    }
    Snapshots snapshots = new Snapshots(context.store());
    // Where all are of one listing, nothing need be looked up.
    if (generation.inputs().isOf(listing.get())) {
      return Optional.of(
          sentence(whitening, String.format(Locale.ROOT, "all %,d", evaluated.size())));
    }
    Optional<Integer> fitted =
        snapshots.numbers().stream()
            .filter(snapshots::isComplete)
            .filter(number -> snapshots.listing(number).equals(listing.get()))
            .findFirst();
    if (fitted.isEmpty()) {
      return Optional.of(
          unknown(whitening, evaluated, "the snapshot that it was fitted on is gone"));
    }
    return known(whitening, snapshots.table(fitted.get()), evaluated);
  }

  private static Optional<String> known(
      ArtifactManifest whitening, Table<SnapshotRow> fitted, List<Long> evaluated) {
    // Keys are hashes, so the lowest are any.
    List<Long> some = evaluated.stream().sorted().limit(MOST).toList();
    long there =
        Concurrently.map(
                some,
                key -> {
                  try (TableReader<SnapshotRow> rows =
                      fitted.read(new KeyRange(key, key), Verification.LENGTH)) {
                    return rows.hasNext();
                  }
                })
            .stream()
            .filter(found -> found)
            .count();
    if (there == 0) {
      return Optional.empty();
    }
    String share =
        some.size() == evaluated.size()
            ? String.format(Locale.ROOT, "%,d of the %,d", there, evaluated.size())
            : String.format(
                Locale.ROOT,
                "%,d of %,d looked up among the %,d",
                there,
                some.size(),
                evaluated.size());
    return Optional.of(sentence(whitening, share));
  }

  private static String sentence(ArtifactManifest whitening, String share) {
    return String.format(
        Locale.ROOT,
        "warning: whitening %s was fitted on a snapshot with %s evaluated images%s, %s",
        whitening.id(),
        share,
        Whitenings.labels(whitening).isPresent() ? " (and learned from labels)" : "",
        TELLS);
  }

  private static String unknown(ArtifactManifest whitening, List<Long> evaluated, String why) {
    return String.format(
        Locale.ROOT,
        "whether whitening %s was fitted on some of the %,d evaluated images is not known: %s",
        whitening.id(),
        evaluated.size(),
        why);
  }
}
