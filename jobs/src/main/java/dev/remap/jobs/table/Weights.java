package dev.remap.jobs.table;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.pooling.AttentionWeights;
import dev.remap.core.pooling.GemAggregator.GemPerChannel;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.whitening.Whitening;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a store has learnt of aggregators: region weights, exponents, attention, projections. */
public final class Weights {
  public static final String FOLDER = "weights";
  public static final String FILE = "weights.json";

  /** Instead of weights: exponents of gem that were trained. */
  public static final String EXPONENTS = "p.json";

  /** Instead of weights: the layers of regional attention. */
  public static final String ATTENTION = "attention.json";

  /** Instead of weights, or beside attention: a whitening of regions that was trained. */
  public static final String REGION_WHITENING = "region-whitening.bin";

  /** What weights may be; of several in one folder, the first gives them their name. */
  public enum Kind {
    REGIONS("extractor.region-weights", FILE, "weights", "weigh"),
    EXPONENTS("extractor.gem-p-file", Weights.EXPONENTS, "exponents", "train --parts p"),
    ATTENTION(
        "extractor.attention-weights",
        Weights.ATTENTION,
        "attention weights",
        "train --parts attention"),
    REGION_WHITENING(
        "extractor.region-whitening",
        Weights.REGION_WHITENING,
        "whitening of regions",
        RegionWhitenings.COMMAND);

    private final String setting;
    private final String file;
    private final String noun;
    private final String maker;

    Kind(String setting, String file, String noun, String maker) {
      this.setting = setting;
      this.file = file;
      this.noun = noun;
      this.maker = maker;
    }

    /** The one whose ids a setting takes. */
    static Optional<Kind> by(String setting) {
      return Arrays.stream(values()).filter(kind -> kind.setting.equals(setting)).findFirst();
    }

    public static Kind of(ArtifactManifest manifest) {
      return Arrays.stream(values())
          .filter(kind -> kind.isIn(manifest))
          .findFirst()
          .orElse(REGIONS); // Asking for its file says what is wrong with it.
    }

    private boolean isIn(ArtifactManifest manifest) {
      return manifest.files().containsKey(file);
    }

    /** The setting that takes an id. */
    public String setting() {
      return setting;
    }

    /** The file that has what was learnt. */
    public FileRef file(ArtifactManifest manifest) {
      return manifest.file(file);
    }
  }

  public static final String HISTOGRAMS = "histograms.json";
  public static final String PICTURE = "map.svg";

  /** Of weights that were trained: how, by which groups, and the curve. */
  public static final String TRAINING = "training.json";

  /** What the last epoch of a training has mined. */
  public static final String MINED = "mined.parquet";

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
   * What was learnt as JSON; an {@link InputException} naming those that there are if it is not
   * one, or if they were trained together with another network than the one whose maps they are
   * for.
   *
   * @param network the card of that one
   */
  static String text(Store store, Kind kind, String id, BackboneCard network) {
    byte[] bytes =
        find(store, kind, id, network)
            .orElseThrow(
                () ->
                    new InputException(
                        "%s is %s, but the store %s has no such %s, %s",
                        kind.setting, id, store.root(), kind.noun, others(store, kind)));
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The same, as the file has it; nothing if it is none of these. */
  static Optional<byte[]> find(Store store, Kind kind, String id, BackboneCard network) {
    return new Artifacts(store)
        .find(Layout.weights(id))
        .filter(kind::isIn)
        .map(
            manifest -> {
              requireNetwork(store, kind, manifest, network);
              return store.readVerified(kind.file(manifest));
            });
  }

  /** Weights were learnt for the maps of one network: those of another mean other things. */
  private static void requireNetwork(
      Store store, Kind kind, ArtifactManifest manifest, BackboneCard network) {
    if (manifest.files().containsKey(BACKBONE)) {
      BackboneCard own =
          BackboneCard.parse(
              new String(store.readVerified(manifest.file(CARD)), StandardCharsets.UTF_8));
      requireSame(
          List.of(own), network, store, kind, manifest, "--backbone " + manifest.id() + " as well");
    } else if (manifest.files().containsKey(TRAINING)) {
      // As long as the store has what they were learnt on.
      new Artifacts(store)
          .find(Layout.extractor(manifest.inputs().extractor()))
          .map(extractor -> ExecutorExtractors.spec(store, extractor).backbones())
          .ifPresent(
              those ->
                  requireSame(
                      those,
                      network,
                      store,
                      kind,
                      manifest,
                      "the network '%s' (SHA-256 %s) by --backbone"
                          .formatted(those.get(0).name(), those.get(0).sha256())));
    }
  }

  private static void requireSame(
      List<BackboneCard> those,
      BackboneCard network,
      Store store,
      Kind kind,
      ArtifactManifest manifest,
      String what) {
    if (those.stream().noneMatch(card -> card.sha256().equals(network.sha256()))) {
      throw new InputException(
          "%s is %s, whose %s were trained with one network, and extractor.backbone is another one (%s): give %s"
              + " (a part of a concatenation: its own backbone), or, to have them with another"
              + " network all the same, a copy of %s",
          kind.setting,
          manifest.id(),
          kind.noun,
          network.name(),
          what,
          store.locate(kind.file(manifest).path()));
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
          id, Kind.of(manifest).setting);
    }
    return manifest;
  }

