package dev.remap.jobs.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The effective configuration: the documented defaults ({@code conf/remap.conf}), then a file, then
 * {@code key=value} pairs; a later one wins. A key that the defaults do not have, or a value of
 * another type, is an {@link InputException} that names it.
 */
public final class Settings extends SettingValues {
  /** What a printed command gives as options of its own, or must not do unasked. */
  private static final Set<String> NOT_REPEATED =
      Set.of("store", "index.name", "catalogue.uri", "publish.force");

  private final List<String> given;
  private final Said said;
  private final Set<String> heard;

  Settings(Config config, List<String> given) {
    this(config, given, Said.NOTHING, Set.of());
  }

  private Settings(Config config, List<String> given, Said said, Set<String> heard) {
    super(config);
    this.given = List.copyOf(given);
    this.said = said;
    this.heard = Set.copyOf(heard);
    config
        .entrySet()
        .forEach(
            entry ->
                Credentials.refuseIn(
                    "The setting " + entry.getKey(), entry.getValue().unwrapped().toString()));
  }

  /**
   * Reads the defaults and lays the file (may be null) and the pairs over them.
   *
   * @param pairs HOCON values by dotted key, as given by {@code --set}
   */
  public static Settings load(Path file, Map<String, String> pairs) {
    return load(Optional.empty(), file, pairs);
  }

  /**
   * Reads the defaults and lays a profile, the file (may be null) and the pairs over them.
   *
   * @param pairs HOCON values by dotted key, as given by {@code --set}
   */
  public static Settings load(Optional<Profile> profile, Path file, Map<String, String> pairs) {
    Settings settings = new Settings(Defaults.CONFIG, List.of());
    if (profile.isPresent()) {
      settings =
          settings.laidOver(profile.get().settings(), Profile.OPTION, profile.get().folder());
    }
    if (file != null) {
      settings = settings.laidOver(file, "--config", file);
    }
    return settings.laidOver(pairs);
  }

  /** With what a file says, which an option with that value gives. */
  private Settings laidOver(Path file, String option, Path value) {
    Config own = Overlays.file(file);
    String origin = file.toString();
    List<String> more = List.of(option, value.toAbsolutePath().normalize().toString());
    return new Settings(
        Overlays.over(config, own, origin),
        Stream.concat(given.stream(), more.stream()).toList(),
        said.and(own, origin),
        heard);
  }

  private Settings laidOver(Map<String, String> pairs) {
    Config result = config;
    List<String> all = new ArrayList<>(given);
    Said who = said;
    for (Map.Entry<String, String> pair : pairs.entrySet()) {
      String origin = "--set " + Credentials.shown(pair.getKey(), pair.getValue());
      Config value = Overlays.pair(result, pair.getKey(), pair.getValue(), origin);
      result = Overlays.over(result, value, origin);
      who = who.and(value, "--set");
      all.addAll(repeated(pair.getKey(), pair.getValue()));
    }
    return new Settings(result, all, who, heard);
  }

  /** The settings of the distribution, read once. */
  private static final class Defaults {
    static final Config CONFIG =
        ConfigFactory.parseResources(
                Settings.class, "remap.conf", ConfigParseOptions.defaults().setAllowMissing(false))
            .resolve();
  }

  /**
   * These settings, with what a store remembers in the place of defaults: what a file, a pair or an
   * option says wins.
   *
   * @param kept by key, as {@link #texts} gave them
   * @param origin where they are kept
   */
  public Settings over(Map<String, String> kept, String origin) {
    if (kept.isEmpty()) {
      return this;
    }
    Config defaults = Defaults.CONFIG;
    Config remembered = ConfigFactory.empty();
    for (Map.Entry<String, String> value : kept.entrySet()) {
      remembered =
          Overlays.kept(defaults, value.getKey(), value.getValue(), origin)
              .withFallback(remembered);
    }
    Config below = Overlays.over(defaults, remembered, origin);
    return new Settings(said.values().withFallback(below), given, said.over(remembered), heard);
  }

  /** These settings, of which some must have an effect, see {@link #check}. */
  public Settings mustHear(Set<String> keys) {
    return new Settings(config, given, said, keys);
  }

  /** Refuses values that cannot be. */
  public void checkValues() {
    SettingRules.check(this);
  }

  /** Refuses values that cannot be, and those that were given and can do nothing. */
  public void check() {
    checkValues();
    SettingEffects.require(this, heard);
  }

  /** Where each value comes from, in words, by key. */
  public SortedMap<String, String> origins() {
    SortedMap<String, String> origins = new TreeMap<>();
    Overlays.leaves(config).forEach(key -> origins.put(key, said.origin(key)));
    return origins;
  }

  /** Whether a value is the store's. */
  public boolean isRemembered(String key) {
    return said.origin(key).equals(Said.STORE);
  }

  /** Whether a file, a pair or an option says something of that setting. */
  public boolean says(String key) {
    return said.values().hasPath(key);
  }

  /** Whether a pair or an option of this command line says something of that setting. */
  public boolean isOfCommandLine(String key) {
    return says(key) && Set.of("--set", "flag").contains(said.origin(key));
  }

