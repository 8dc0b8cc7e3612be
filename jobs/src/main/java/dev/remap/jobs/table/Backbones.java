package dev.remap.jobs.table;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.backbone.Tap;
import dev.remap.core.backbone.TapRange;
import dev.remap.jobs.config.AggregatorSettings;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.store.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The networks that the settings name, each once however many parts of a concatenation look at it.
 *
 * @param folders of each
 * @param cards of each
 * @param ofPart which one each part of a concatenation looks at; empty for other aggregators
 */
record Backbones(List<Path> folders, List<BackboneCard> cards, List<Integer> ofPart) {
  /** The name of the file in the folder of the settings, and of the first in an extractor. */
  static final String FILE = "backbone.pt";

  static final String CARD = "card.json";
  static final String SETTING = "extractor.backbone";

  /** What messages ask for. */
  static final String ASKED = SETTING + " (a folder with backbone.pt and card.json)";

  static Backbones of(Settings settings) {
    Backbones found = new Backbones(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    if (!AggregatorSettings.isConcat(settings)) {
      found.add(settings);
      return found;
    }
    for (Settings part : AggregatorSettings.parts(settings)) {
      found.ofPart.add(found.add(part));
    }
    return found;
  }

  /** The number of the network that these settings name. */
  private int add(Settings settings) {
    Path folder = SettingFile.path(settings.string(SETTING));
    BackboneCard card = card(folder.resolve(CARD));
    int known = cards.indexOf(card);
    if (known >= 0) {
      return known;
    }
    folders.add(folder);
    cards.add(card);
    return cards.size() - 1;
  }

  /** The card in that file. */
  private static BackboneCard card(Path file) {
    try {
      return BackboneCard.parse(SettingFile.text(file, ASKED));
    } catch (IllegalArgumentException e) {
      throw new InputException("%s: %s", file, e.getMessage());
    }
  }

  BackboneCard first() {
    return cards.get(0);
  }

  List<BackboneCard> others() {
    return cards.subList(1, cards.size());
  }

  /** The networks' files, in their order, each checked to be the one that its card names. */
  List<Path> files() {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < folders.size(); i++) {
      Path file = folders.get(i).resolve(FILE);
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
