package dev.remap.jobs.evaluate;

import dev.remap.jobs.catalogue.LabelTable;
import dev.remap.jobs.catalogue.file.GivenPath;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.LocalPaths;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.Labels;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Which images show the same thing: by the folders of their ids, or by a table. */
public sealed interface Groups extends Serializable {
  /** Labelled images that the driver takes in. */
  int MOST_ROWS = 1_000_000;

  /** Standard deviations that chance does not leave. */
  int SPREAD = 10;

  /** The group of an image, if it is in one. */
  Optional<String> of(String imageId);

  /**
   * Reads what {@code --groups} names: a table with columns image_id and group, or a folder of the
   * catalogue whose subfolders are the groups, by any path or by the beginning of its ids ({@code
   * .} for the whole catalogue).
   */
  static Groups of(JobContext context, String given) {
    return of(context, given, MOST_ROWS);
  }

  /**
   * The groups that a folder or a table names, with a bound on the table.
   *
   * @param mostRows of a table
   */
  static Groups of(JobContext context, String given, int mostRows) {
    Optional<LabelTable> table = LabelTable.named(GivenPath.of(given), context.settings());
    if (table.isEmpty()) {
      return new ByFolder(GroupFolder.prefix(context, given));
    }
    requireFile(given, context.hadoop());
    return table(context, given, table.get(), mostRows);
  }

  /**
   * Labels in words that mean the same in any folder and on any day, as they are recorded and used
   * again: files by their absolute paths, a folder by the beginning of its ids.
   *
   * @param groups as {@code --groups} names them; null for none
   * @param pairs as {@code --pairs} names them; null for none
   */
  static Labels labels(JobContext context, String groups, String pairs) {
    boolean isFolder =
        groups != null && LabelTable.named(GivenPath.of(groups), context.settings()).isEmpty();
    return new Labels(
        isFolder ? GroupFolder.named(context, groups) : absolute(context, groups),
        absolute(context, pairs),
        null);
  }

  private static String absolute(JobContext context, String file) {
    return file == null
        ? null
        : LocalPaths.absolute(
            file, FileSystem.getDefaultUri(context.hadoop()).toString(), java.nio.file.Path.of(""));
  }

  private static ByTable table(JobContext context, String given, LabelTable table, int mostRows) {
    HashMap<String, String> groups = new HashMap<>();
    table.read(
        context.spark(),
        "group",
        (imageId, group, where) -> {
          // Kept also without a group, so that the rows are counted.
          String other = groups.putIfAbsent(imageId, group == null ? "" : group);
          if (other != null) {
            throw new InputException(
                "Table %s, has the image %s, which another row has too: an image is in one group",
                where, imageId);
          }
          if (groups.size() > mostRows) {
            throw new InputException(
                "%s has more than %,d rows: name a table of fewer images", given, mostRows);
          }
        });
    groups.values().removeIf(String::isEmpty);
    return new ByTable(groups);
  }

  private static void requireFile(String given, Configuration hadoop) {
    try {
      Path path = new Path(GivenPath.of(given));
      if (!path.getFileSystem(hadoop).exists(path)) {
        throw new InputException("%s does not exist: check --groups", given);
      }
    } catch (IOException e) {
      throw new InputException("%s cannot be read: %s", given, e.getMessage());
    }
  }

  /**
   * What a unit finds only if all together label too many: keys are hashes, so labels lie evenly.
   * Noticed there, it never comes to the driver.
   */
  static long mostOfUnit(int all, int units) {
    double mean = (double) all / units;
    return (long) (mean + SPREAD * (Math.sqrt(mean) + 1));
  }

  /**
   * Refuses more labelled images than the driver takes in.
   *
   * @param option that named them
   * @param found so far
   * @param most that may be found there
   * @param all that may be found everywhere
   */
  static void requireFewer(String option, long found, long most, int all) {
    if (found > most) {
      throw new InputException(
          "%s labels more than %,d images; name a folder or a table of fewer", option, all);
    }
  }

  /** The folder of the id, if it lies below the prefix. */
  record ByFolder(String prefix) implements Groups {
    @Override
    public Optional<String> of(String imageId) {
      int slash = imageId.lastIndexOf('/');
      return slash > 0 && slash >= prefix.length() && imageId.startsWith(prefix)
          ? Optional.of(imageId.substring(0, slash))
          : Optional.empty();
    }
  }

  record ByTable(Map<String, String> groups) implements Groups {
    @Override
    public Optional<String> of(String imageId) {
      return Optional.ofNullable(groups.get(imageId));
    }
  }
}
