package dev.remap.jobs.cli.option;

import dev.remap.core.pooling.AggregationKind;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Profile;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.table.SettingFile;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** The options that every command has, and from them its settings and context. */
public final class CommonOptions {
  @Option(
      names = "--store",
      paramLabel = "FOLDER",
      description = "The store: a folder on file:, hdfs: or s3a:. Setting: store.")
  private String store;

  @Option(
      names = Profile.OPTION,
      paramLabel = "FOLDER",
      description =
          "A folder with remap.conf, which is laid over the defaults and under --config, and"
              + " spark.conf, Spark's properties. Also: REMAP_PROFILE.")
  private Path profile;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A configuration file laid over the defaults of conf/remap.conf.")
  private Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting, laid over the defaults and --config; may be repeated.")
  private Map<String, String> pairs = new LinkedHashMap<>();

  @Option(
      names = "--json",
      description = "Print what comes of it as JSON; what else is said goes to standard error.")
  private boolean json;

  private final Map<String, String> own = new LinkedHashMap<>();
  private final Set<String> compared = new HashSet<>();

  /** Lays an option of the command over the settings; a null or unset value is left alone. */
  public CommonOptions with(String key, Object value) {
    if (value != null) {
      own.put(key, value.toString());
    }
    return this;
  }

  /** Sets a value, unless {@code --config} or {@code --set} says something else. */
  public CommonOptions withDefault(String key, Object value) {
    Settings documented = Settings.load(null, Map.of());
    boolean said = pairs.containsKey(key) || !settings().hasSame(key, documented.toJson());
    return said ? this : with(key, value);
  }

  /** Sets the store, unless {@code --store}, {@code --config} or {@code --set} gives it. */
  public CommonOptions withDefaultStore(Object value) {
    return store == null ? withDefault("store", value) : this;
  }

  /** Several aggregators will be made of the settings, not only the one that they name. */
  public CommonOptions comparing(List<String> names) {
    AggregationKind.all().stream()
        .filter(kind -> names.contains(kind.name()))
        .flatMap(kind -> kind.settings().stream())
        .forEach(setting -> compared.add("extractor." + setting));
    compared.add("extractor.aggregator");
    return this;
  }

  /** The effective settings: defaults, file, {@code --set}, then the command's own options. */
  public Settings settings() {
    Settings settings = Settings.load(profile(), config, pairs);
    if (store != null) {
      settings = settings.with("store", store);
    }
    for (Map.Entry<String, String> option : own.entrySet()) {
      settings = settings.with(option.getKey(), option.getValue());
    }
    settings.checkValues();
    SettingFile.requireThere(settings);
    // Whether they have an effect depends on what the store remembers, too.
    Set<String> effective = new HashSet<>(pairs.keySet());
    effective.removeAll(compared);
    return settings.mustHear(effective);
  }

  /**
   * Refuses what is wrong whatever the command and the store: a file, a value, or that there is no
   * store.
   *
   * @param needsStore whether the command can do nothing without one
   */
  public void check(boolean needsStore) {
    if (config != null && config.toString().isBlank()) {
      return; // As an empty value of an option it is refused later.
    }
    Settings settings = Settings.load(profile(), config, pairs);
    settings.checkValues();
    if (needsStore && store == null) {
      requireStore(settings);
    }
  }

  private static void requireStore(Settings settings) {
    if (settings.string("store").isBlank()) {
      throw new InputException(
          "No store given: use --store FOLDER, or name it in a profile (--profile)");
    }
  }

  /** Whether the line or the environment names a profile. */
  public boolean hasProfile() {
    return profile().isPresent();
  }

  private Optional<Profile> profile() {
    Optional<Profile> found = Profile.of(profile, System.getenv(Profile.VARIABLE));
    // bin/remap, which says where it is, has given Spark the profile's properties.
    if (System.getenv("REMAP_HOME") == null) {
      found.ifPresent(it -> it.requireSubmitted(System.getProperties()));
    }
    return found;
  }

  /** Whether programs read what comes of it. */
  public boolean json() {
    return json;
  }

  /** What is said for people before there is a context. */
  public Console console() {
    return new Console(json ? System.err : System.out);
  }

  /** Opens the store and prepares Spark, which starts with the first job that needs it. */
  public JobContext open(String command) {
    return reporting(console -> JobContext.open(command, settingsWithStore(), console));
  }

  /** Opens the store for a command that has a JSON of its own. */
  public JobContext openSaying(String command) {
    return JobContext.open(command, settingsWithStore(), new Console(System.out));
  }

  /** Opens the store, and makes it if it does not exist. */
  public JobContext create(String command) {
    return reporting(console -> JobContext.create(command, settingsWithStore(), console));
  }

  /** Opens the store, also where there is none, which is not made. */
  public JobContext look(String command) {
    return reporting(console -> JobContext.look(command, settingsWithStore(), console));
  }

  /** Opens a store that may be damaged. */
  public JobContext openAny(String command) {
    return reporting(console -> JobContext.openAny(command, settingsWithStore(), console));
  }

  private JobContext reporting(Function<Console, JobContext> opening) {
    return json
        ? JobContext.reporting(System.out, opening)
        : opening.apply(new Console(System.out));
  }

  private Settings settingsWithStore() {
    Settings settings = settings();
    requireStore(settings);
    return settings;
  }
}
