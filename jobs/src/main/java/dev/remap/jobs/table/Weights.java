package dev.remap.jobs.table;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The region weights of a store. */
public final class Weights {
  public static final String FOLDER = "weights";
  public static final String FILE = "weights.json";
  public static final String HISTOGRAMS = "histograms.json";
  public static final String PICTURE = "map.svg";

  /** Of weights that were trained: how, by which groups, and the curve. */
  public static final String TRAINING = "training.json";

  /** What the last epoch of a training has mined. */
  public static final String MINED = "mined.jsonl";

  /** The whitening that was trained with weights. */
  public static final String PROJECTION = "projection.bin";

  /** The network that was trained with weights, and its card. */
  public static final String BACKBONE = "backbone.pt";

  public static final String CARD = "card.json";

  /** What trains weights, and the input that says how. */
  public static final String TRAIN = "train";

  /** Name of the input that says which images matched. */
  public static final String LABELS = "labels";

  private Weights() {}

  /** Whether a setting means weights of a store, and not a file. */
  static boolean isId(String text) {
    return text.matches("[0-9a-f]{16}");
  }

  public static List<ArtifactManifest> all(Store store) {
    Artifacts artifacts = new Artifacts(store);
    return store.list(FOLDER).stream()
        .map(id -> artifacts.find(Layout.weights(id)))
        .flatMap(Optional::stream)
        .toList();
  }

  /**
   * The weights as JSON; an {@link InputException} naming those that there are if it is not one, or
   * if they were trained together with another network than the one whose maps they weigh.
   *
   * @param network the card of that one
   */
  static String text(Store store, String id, BackboneCard network) {
    ArtifactManifest manifest =
        new Artifacts(store)
            .find(Layout.weights(id))
            .orElseThrow(
                () ->
                    new InputException(
                        "extractor.region-weights is %s, but the store %s has no such weights, %s",
                        id, store.root(), others(all(store))));
    requireNetwork(store, manifest, network);
    return new String(store.readVerified(manifest.file(FILE)), StandardCharsets.UTF_8);
  }

  /** Weights were learnt for the maps of their own network: those of another mean other things. */
  private static void requireNetwork(Store store, ArtifactManifest manifest, BackboneCard network) {
    if (!manifest.files().containsKey(BACKBONE)) {
      return;
    }
    BackboneCard own =
        BackboneCard.parse(
            new String(store.readVerified(manifest.file(CARD)), StandardCharsets.UTF_8));
    if (!network.sha256().equals(own.sha256())) {
      throw new InputException(
          "extractor.region-weights is %s, whose weights were trained together with a network, and"
              + " extractor.backbone is another one (%s): give --backbone %s as well (a part of a"
              + " concatenation: its own backbone), or, to have them with another network all the"
              + " same, a copy of %s",
          manifest.id(), network.name(), manifest.id(), store.locate(manifest.file(FILE).path()));
    }
  }

  /** Those that were trained with a network; an {@link InputException} if there is none. */
  static ArtifactManifest network(Store store, String id) {
    ArtifactManifest manifest =
        new Artifacts(store)
            .find(Layout.weights(id))
            .orElseThrow(
                () ->
                    new InputException(
                        "extractor.backbone is %s, but the store %s has no such weights: give those"
                            + " that `train --parts network` made, or a folder",
                        id, store.root()));
    if (!manifest.files().containsKey(BACKBONE)) {
      throw new InputException(
          "extractor.backbone is %s, but no network was trained with these weights (train --parts"
              + " network): give them as extractor.region-weights, and a network's folder here",
          id);
    }
    return manifest;
  }

  private static String others(List<ArtifactManifest> known) {
    return known.isEmpty()
        ? "nor any others: weigh makes some; or give a file, or published"
        : "only %s: give one of those, a file, or published"
            .formatted(known.stream().map(ArtifactManifest::id).collect(Collectors.joining(", ")));
  }

  /** Whether weights were trained and not weighed, also where their manifest is lost. */
  public static boolean areTrained(Store store, String folder) {
    String prefix = TRAINING.substring(0, TRAINING.indexOf('.'));
    return store.list(folder).stream().anyMatch(file -> file.startsWith(prefix + "-"));
  }

  /** The weights of an artifact. */
  public static RegionWeights parse(Store store, ArtifactManifest manifest) {
    return RegionWeights.parse(
        new String(store.readVerified(manifest.file(FILE)), StandardCharsets.UTF_8));
  }
}
