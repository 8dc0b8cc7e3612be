package dev.remap.jobs.config;

import java.util.regex.Pattern;

/**
 * Keeps secrets out of everything that is written: credentials belong to Hadoop's own providers,
 * and a URI or setting that carries one is refused before anybody repeats it.
 */
public final class Credentials {
  private static final Pattern URI_BEGINS =
      Pattern.compile("(?i)(?::|%(?:25)*3A)(?:/|%(?:25)*2F){2}");

  /** Where a bucket stands before the path, and so no port. */
  private static final String STORES = "(?:s3[an]?|gs|oss|obs|cosn?|swift|abfss?|wasbs?)";

  /**
   * A user and a password before the host. The password may have slashes in it, as Amazon's do; a
   * colon before digits and a slash is a port, except where there are none.
   */
  private static final String PASSWORD =
      "(?:\\b"
          + STORES
          + "://[^/@\\s]*(?::|%3A)|(?:://|^//)[^/@\\s]*(?::(?!\\d+(?:/|$))|%3A))[^@\\s]*@";

  /** A key or token alone before the host; Azure has the container there, HDFS a user. */
  private static final String TOKEN = "\\b(?:https?|s3[an]?|gs|oss|obs|cosn?)://[^/?#@\\s]+@";

  private static final Pattern USER = Pattern.compile("(?i)" + PASSWORD + "|" + TOKEN);

  private static final Pattern SECRET_KEY =
      Pattern.compile("(?i).*(secret|password|passwd|token|credential|access[.-]?key).*");

  private Credentials() {}

  /** Whether a text has a URI with a password, a token or a signature in it. */
  public static boolean areIn(String text) {
    return areInUser(text) || SecretParameters.areAfter(URI_BEGINS, text);
  }

  /**
   * Whether a URI has credentials in it, also one that names no scheme: all that looks like a
   * parameter is one.
   */
  public static boolean areInUri(String uri) {
    return areInUser(uri) || SecretParameters.areIn(uri);
  }

  /**
   * Whether a password or a token stands before a host; to be asked of names that a storage gave,
   * in which all else is only a name.
   */
  public static boolean areInUser(String uri) {
    return USER.matcher(uri).find();
  }

  /**
   * Refuses a text with a secret in a URI, without repeating it.
   *
   * @param what it is, for the message
   */
  public static void refuseIn(String what, String text) {
    if (areIn(text)) {
      throw refused(what);
    }
  }

  /** What is said of something that has a secret in its URI. */
  public static InputException refused(String what) {
    return new InputException(
        "%s has a password in its URI (or a token or signature), which would be written into the"
            + " store: leave it out, and give credentials to Hadoop (a provider, or"
            + " spark.hadoop.* in Spark's configuration)",
        what);
  }

  /** A text as others may read it: what is secret in its URIs is left out. */
  public static String blanked(String text) {
    // Up to the last one, as a password may have an @ in it too.
    String withoutUsers = areInUser(text) ? text.replaceAll("//\\S*@", "//…@") : text;
    return SecretParameters.blanked(withoutUsers);
  }

  /** A setting as messages may show it: what looks like a secret is left out. */
  static String shown(String key, String value) {
    return key + "=" + (SECRET_KEY.matcher(key).matches() || areIn(value) ? "…" : value);
  }
}
