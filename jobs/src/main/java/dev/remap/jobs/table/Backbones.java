package dev.remap.jobs.table;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.backbone.Tap;
import dev.remap.core.backbone.TapRange;
import dev.remap.jobs.config.AggregatorSettings;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.spark.LocalCache;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The networks that the settings name, each once however many parts of a concatenation look at it.
 *
 * @param places of each
 * @param cards of each
 * @param ofPart which one each part of a concatenation looks at; empty for other aggregators
 */
record Backbones(List<Place> places, List<BackboneCard> cards, List<Integer> ofPart) {
  /** Where a network's file is. */
  interface Place {
    /** The file, fetched if need be. */
    Path file();
  }

  /** The name of the file in the folder of the settings, and of the first in an extractor. */
  static final String FILE = "backbone.pt";

  static final String CARD = "card.json";
  static final String SETTING = "extractor.backbone";

  /** What messages ask for. */
  static final String ASKED = SETTING + " (a folder with backbone.pt and card.json)";

  /**
   * Those that settings name.
   *
   * @param store that may have trained one of them
   */
  static Backbones of(Settings settings, Store store) {
    Backbones found = new Backbones(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    if (!AggregatorSettings.isConcat(settings)) {
      found.add(settings, store);
      return found;
    }
    for (Settings part : AggregatorSettings.parts(settings)) {
      found.ofPart.add(found.add(part, store));
    }
    return found;
  }

  /** The number of the network that these settings name. */
  private int add(Settings settings, Store store) {
    String name = settings.string(SETTING);
    if (Weights.isId(name)) {
      ArtifactManifest weights = Weights.network(store, name);
      byte[] card = store.readVerified(weights.file(Weights.CARD));
      return add(
          card(new String(card, StandardCharsets.UTF_8), "The card of the weights " + name),
          () -> LocalCache.fetch(store, weights.file(Weights.BACKBONE)));
    }
    Path folder = SettingFile.path(name);
    Path card = folder.resolve(CARD);
    return add(card(SettingFile.text(card, ASKED), card.toString()), () -> folder.resolve(FILE));
  }

  private int add(BackboneCard card, Place place) {
    int known = cards.indexOf(card);
    if (known >= 0) {
      return known;
    }
    places.add(place);
    cards.add(card);
    return cards.size() - 1;
  }

  private static BackboneCard card(String json, String origin) {
    try {
      return BackboneCard.parse(json);
    } catch (IllegalArgumentException e) {
      throw new InputException("%s: %s", origin, e.getMessage());
    }
  }

  BackboneCard first() {
    return cards.get(0);
  }

  /** That of the network which a part of a concatenation looks at. */
  BackboneCard card(int part) {
    return cards.get(ofPart.get(part));
  }

  List<BackboneCard> others() {
    return cards.subList(1, cards.size());
  }

  /** The networks' files, in their order, each checked to be the one that its card names. */
  List<Path> files() {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      Path file = places.get(i).file();
      checkDigest(file, cards.get(i), ASKED);
      files.add(file);
    }
    return files;
  }

  private static void checkDigest(Path torchScript, BackboneCard card, String setting) {
    try (InputStream in = Files.newInputStream(torchScript)) {
      String found = Sha256.hex(in);
      if (!found.equals(card.sha256())) {
        throw new InputException(
            "%s is not the file its card describes: its SHA-256 is %s, the card says %s. Export it"
                + " again",
            torchScript, found, card.sha256());
      }
    } catch (IOException e) {
      throw new InputException("%s cannot be read: check %s", torchScript, setting);
    }
  }

  /** How many taps they have together. */
  int taps() {
    return cards.stream().map(BackboneCard::taps).mapToInt(List<Tap>::size).sum();
  }

  /** The taps of a part's network among those of all; empty if there is but one. */
  Optional<TapRange> taps(int part) {
    if (cards.size() == 1) {
      return Optional.empty();
    }
    int network = ofPart.get(part);
    int before =
        cards.subList(0, network).stream().map(BackboneCard::taps).mapToInt(List<Tap>::size).sum();
    return Optional.of(new TapRange(before, cards.get(network).taps().size()));
  }

  /** What a network's file is called in an extractor. */
  static String name(int network) {
    return network == 0 ? FILE : "backbone-" + (network + 1) + ".pt";
  }
}
