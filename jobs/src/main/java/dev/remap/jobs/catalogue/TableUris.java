package dev.remap.jobs.catalogue;

import dev.remap.jobs.catalogue.file.ImagePath;
import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.config.Credentials;
import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What the URIs of one table mean. Each becomes one that means the same wherever a command runs
 * later, or is refused with its row's place: a URI that nothing here can read would be rejected
 * night after night, and one with a secret would be written into the store.
 *
 * @param folder of the table, absolute, which relative URIs start at
 */
record TableUris(String folder) implements Serializable {
  private static final Pattern SCHEME =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(.*)", Pattern.DOTALL);
  private static final Pattern WINDOWS =
      Pattern.compile("(?:file:/*|/)?[A-Za-z]:[/\\\\].*|\\\\\\\\.*", Pattern.DOTALL);
  private static final Pattern HOME = Pattern.compile("~[^/]*/.*", Pattern.DOTALL);
  private static final Pattern WITH_HOST = Pattern.compile("//[^/]+.*", Pattern.DOTALL);

  /** Old names of what Hadoop calls {@code s3a}. */
  private static final Set<String> S3 = Set.of("s3", "s3n");

  /** A colon behind anything else may be part of a file's name. */
  private static final Set<String> SCHEMES =
      Set.of("data", "file", "http", "https", "hdfs", "s3", "s3n", "s3a");

  /** Whose filesystems lie in jars of their own. */
  private static final Map<String, String> PACKAGES =
      Map.of(
          "gs", "com.google.cloud.bigdataoss:gcs-connector",
          "abfs", "org.apache.hadoop:hadoop-azure",
          "abfss", "org.apache.hadoop:hadoop-azure",
          "wasb", "org.apache.hadoop:hadoop-azure",
          "wasbs", "org.apache.hadoop:hadoop-azure",
          "adl", "org.apache.hadoop:hadoop-azure-datalake",
          "oss", "org.apache.hadoop:hadoop-aliyun",
          "cosn", "org.apache.hadoop:hadoop-cos",
          "obs", "org.apache.hadoop:hadoop-huaweicloud",
          "s3a", "org.apache.hadoop:hadoop-aws");

  /**
   * Of a table.
   *
   * @param table as the user names it: a file, a folder of files, or a glob
   * @throws IOException if its filesystem cannot be had
   */
  static TableUris of(String table, Configuration conf) throws IOException {
    Path path = new Path(table);
    Path absolute = path.getFileSystem(conf).makeQualified(path);
    boolean isPlain =
        path.toUri().getScheme() == null && "file".equals(absolute.toUri().getScheme());
    Path folder = absolute.isRoot() ? absolute : absolute.getParent();
    return new TableUris(
        (isPlain ? Path.getPathWithoutSchemeAndAuthority(folder) : folder).toString());
  }

  /**
   * Refuses a row with a secret in it, before anything of it is repeated.
   *
   * @param place the row's file and number
   */
  static void refuseSecrets(String place, String imageId, String uri, String version) {
    boolean areIn =
        (imageId != null && Credentials.areIn(imageId))
            || (uri != null && Credentials.areInUri(uri))
            || (version != null && Credentials.areIn(version));
    if (areIn) {
      throw Credentials.refused("The row at " + place);
    }
  }

  /** Counts a URI with an old name of S3, which {@link #resolved} replaces. */
  static void count(String uri, LeftOut counts) {
    if (isOldS3(uri)) {
      counts.addTakenAsS3a();
    }
  }

  private static boolean isOldS3(String uri) {
    Matcher parts = SCHEME.matcher(uri);
    return parts.matches()
        && parts.group(2).startsWith("//")
        && S3.contains(parts.group(1).toLowerCase(Locale.ROOT));
  }

  /** A URI with S3's name as Hadoop has it. */
  static String withHadoopsName(String uri) {
    return isOldS3(uri) ? "s3a" + uri.substring(uri.indexOf(':')) : uri;
  }

  /**
   * The URI that is listed for one of the table.
   *
   * @param place the row's file and number, for the message
   * @throws InputException if nothing here can read it, or if it has a secret in it
   */
  String resolved(String uri, String place, Configuration conf) {
    refuseSecrets(place, null, uri, null);
    if (WINDOWS.matcher(uri).matches()) {
      throw refused(place, uri, "is a path of Windows: give one that the executors can open");
    }
    Matcher parts = SCHEME.matcher(uri);
    boolean hasScheme =
        parts.matches()
            && (parts.group(2).startsWith("/")
                || SCHEMES.contains(parts.group(1).toLowerCase(Locale.ROOT)));
    return hasScheme
        ? withScheme(parts.group(1).toLowerCase(Locale.ROOT), parts.group(2), uri, place, conf)
        : withoutScheme(uri, place);
  }

