package dev.remap.jobs.config;

import java.util.regex.Pattern;

/**
 * Keeps secrets out of everything that is written: credentials belong to Hadoop's own providers,
 * and a URI or setting that carries one is refused before anybody repeats it.
 */
public final class Credentials {
  /** Where a bucket stands before the path, and so no port. */
  private static final String STORES = "(?:s3[an]?|gs|oss|obs|cosn?|swift|abfss?|wasbs?)";

  /**
   * A user and a password before the host. The password may have slashes in it, as Amazon's do; a
   * colon before digits and a slash is a port, except where there are none.
   */
  private static final String PASSWORD =
      "(?:\\b" + STORES + "://[^/@\\s]*:|://[^/@\\s]*:(?!\\d+(?:/|$)))[^@\\s]*@";

  /** A key or token alone before the host; Azure has the container there, HDFS a user. */
  private static final String TOKEN = "\\b(?:https?|s3[an]?|gs|oss|obs|cosn?)://[^/?#@\\s]+@";

  /** What makes a presigned URL of Amazon, Google or Azure. */
  private static final String SIGNATURE =
      "[?&](?:X-(?:Amz|Goog)-(?:Signature|Credential|Security-Token)|AWSAccessKeyId|Signature"
          + "|sig(?==[\\w%+/-]{32}))=[^&\\s]+";

  private static final Pattern SECRET =
      Pattern.compile("(?i)" + PASSWORD + "|" + TOKEN + "|" + SIGNATURE);

  private static final Pattern SIGNED = Pattern.compile("(?i)" + SIGNATURE);

  private static final Pattern SECRET_KEY =
      Pattern.compile("(?i).*(secret|password|passwd|token|credential|access[.-]?key).*");

  private Credentials() {}

  /** Whether a text has a URI with a password, a token or a signature in it. */
  public static boolean areIn(String text) {
    return SECRET.matcher(text).find();
  }

  /**
   * Refuses a text with a secret in a URI, without repeating it.
   *
   * @param what it is, for the message
   */
  public static void refuseIn(String what, String text) {
    if (areIn(text)) {
      throw new InputException(
          "%s has a password in its URI (or a token or signature), which would be written into the"
              + " store: leave it out, and give credentials to Hadoop (a provider, or"
              + " spark.hadoop.* in Spark's configuration)",
          what);
    }
  }

  /** A text as others may read it: what stands before the host is left out where one is secret. */
  public static String blanked(String text) {
    if (!areIn(text)) {
      return text;
    }
    // Up to the last one, as a password may have an @ in it too.
    String withoutUsers = text.replaceAll("://\\S*@", "://…@");
    return SIGNED.matcher(withoutUsers).replaceAll("…");
  }

  /** A setting as messages may show it: what looks like a secret is left out. */
  static String shown(String key, String value) {
    return key + "=" + (SECRET_KEY.matcher(key).matches() || areIn(value) ? "…" : value);
  }
}
