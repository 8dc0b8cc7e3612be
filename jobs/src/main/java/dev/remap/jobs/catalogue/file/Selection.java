package dev.remap.jobs.catalogue.file;

import java.io.Serializable;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which names a listing takes, be they of files, of keys or of members of archives; the others are
 * counted. What is hidden is never taken, nor what jobs and filesystems keep for themselves.
 *
 * @param endings of the files that are wanted
 */
public record Selection(FileExtensions endings) implements Serializable {
  private static final String COMPRESSED_TAR = "compressed tar file (not read: unpack it first)";
  private static final Pattern COMPRESSED =
      Pattern.compile("(?i).*\\.(tar\\.[a-z0-9]{1,4}|tgz|tbz2?|txz|tzst|tlz|taz)", Pattern.DOTALL);
  private static final Pattern ENDING = Pattern.compile("[a-z0-9]{1,10}");

  /** What an unfinished job of Hadoop leaves, and what fsck saves. */
  private static final Set<String> HOUSEKEEPING = Set.of("_temporary", "lost+found");

  /** Made by some programs for S3, beside a folder's name. */
  private static final String FOLDER_MARKER = "_$folder$";

  public static Selection of(Iterable<String> endings) {
    return new Selection(FileExtensions.of(endings));
  }

  /** Whether a folder of that name is looked into. */
  boolean takesFolder(String name, LeftOut leftOut) {
    if (name.startsWith(".")) {
      leftOut.add(LeftOut.HIDDEN, name + "/");
      return false;
    }
    if (HOUSEKEEPING.contains(name)) {
      leftOut.add(LeftOut.HOUSEKEEPING, name + "/");
      return false;
    }
    return true;
  }

  /**
   * Whether a file of that name is taken.
   *
   * @param place where it is, for the user to find it
   */
  boolean takesFile(String name, String place, LeftOut leftOut) {
    if (name.startsWith(".")) {
      // What macOS leaves beside each file on other filesystems would be a name for each of them.
      leftOut.add(LeftOut.HIDDEN, name.startsWith("._") ? "._*" : name);
    } else if (endings.has(name)) {
      return true;
    } else if (name.endsWith(FOLDER_MARKER)) {
      leftOut.add(LeftOut.FOLDER_MARKER, place);
    } else if (endings.has(".tar") && COMPRESSED.matcher(name).matches()) {
      leftOut.add(COMPRESSED_TAR, place);
    } else {
      leftOut.add(LeftOut.ENDING, ending(name));
    }
    return false;
  }

  private static String ending(String name) {
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return name.indexOf('.') >= 0 && ENDING.matcher(ending).matches() ? "." + ending : "none";
  }

  /** Whether the file at a path is taken, by the names of all its folders and its own. */
  public boolean takesPath(String path, LeftOut leftOut) {
    int from = 0;
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', from)) {
      String folder = path.substring(from, slash);
      // A step up or aside hides nothing.
      if (!folder.equals(".") && !folder.equals("..") && !takesFolder(folder, leftOut)) {
        return false;
      }
      from = slash + 1;
    }
    if (from == path.length()) {
      leftOut.add(LeftOut.FOLDER_MARKER, path);
      return false;
    }
    return takesFile(path.substring(from), path, leftOut);
  }
}