  /** The ids of those that have such a file. */
  static List<String> ids(Store store, Kind kind) {
    return all(store).stream().filter(kind::isIn).map(ArtifactManifest::id).toList();
  }

  private static String others(Store store, Kind kind) {
    List<String> known = ids(store, kind);
    String file = kind == Kind.REGIONS ? "a file, or published" : "a file";
    return known.isEmpty()
        ? "nor any others: %s makes some; or give %s".formatted(kind.maker, file)
        : "only %s: give one of those, %s%s"
            .formatted(String.join(", ", known), kind == Kind.REGIONS ? "" : "or ", file);
  }

  /** Whether weights were trained and not weighed, also where their manifest is lost. */
  public static boolean areTrained(Store store, String folder) {
    String prefix = TRAINING.substring(0, TRAINING.indexOf('.'));
    return store.list(folder).stream().anyMatch(file -> file.startsWith(prefix + "-"));
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

  /** The attention of an artifact that has it. */
  public static AttentionWeights attention(Store store, ArtifactManifest manifest) {
    return AttentionWeights.parse(
        new String(store.readVerified(manifest.file(ATTENTION)), StandardCharsets.UTF_8));
  }

  /** The attention that the settings name, if they do. */
  public static Optional<AttentionWeights> attention(Settings settings, Store store) {
    String json = AggregationParameters.of(settings, store).file("attention-weights");
    return json.isEmpty() ? Optional.empty() : Optional.of(AttentionWeights.parse(json));
  }

  /** What weights are that no map can be drawn of, in a sentence; nothing of region weights. */
  public static Optional<String> sentence(Store store, ArtifactManifest manifest) {
    return switch (Kind.of(manifest)) {
      case REGIONS -> Optional.empty();
      case EXPONENTS ->
          Optional.of(
              "Exponents of gem %s: %s."
                  .formatted(manifest.id(), inWords(exponents(store, manifest))));
      case ATTENTION -> {
        AttentionWeights attention = attention(store, manifest);
        yield Optional.of(
            Plain.format(
                "Regional attention %s: %,d hidden units that see %,d channels, on %d levels of regions.",
                manifest.id(),
                attention.output().length,
                attention.channels(),
                attention.levels()));
      }
      case REGION_WHITENING -> {
        Whitening whitening =
            Whitening.fromBytes(store.readVerified(manifest.file(REGION_WHITENING)));
        yield Optional.of(
            Plain.format(
                "Whitening of regions %s, trained: from %,d channels to %,d.",
                manifest.id(), whitening.inputDimension(), whitening.dimension()));
      }
    };
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
