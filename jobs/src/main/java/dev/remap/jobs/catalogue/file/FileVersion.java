package dev.remap.jobs.catalogue.file;

import java.util.regex.Pattern;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileStatus;

/**
 * The version of a file: its entity tag where the filesystem has one, else size and modification
 * time.
 */
public final class FileVersion {
  private static final Pattern OURS = Pattern.compile("etag:.*|\\d+@\\d+", Pattern.DOTALL);

  private FileVersion() {}

  /** Equal for two looks at one file exactly if nothing says that its bytes changed in between. */
  public static String of(FileStatus status) {
    if (status instanceof EtagSource source && source.getEtag() != null) {
      return ofEtag(source.getEtag());
    }
    return of(status.getLen(), status.getModificationTime());
  }

  /** A version of size and time in milliseconds since 1970. */
  static String of(long bytes, long modified) {
    return bytes + "@" + modified;
  }

  /** The version of a file with that entity tag; some say it in quotes, some without. */
  public static String ofEtag(String etag) {
    boolean quoted = etag.length() > 1 && etag.startsWith("\"") && etag.endsWith("\"");
    return "etag:" + (quoted ? etag.substring(1, etag.length() - 1) : etag);
  }

  /** Whether this is a version that {@link #of} gave, not one that a table brought along. */
  public static boolean isOne(String version) {
    return OURS.matcher(version).matches();
  }
}
