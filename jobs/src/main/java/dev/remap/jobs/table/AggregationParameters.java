package dev.remap.jobs.table;

import dev.remap.core.backbone.BackboneCard;
import dev.remap.core.backbone.TapRange;
import dev.remap.core.pooling.AggregationKind;
import dev.remap.core.pooling.RegionWhitening;
import dev.remap.jobs.config.AggregatorSettings;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.store.Store;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The settings of an aggregation.
 *
 * @param store that may have what a setting names
 * @param network that is looked at; the first one, where parts look at several
 * @param taps of a part
 */
record AggregationParameters(
    Settings settings,
    Store store,
    Backbones backbones,
    BackboneCard network,
    Optional<TapRange> taps)
    implements AggregationKind.Parameters {
  private static final String PREFIX = "extractor.";

  /** Those of the whole, of whatever aggregator. */
  static AggregationParameters of(Settings settings, Store store, Backbones backbones) {
    return new AggregationParameters(
        settings, store, backbones, backbones.first(), Optional.empty());
  }

  /** The same, of networks that nobody has looked at. */
  static AggregationParameters of(Settings settings, Store store) {
    return of(settings, store, Backbones.of(settings, store));
  }

  @Override
  public int integer(String key, int least, int most) {
    return settings.integer(PREFIX + key, least, most);
  }

  @Override
  public double number(String key, double least, double most) {
    return settings.number(PREFIX + key, least, most);
  }

  @Override
  public String text(String key) {
    return settings.string(PREFIX + key);
  }

  @Override
  public String file(String key) {
    String file = settings.string(PREFIX + key);
    Optional<Weights.Kind> kind = Weights.Kind.by(PREFIX + key);
    if (kind.isPresent() && Weights.isId(file)) {
      return Weights.text(store, kind.get(), file, network);
    }
    return file.isBlank() ? "" : SettingFile.text(SettingFile.path(file), PREFIX + key);
  }

  @Override
  public Optional<byte[]> bytes(String key) {
    String file = settings.string(PREFIX + key);
    if (key.equals(RegionWhitening.NAME) && Weights.isId(file)) {
      return Optional.of(RegionWhitenings.bytes(store, file, network));
    }
    return file.isBlank()
        ? Optional.empty()
        : Optional.of(SettingFile.content(SettingFile.path(file), PREFIX + key));
  }

  @Override
  public List<AggregationParameters> parts(String key) {
    List<Settings> parts = AggregatorSettings.parts(settings);
    return IntStream.range(0, parts.size())
        .mapToObj(
            i ->
                new AggregationParameters(
                    parts.get(i), store, backbones, backbones.card(i), backbones.taps(i)))
        .toList();
  }

  @Override
  public String choice(String key, List<String> words) {
    String word = settings.string(PREFIX + key);
    if (!words.contains(word)) {
      throw new InputException(
          "%s%s is '%s': it must be %s", PREFIX, key, word, String.join(" or ", words));
    }
    return word;
  }
}
