package dev.remap.jobs.table;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The whitenings of regions that a store has. */
public final class RegionWhitenings {
  public static final String FOLDER = "region-whitenings";
  public static final String FILE = Whitenings.FILE;

  /** What makes them. */
  public static final String COMMAND = "whiten-regions";

  /** The input that says for which aggregator one was fitted. */
  public static final String AGGREGATOR = "aggregator";

  /** The input that says how many images were looked at, at the most. */
  public static final String IMAGES = "images";

  private RegionWhitenings() {}

  /** Whether a setting means a whitening of a store, and not a file. */
  static boolean isId(String text) {
    return Weights.isId(text);
  }

  public static List<ArtifactManifest> all(Store store) {
    Artifacts artifacts = new Artifacts(store);
    return store.list(FOLDER).stream()
        .map(id -> artifacts.find(Layout.regionWhitening(id)))
        .flatMap(Optional::stream)
        .toList();
  }

  /** The file of one; an {@link InputException} naming those that there are if it is not one. */
  static byte[] bytes(Store store, String id) {
    ArtifactManifest manifest =
        new Artifacts(store)
            .find(Layout.regionWhitening(id))
            .orElseThrow(
                () ->
                    new InputException(
                        "extractor.region-whitening is %s, but the store %s has no such whitening"
                            + " of regions, %s",
                        id, store.root(), others(all(store))));
    return store.readVerified(manifest.file(FILE));
  }

  private static String others(List<ArtifactManifest> known) {
    return known.isEmpty()
        ? "nor any other: " + COMMAND + " makes one; or give a file"
        : "only %s: give one of those, or a file"
            .formatted(known.stream().map(ArtifactManifest::id).collect(Collectors.joining(", ")));
  }
}
