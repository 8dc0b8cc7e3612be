package dev.remap.jobs.evaluate;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Snapshots;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A folder of groups as its user names it: the catalogue's own or one below it, by whatever path
 * leads there, or the beginning of its image ids.
 */
final class GroupFolder {
  private GroupFolder() {}

  /**
   * What the ids of its images begin with; a folder's ends in a slash, the catalogue's is empty.
   */
  static String prefix(JobContext context, String given) {
    return isAll(given) ? "" : prefix(given, roots(context), context.hadoop());
  }

  /** The folder by what the ids of its images begin with: in a word that {@link #prefix} takes. */
  static String named(JobContext context, String given) {
    String prefix = prefix(context, given);
    return prefix.isEmpty() ? "." : prefix.substring(0, prefix.length() - 1);
  }

  private static boolean isAll(String given) {
    return given.matches("\\.?/*") && !given.isEmpty();
  }

  /**
   * What image ids in a folder begin with, told from where the catalogue lies.
   *
   * @param roots where the catalogue lies, as far as known
   */
  static String prefix(String given, List<String> roots, Configuration hadoop) {
    if (given.isBlank()) {
      throw new InputException(
          "The folder of groups has no name: give a folder of the catalogue ('.' for all of it), or"
              + " a table");
    }
    if (isAll(given)) {
      return "";
    }
    Optional<String> place = place(given, hadoop);
    for (String root : roots) {
      Optional<String> below =
          place.flatMap(there -> place(root, hadoop).flatMap(top -> below(top, there)));
      if (below.isPresent()) {
        return below.get();
      }
    }
    if (isAbsolute(given) || given.matches("(.*/)?\\.\\.(/.*)?")) {
      throw new InputException(
          "%s is not in the catalogue%s: name its folder, one below it, or what its image ids begin"
              + " with",
          given, roots.isEmpty() ? "" : " (" + roots.get(0) + ")");
    }
    return given.replaceAll("^(\\./+)+", "").replaceAll("/+$", "") + "/";
  }

  private static boolean isAbsolute(String given) {
    return given.startsWith("/") || given.matches("(?s)[A-Za-z][\\w+.-]*:/.*");
  }

  private static Optional<String> below(String root, String place) {
    String folder = root.endsWith("/") ? root : root + "/";
    return place.equals(root)
        ? Optional.of("")
        : place.startsWith(folder)
            ? Optional.of(place.substring(folder.length()) + "/")
            : Optional.empty();
  }

  /** One text for all paths that lead to the same place. */
  private static Optional<String> place(String given, Configuration hadoop) {
    try {
      Path path = new Path(given);
      Path whole = path.getFileSystem(hadoop).makeQualified(path);
      return Optional.of(whole.toUri().getScheme().equals("file") ? real(whole) : whole.toString());
    } catch (IOException | IllegalArgumentException e) {
      // No path, so it can only be meant as a part of ids.
      return Optional.empty();
    }
  }

  private static String real(Path path) throws IOException {
    return new File(path.toUri().getPath()).getCanonicalPath();
  }

  /** By the newest listing, whose URIs end as its ids do, and by what the catalogue was called. */
  private static List<String> roots(JobContext context) {
    Snapshots snapshots = new Snapshots(context.store());
    List<String> roots = new ArrayList<>();
    snapshots
        .newestBelow(Integer.MAX_VALUE)
        .flatMap(number -> first(snapshots, number))
        .flatMap(row -> root(row.imageId(), row.uri()))
        .ifPresent(roots::add);
    context.catalogue().ifPresent(roots::add);
    return roots;
  }

  private static Optional<SnapshotRow> first(Snapshots snapshots, int number) {
    try (TableReader<SnapshotRow> rows =
        snapshots.table(number).read(KeyRange.ALL, Verification.LENGTH)) {
      return rows.hasNext() ? Optional.of(rows.next()) : Optional.empty();
    }
  }

  /** The folder that an id starts at; of members of tar files, only the beginning is in the URI. */
  static Optional<String> root(String imageId, String uri) {
    for (String id = imageId;
        !id.isEmpty();
        id = id.substring(0, Math.max(0, id.lastIndexOf('/')))) {
      if (uri.endsWith("/" + id)) {
        return Optional.of(uri.substring(0, uri.length() - id.length()));
      }
    }
    return Optional.empty();
  }
}
