package dev.remap.jobs.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reads files and {@code key=value} pairs, and lays them over settings that know all keys. */
final class Overlays {
  /** What the library takes for one beside: NaN, Infinity, 5d, 0x1p3. */
  static final String NUMBER = "[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,4})?";

  private Overlays() {}

  /** What a file says, with what it includes. */
  static Config file(Path file) {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new InputException("Configuration file %s cannot be read: check --config", file);
    }
    try {
      return Parsing.within(
          () -> ConfigFactory.parseFile(file.toFile(), LocalIncludes.of(file)).resolve());
    } catch (ConfigException e) {
      throw new InputException("Configuration file %s: %s", file, e.getMessage());
    }
  }

  /** What one key and its value say, laid over settings that have the key. */
  static Config pair(Config below, String key, String value, String origin) {
    try {
      // On a command line a text needs no quotes; in HOCON, "#" and "//" would end it unseen.
      return isText(below, key) && !value.startsWith("\"")
          ? ConfigFactory.parseMap(Map.of(key, value), origin)
          : Parsing.within(
              () ->
                  ConfigFactory.parseString(key + " = " + value, LocalIncludes.inWorkingFolder())
                      .resolve());
    } catch (ConfigException.BadPath e) {
      throw new InputException(
          "%s: '%s' is no name of a setting, which are words between dots", origin, key);
    } catch (ConfigException e) {
      // As a text it will be refused with what it should have been.
      return ConfigFactory.parseMap(Map.of(key, value), origin);
    }
  }

  /** What a store has kept of one key. */
  static Config kept(Config below, String key, String value, String origin) {
    if (isText(below, key)) {
      return ConfigFactory.parseMap(Map.of(key, value), origin);
    }
    try {
      // Nothing that the text names is read.
      return Parsing.json("{\"value\":" + value + "}").getValue("value").atPath(key);
    } catch (ConfigException e) {
      throw new InputException("%s: %s is '%s', which is no value", origin, key, value);
    }
  }

  private static boolean isText(Config config, String key) {
    return config.hasPathOrNull(key) && config.getValue(key).valueType() == ConfigValueType.STRING;
  }

  /** Settings with others laid over them, whose keys and types they must have. */
  static Config over(Config below, Config above, String origin) {
    requireNoNull(above.root(), "", origin);
    for (String key : leaves(above)) {
      if (!below.hasPathOrNull(key)) {
        throw new InputException(
            "%s: unknown setting %s%s. conf/remap.conf lists them all",
            origin, key, suggestion(key, below));
      }
      checkType(below, above, key, origin);
    }
    return above.withFallback(below);
  }

  /** With a null, the default would be gone. */
  private static void requireNoNull(ConfigObject group, String prefix, String origin) {
    group.forEach(
        (name, value) -> {
          if (value.valueType() == ConfigValueType.NULL) {
            throw new InputException(
                "%s: %s%s has no value: give one, or leave it out", origin, prefix, name);
          }
          if (value instanceof ConfigObject inner) {
            requireNoNull(inner, prefix + name + ".", origin);
          }
        });
  }

  private static void checkType(Config below, Config above, String key, String origin) {
    ConfigValueType wanted = below.getValue(key).valueType();
    try {
      switch (wanted) {
        case NUMBER -> {
          if (!above.getString(key).matches(NUMBER)) {
            throw new ConfigException.BadValue(key, "no number");
          }
        }
        case LIST -> above.getList(key);
        case BOOLEAN -> above.getBoolean(key);
        case OBJECT -> above.getConfig(key);
        default -> above.getString(key);
      }
    } catch (ConfigException e) {
      throw new InputException(
          "%s: %s must be a %s, like %s",
          origin,
          key,
          wanted == ConfigValueType.OBJECT
              ? "group of settings"
              : wanted.toString().toLowerCase(Locale.ROOT),
          below.getValue(key).render(ConfigRenderOptions.concise()));
    }
  }

  /** The keys of all values, in order. */
  static Set<String> leaves(Config config) {
    Set<String> keys = new TreeSet<>();
    config.entrySet().forEach(entry -> keys.add(entry.getKey()));
    return keys;
  }

  private static String suggestion(String key, Config known) {
    String last = key.substring(key.lastIndexOf('.') + 1);
    return leaves(known).stream()
        .filter(other -> other.endsWith("." + last) || distance(other, key) <= 2)
        .min(Comparator.comparingInt(other -> distance(other, key)))
        .map(other -> " (did you mean " + other + "?)")
        .orElse("");
  }

  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitution, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[b.length()];
  }

  /** The message without where in which text the value stood, which says nothing for --set. */
  static String withoutOrigin(ConfigException e) {
    String origin = e.origin() == null ? "" : e.origin().description() + ": ";
    return e.getMessage().startsWith(origin)
        ? e.getMessage().substring(origin.length())
        : e.getMessage();
  }
}
