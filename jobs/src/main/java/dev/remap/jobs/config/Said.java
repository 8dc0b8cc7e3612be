package dev.remap.jobs.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import java.util.HashMap;
import java.util.Map;

/**
 * What was said about settings, beside the defaults, and by whom.
 *
 * @param values by a file, pairs and options, the later ones over the earlier
 * @param by whom, by key
 * @param kept what the store remembers
 */
record Said(Config values, Map<String, String> by, Config kept) {
  static final Said NOTHING = new Said(ConfigFactory.empty(), Map.of(), ConfigFactory.empty());

  static final String STORE = "store";

  private static final String OF_ENVIRONMENT = "env var";

  Said {
    by = Map.copyOf(by);
  }

  Said and(Config more, String whom) {
    Map<String, String> all = new HashMap<>(by);
    Overlays.leaves(more).forEach(key -> all.put(key, origin(more.getValue(key), whom)));
    return new Said(more.withFallback(values), all, kept);
  }

  /** A file may take a value from the environment. */
  private static String origin(ConfigValue value, String whom) {
    String origin = value.origin().description();
    return origin.startsWith(OF_ENVIRONMENT) ? "environment, by " + whom : whom;
  }

  Said over(Config remembered) {
    return new Said(values, by, remembered);
  }

  /** The same in other words. */
  Said saying(String key, ConfigValue value) {
    return values.hasPath(key) ? new Said(value.atPath(key).withFallback(values), by, kept) : this;
  }

  String origin(String key) {
    String whom = by.get(key);
    return whom != null ? whom : kept.hasPath(key) ? STORE : "default";
  }
}
