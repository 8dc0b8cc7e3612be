package dev.remap.jobs.config;

import java.util.regex.Pattern;

/**
 * Keeps secrets out of everything that is written: credentials belong to Hadoop's own providers,
 * and a URI or setting that carries one is refused before anybody repeats it.
 */
public final class Credentials {
  /** A user and a password before the host; a colon before digits and a slash is a port. */
  private static final Pattern IN_URI = Pattern.compile("://[^/@\\s]*:(?!\\d+(/|$))[^@\\s]*@");

  private static final Pattern SECRET_KEY =
      Pattern.compile("(?i).*(secret|password|passwd|token|credential|access[.-]?key).*");

  private Credentials() {}

  /** Whether a text has a URI with a password in it. */
  public static boolean areIn(String text) {
    return IN_URI.matcher(text).find();
  }

  /**
   * Refuses a text with a password in a URI, without repeating it.
   *
   * @param what it is, for the message
   */
  public static void refuseIn(String what, String text) {
    if (areIn(text)) {
      throw new InputException(
          "%s has a password in its URI, which would be written into the store: leave it out, and"
              + " give credentials to Hadoop (a provider, or spark.hadoop.* in Spark's configuration)",
          what);
    }
  }

  /** A setting as messages may show it: what looks like a secret is left out. */
  static String shown(String key, String value) {
    return key + "=" + (SECRET_KEY.matcher(key).matches() || areIn(value) ? "…" : value);
  }
}