  private static String withScheme(
      String scheme, String rest, String uri, String place, Configuration conf) {
    return switch (scheme) {
      case "data" ->
          throw refused(
              place,
              "data:…",
              "has an image in it: put images into a column of a Parquet table (parquet-images)");
      case "file" -> local(rest, uri, place);
      case "http", "https" -> requireHost(scheme, rest, uri, place) + rest;
      case "s3", "s3n" -> {
        requireFilesystem("s3a", uri, place, conf);
        yield requireHost("s3a", rest, uri, place) + rest;
      }
      default -> {
        requireFilesystem(scheme, uri, place, conf);
        if (scheme.equals("s3a")) {
          yield requireHost(scheme, rest, uri, place) + rest;
        }
        if (scheme.equals("hdfs") && !scheme.equals(FileSystem.getDefaultUri(conf).getScheme())) {
          requireHost(scheme, rest, uri, place);
        }
        yield uri;
      }
    };
  }

  /** The scheme with its colon. */
  private static String requireHost(String scheme, String rest, String uri, String place) {
    if (!WITH_HOST.matcher(rest).matches()) {
      throw refused(
          place,
          uri,
          "has no "
              + (scheme.startsWith("s3") ? "bucket" : "host")
              + ": two slashes and its name come after the colon");
    }
    return scheme + ":";
  }

  private static String local(String rest, String uri, String place) {
    if (!rest.startsWith("/")) {
      throw refused(
          place, uri, "has a relative path behind file: leave file: out, or give the whole path");
    }
    if (!rest.startsWith("//")) {
      return steps(rest, uri, place, "file:", uri);
    }
    int path = rest.indexOf('/', 2);
    String host = path < 0 ? rest.substring(2) : rest.substring(2, path);
    if (path < 0 || !(host.isEmpty() || host.equalsIgnoreCase("localhost"))) {
      throw refused(
          place, uri, "names a host, which file: has none of: three slashes begin a path");
    }
    return steps(
        rest.substring(path),
        uri,
        place,
        "file:",
        host.isEmpty() ? uri : "file:" + rest.substring(path));
  }

  private String withoutScheme(String uri, String place) {
    if (uri.startsWith("//")) {
      throw refused(
          place, uri, "begins with two slashes: put a scheme before them, such as https:");
    }
    if (uri.startsWith("/")) {
      return steps(uri, uri, place, "", uri);
    }
    if (HOME.matcher(uri).matches()) {
      throw refused(
          place,
          uri,
          "begins with ~, which only a shell knows: give the whole path (or ./~ if it is a name)");
    }
    Path above = new Path(folder);
    String path = above.toUri().getPath();
    String before = folder.substring(0, folder.length() - path.length());
    String joined = (path.endsWith("/") ? path : path + "/") + uri;
    String plain = before.startsWith("s3a:") ? joined : joined.replaceAll("/{2,}", "/");
    return steps(plain, uri, place, before, before + plain);
  }

  /**
   * A path with its steps up and aside taken.
   *
   * @param asItIs what to give if it has none
   */
  private static String steps(String path, String uri, String place, String before, String asItIs) {
    if (!ImagePath.stepsAside(path)) {
      return asItIs;
    }
    Deque<String> steps = new ArrayDeque<>();
    for (String step : path.substring(1).split("/", -1)) {
      if (step.equals("..")) {
        if (steps.pollLast() == null) {
          throw refused(place, uri, "leads above the root of its filesystem");
        }
      } else if (!step.equals(".")) {
        steps.add(step);
      }
    }
    return before + "/" + String.join("/", steps);
  }

  private static void requireFilesystem(
      String scheme, String uri, String place, Configuration conf) {
    if (!hasFilesystem(scheme, conf)) {
      String jar = PACKAGES.get(scheme);
      throw refused(
          place,
          uri,
          "names a filesystem ("
              + scheme
              + ":) that is not on the class path: "
              + (jar == null ? "bring its jar" : "bring " + jar + " (spark.jars.packages)")
              + ", or copy the images to where one is");
    }
  }

  private static boolean hasFilesystem(String scheme, Configuration conf) {
    try {
      return FileSystem.getFileSystemClass(scheme, conf) != null;
    } catch (IOException | RuntimeException e) {
      // Unknown; or named by a setting, and not there.
      return false;
    }
  }

  private static InputException refused(String place, String uri, String what) {
    return new InputException(
        "The URI at %s %s (%s). Mend the row or remove it, then run again",
        place, what, uri.length() <= 200 ? uri : uri.substring(0, 200) + "…");
  }
}
