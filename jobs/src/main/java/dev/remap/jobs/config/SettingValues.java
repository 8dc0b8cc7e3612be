package dev.remap.jobs.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Values by their keys, as what they are; another type is an {@link InputException}. */
class SettingValues {
  final Config config;

  SettingValues(Config config) {
    this.config = config;
  }

  public String string(String key) {
    return read(key, config::getString);
  }

  public List<String> strings(String key) {
    return read(key, config::getStringList);
  }

  public int integer(String key) {
    return Math.toIntExact(whole(key, Integer.MIN_VALUE, Integer.MAX_VALUE));
  }

  public long count(String key) {
    return whole(key, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /** A whole number within the bounds, both included. */
  long count(String key, long least, long most) {
    long value = count(key);
    if (value < least || value > most) {
      throw new InputException("%s is %d: it must be from %d to %d", key, value, least, most);
    }
    return value;
  }

  /** The library would cut 2.5 down to 2. */
  private long whole(String key, long least, long most) {
    String text = read(key, config::getNumber).toString();
    if (!text.matches(Overlays.NUMBER)) {
      throw new InputException("%s is %s: it must be a whole number", key, text);
    }
    BigDecimal value = new BigDecimal(text);
    try {
      long exact = value.longValueExact();
      if (exact >= least && exact <= most) {
        return exact;
      }
    } catch (ArithmeticException e) {
      // Said below.
    }
    throw new InputException("%s is %s: it must be a whole number", key, value);
  }

  public double number(String key) {
    return read(key, config::getDouble);
  }

  /** True or false. */
  public boolean flag(String key) {
    return read(key, config::getBoolean);
  }

  /** A size such as {@code 64M} or {@code 8G}, in bytes. */
  public long bytes(String key) {
    if (!string(key).matches("\\d+(\\.\\d+)?\\s*[a-zA-Z]*")) {
      throw new InputException("%s: '%s' is no size: give one such as 64M or 8G", key, string(key));
    }
    return read(key, config::getBytes);
  }

  /** A length of time, such as {@code 90s}: without its unit, only 0 is one. */
  public Duration duration(String key) {
    SettingRules.requireUnit(key, string(key));
    return read(key, config::getDuration);
  }

  /** A length of time that is at least so long. */
  public Duration duration(String key, Duration least) {
    Duration value = duration(key);
    if (value.compareTo(least) < 0) {
      throw new InputException(
          "%s is %s: it must be at least %s s", key, string(key), least.toSeconds());
    }
    return value;
  }

  /** A list of objects, for example {@code extractor.scales}. */
  public List<? extends Config> objects(String key) {
    return read(key, config::getConfigList);
  }

  /** An integer within the bounds, both included. */
  public int integer(String key, int least, int most) {
    int value = integer(key);
    if (value < least || value > most) {
      throw new InputException("%s is %d: it must be from %d to %d", key, value, least, most);
    }
    return value;
  }

  /** A number within the bounds, both included. */
  public double number(String key, double least, double most) {
    double value = number(key);
    if (!(value >= least && value <= most)) {
      throw new InputException("%s is %s: it must be from %s to %s", key, value, least, most);
    }
    return value;
  }

  private <T> T read(String key, Function<String, T> reader) {
    try {
      return reader.apply(key);
    } catch (ConfigException.Null e) {
      throw new InputException("%s has no value", key);
    } catch (ConfigException.Missing e) {
      throw new IllegalStateException("No setting is called " + key, e);
    } catch (ConfigException e) {
      throw new InputException("%s: %s", key, Overlays.withoutOrigin(e));
    }
  }
}
