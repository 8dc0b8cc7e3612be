package dev.remap.jobs.catalogue.file;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/** The path behind a listed URI, which is a stranger's text. */
public final class ImagePath {
  private static final Pattern STEP_ASIDE =
      Pattern.compile("(^|.*/)\\.\\.?(/.*|$)", Pattern.DOTALL);

  /** An object store tells {@code a//b} from {@code a/b}; Hadoop's paths do not. */
  private static final Pattern EMPTY_STEP =
      Pattern.compile("s3a://[^/]*/(|.*/)/.*", Pattern.DOTALL);

  /** Bytes of a key of S3. */
  private static final int LONGEST_KEY = 1024;

  /** Bytes of a name on the filesystems of Linux and on HDFS. */
  private static final int LONGEST_NAME = 255;

  private ImagePath() {}

  /**
   * The path; what Hadoop would turn into another file's path is refused.
   *
   * @throws UnreadableException if the text is no path, or has steps that Hadoop would take out of
   *     it, or a name that no storage has
   */
  public static Path of(String uri) throws UnreadableException {
    if (stepsAside(uri) || EMPTY_STEP.matcher(uri).matches()) {
      throw new UnreadableException("its URI has empty steps, or . or .. as one: " + uri);
    }
    if (uri.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(uri)) {
      throw new UnreadableException("its URI has a character that no name can have");
    }
    try {
      Path path = new Path(uri);
      requireShort(path.toUri().getScheme(), path.toUri().getPath());
      return path;
    } catch (IllegalArgumentException e) {
      throw new UnreadableException("its URI cannot be understood: " + e.getMessage());
    }
  }

  /** A storage would say at best that the request is bad, which sounds like an outage. */
  private static void requireShort(String scheme, String path) throws UnreadableException {
    if ("s3a".equals(scheme)) {
      requireAtMost(LONGEST_KEY, bytes(path) - 1);
    } else if (scheme == null || scheme.equals("file") || scheme.equals("hdfs")) {
      for (String name : path.split("/", -1)) {
        requireAtMost(LONGEST_NAME, bytes(name));
      }
    }
  }

  private static void requireAtMost(int longest, int bytes) throws UnreadableException {
    if (bytes > longest) {
      throw new UnreadableException(
          "its URI has a name of " + bytes + " bytes; its storage has none beyond " + longest);
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** Whether a step of the path is {@code .} or {@code ..}. */
  public static boolean stepsAside(String path) {
    return STEP_ASIDE.matcher(path).matches();
  }
}
