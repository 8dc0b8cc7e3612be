package dev.remap.jobs.table;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.pooling.GemAggregator.GemPerChannel;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The region weights and exponents of gem of a store. */
public final class Weights {
  public static final String FOLDER = "weights";
  public static final String FILE = "weights.json";

  /** Instead of weights: exponents of gem that were trained. */
  public static final String EXPONENTS = "p.json";

  /** The settings that take the ids of weights, with the file that they take of them. */
  static final Map<String, String> SETTINGS =
      Map.of("extractor.region-weights", FILE, "extractor.gem-p-file", EXPONENTS);

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
   * The weights or exponents as JSON; an {@link InputException} naming those that there are if it
   * is not one, or if they were trained together with another network than the one whose maps they
   * are for.
   *
   * @param setting one of {@link #SETTINGS}
   * @param network the card of that one
   */
  static String text(Store store, String setting, String id, BackboneCard network) {
    String file = SETTINGS.get(setting);
    ArtifactManifest manifest =
        new Artifacts(store)
            .find(Layout.weights(id))
            .filter(found -> found.files().containsKey(file))
            .orElseThrow(
                () ->
                    new InputException(
                        "%s is %s, but the store %s has no such %s, %s",
                        setting, id, store.root(), noun(file), others(store, file)));
    requireNetwork(store, setting, manifest, network);
    return new String(store.readVerified(manifest.file(file)), StandardCharsets.UTF_8);
  }

  private static String noun(String file) {
    return file.equals(FILE) ? "weights" : "exponents";
  }

  /** Weights were learnt for the maps of their own network: those of another mean other things. */
  private static void requireNetwork(
      Store store, String setting, ArtifactManifest manifest, BackboneCard network) {
    if (!manifest.files().containsKey(BACKBONE)) {
      return;
    }
    String file = SETTINGS.get(setting);
    BackboneCard own =
        BackboneCard.parse(
            new String(store.readVerified(manifest.file(CARD)), StandardCharsets.UTF_8));
    if (!network.sha256().equals(own.sha256())) {
      throw new InputException(
          "%s is %s, whose %s were trained together with a network, and extractor.backbone is another"
              + " one (%s): give --backbone %s as well (a part of a concatenation: its own backbone),"
              + " or, to have them with another network all the same, a copy of %s",
          setting,
          manifest.id(),
          noun(file),
          network.name(),
          manifest.id(),
          store.locate(manifest.file(file).path()));
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
              + " network): give them as %s, and a network's folder here",
          id, isOfRegions(manifest) ? "extractor.region-weights" : "extractor.gem-p-file");
    }
    return manifest;
  }

  private static String others(Store store, String file) {
    List<String> known =
        all(store).stream()
            .filter(manifest -> manifest.files().containsKey(file))
            .map(ArtifactManifest::id)
            .toList();
    String besides = file.equals(FILE) ? "a file, or published" : "or a file";
    return known.isEmpty()
        ? "nor any others: %s makes some; or give %s"
            .formatted(
                file.equals(FILE) ? "weigh" : "train --parts p", besides.replaceFirst("^or ", ""))
        : "only %s: give one of those, %s".formatted(String.join(", ", known), besides);
  }

  /** Whether weights were trained and not weighed, also where their manifest is lost. */
  public static boolean areTrained(Store store, String folder) {
    String prefix = TRAINING.substring(0, TRAINING.indexOf('.'));
    return store.list(folder).stream().anyMatch(file -> file.startsWith(prefix + "-"));
  }

  /** Whether they are of regions, and not exponents. */
  public static boolean isOfRegions(ArtifactManifest manifest) {
    return !manifest.files().containsKey(EXPONENTS);
  }

  /** The file that has what was learnt. */
  public static FileRef file(ArtifactManifest manifest) {
    return manifest.file(isOfRegions(manifest) ? FILE : EXPONENTS);
  }

  /** The weights of an artifact of regions. */
  public static RegionWeights parse(Store store, ArtifactManifest manifest) {
    return RegionWeights.parse(
        new String(store.readVerified(manifest.file(FILE)), StandardCharsets.UTF_8));
  }

  /** The exponents of an artifact that has them, one for each channel. */
  public static List<Float> exponents(Store store, ArtifactManifest manifest) {
    return GemPerChannel.parse(
            new String(store.readVerified(manifest.file(EXPONENTS)), StandardCharsets.UTF_8))
        .p();
  }

  /** Exponents as a sentence has them. */
  public static String inWords(List<Float> exponents) {
    List<Float> sorted = exponents.stream().sorted().toList();
    float least = sorted.get(0);
    float most = sorted.get(sorted.size() - 1);
    return least == most
        ? Plain.format("%.4f for all %,d channels", least, sorted.size())
        : Plain.format(
            "%,d channels, from %.4f to %.4f, the median %.4f",
            sorted.size(), least, most, sorted.get(sorted.size() / 2));
  }
}
