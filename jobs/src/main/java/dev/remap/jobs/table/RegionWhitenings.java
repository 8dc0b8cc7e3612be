package dev.remap.jobs.table;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.pooling.RegionWhitening;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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

  public static List<ArtifactManifest> all(Store store) {
    Artifacts artifacts = new Artifacts(store);
    return store.list(FOLDER).stream()
        .map(id -> artifacts.find(Layout.regionWhitening(id)))
        .flatMap(Optional::stream)
        .toList();
  }

  /** The one that the settings name, if they do. */
  public static Optional<RegionWhitening> of(Settings settings, Store store) {
    return AggregationParameters.of(settings, store)
        .bytes(RegionWhitening.NAME)
        .map(RegionWhitening::parse);
  }

  /**
   * The file of one, which was fitted or trained; an {@link InputException} naming those that there
   * are if it is not one.
   *
   * @param network the card of the network whose regions it is for
   */
  static byte[] bytes(Store store, String id, BackboneCard network) {
    return new Artifacts(store)
        .find(Layout.regionWhitening(id))
        .map(manifest -> store.readVerified(manifest.file(FILE)))
        .or(() -> Weights.find(store, Weights.Kind.REGION_WHITENING, id, network))
        .orElseThrow(
            () ->
                new InputException(
                    "extractor.region-whitening is %s, but the store %s has no such whitening"
                        + " of regions, %s",
                    id, store.root(), others(store)));
  }

  private static String others(Store store) {
    List<String> known =
        Stream.concat(
                all(store).stream().map(ArtifactManifest::id),
                Weights.ids(store, Weights.Kind.REGION_WHITENING).stream())
            .toList();
    return known.isEmpty()
        ? "nor any other: " + COMMAND + " makes one; or give a file"
        : "only %s: give one of those, or a file".formatted(String.join(", ", known));
  }
}