  /** The settings of a group, by key, as {@code --set} takes them. */
  public SortedMap<String, String> texts(KeptGroup group) {
    SortedMap<String, String> texts = texts();
    texts.keySet().removeIf(key -> !group.has(key));
    return texts;
  }

  /** All settings, by key, as {@code --set} takes them. */
  public SortedMap<String, String> texts() {
    SortedMap<String, String> texts = new TreeMap<>();
    Overlays.leaves(config).forEach(key -> texts.put(key, pairValue(config.getValue(key))));
    return texts;
  }

  /**
   * What other settings had of a group, as {@link #texts}; nothing of a text that is no JSON.
   *
   * @param json as {@link #toJson} gave them
   */
  public static SortedMap<String, String> texts(KeptGroup group, String json) {
    try {
      SortedMap<String, String> texts = new Settings(Parsing.json(json), List.of()).texts();
      texts.keySet().removeIf(key -> !group.has(key));
      return texts;
    } catch (ConfigException e) {
      return new TreeMap<>();
    }
  }

  /** Whether the documented defaults have that value for a key. */
  public boolean isDefault(String key) {
    return Defaults.CONFIG.getValue(key).equals(config.getValue(key));
  }

  /** These settings with one more value laid over them, as by {@code --set}. */
  public Settings with(String key, String value) {
    String origin = Credentials.shown(key, value);
    Config option = ConfigFactory.parseMap(Map.of(key, value), origin);
    return new Settings(
        Overlays.over(config, option, origin),
        Stream.concat(given.stream(), repeated(key, value).stream()).toList(),
        said.and(option, "flag"),
        heard);
  }

  /**
   * The options that give another command these settings: {@code --config} and {@code --set}. Left
   * out are those that a command has an option for, and {@code publish.force}.
   */
  public List<String> given() {
    return given;
  }

  /** The part of {@link #given} that every command needs, since it says how storage is reached. */
  public List<String> profile() {
    return given.stream().findFirst().filter(Profile.OPTION::equals).isPresent()
        ? given.subList(0, 2)
        : List.of();
  }

  /** Whether {@link #given} has an option for that key. */
  boolean gives(String key) {
    return given.stream().anyMatch(option -> option.startsWith(key + "="));
  }

  /** These settings, with one value said in other words, in {@link #given} too. */
  Settings saying(String key, ConfigValue value) {
    return new Settings(
        Overlays.over(config, value.atPath(key), key),
        given.stream()
            .map(option -> option.startsWith(key + "=") ? key + "=" + pairValue(value) : option)
            .toList(),
        said.saying(key, value),
        heard);
  }

  /**
   * These settings with other values laid over those of a group.
   *
   * @param besides settings that there are not in general, with their defaults
   * @param origin of the values, for messages
   */
  Settings laidOver(String group, Config values, Map<String, ?> besides, String origin) {
    Config below = ConfigFactory.parseMap(besides).withFallback(config);
    return new Settings(Overlays.over(below, values.atPath(group), origin), given, said, heard);
  }

  private static List<String> repeated(String key, String value) {
    return NOT_REPEATED.contains(key) ? List.of() : List.of("--set", key + "=" + value);
  }

  /**
   * The options that give a command the settings of another run where they are not these. Those
   * that only say how runs are kept apart and collected are left out, what {@link #given} is, and
   * what could do nothing beside the others, which no command line may have.
   *
   * @param json as {@link #toJson} gave them; nothing that it names is read
   */
  public List<String> differing(String json) {
    try {
      Config other = Parsing.json(json);
      Set<String> idle =
          SettingEffects.idle(new Settings(other.withFallback(config), given, said, heard))
              .keySet();
      return Overlays.leaves(config).stream()
          .filter(key -> !NOT_REPEATED.contains(key) && !key.startsWith("gc."))
          .filter(key -> !idle.contains(key))
          .filter(key -> other.hasPath(key) && !other.getValue(key).equals(config.getValue(key)))
          .flatMap(key -> Stream.of("--set", key + "=" + pairValue(other.getValue(key))))
          .toList();
    } catch (ConfigException e) {
      return List.of();
    }
  }

  private static String pairValue(ConfigValue value) {
    return value.valueType() == ConfigValueType.STRING
        ? value.unwrapped().toString()
        : value.render(ConfigRenderOptions.concise());
  }

  /** The effective configuration as JSON on one line, keys sorted. */
  public String toJson() {
    return config.root().render(ConfigRenderOptions.concise());
  }

  /**
   * Whether other settings had the same value, or group of values, for a key. Text that is no JSON
   * has none; nothing that it names is read.
   *
   * @param json as {@link #toJson} gave them
   */
  public boolean hasSame(String key, String json) {
    try {
      Config other = Parsing.json(json);
      return other.hasPath(key) && other.getValue(key).equals(config.getValue(key));
    } catch (ConfigException e) {
      return false;
    }
  }

  /**
   * The text that other settings had for a key, if they had one.
   *
   * @param json as {@link #toJson} gave them
   */
  public static Optional<String> text(String key, String json) {
    try {
      return Optional.of(Parsing.json(json).getString(key));
    } catch (ConfigException e) {
      return Optional.empty();
    }
  }
}
