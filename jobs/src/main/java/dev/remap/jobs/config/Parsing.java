package dev.remap.jobs.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.util.function.Supplier;

/** Parses configurations whose texts may be anybody's. */
final class Parsing {
  private Parsing() {}

  /** JSON and nothing else: HOCON could include files and addresses. */
  static Config json(String text) {
    return within(
        () ->
            ConfigFactory.parseString(
                text, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON)));
  }

  /** What the library, which goes one call deeper at every bracket, gives in the stack there is. */
  static Config within(Supplier<Config> parse) {
    try {
      return parse.get();
    } catch (StackOverflowError e) {
      throw new ConfigException.Generic("it is nested too deeply");
    }
  }
}
