package dev.remap.jobs.catalogue.file;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.TaskConfiguration;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Walks trees of folders on the executors, level by level: the folders of one level are spread
 * evenly, each is listed once, and what is found stays on the executors' disks. The driver only
 * counts folders, so its memory does not grow with the tree. In one process it lists the first ones
 * itself ({@link NearWalk}).
 *
 * @param entries of all folders
 */
record TreeWalk(JavaRDD<TreeEntry> entries, Count count) {
  /** A level costs a job of Spark, and a way that leads back up has no end. */
  private static final int MAX_LEVELS = 64;

  /** What a task brings with it is kept small. */
  private static final int MOST_ENTRIES_A_TASK = 1000;

  /** Lists one folder. */
  interface Lister extends Serializable {
    Iterator<TreeEntry> list(TreeFolder folder, Configuration conf);
  }

  /** How many entries of a kind there are. */
  record Count(long branches, long folderLinks, long fileLinks) implements Serializable {
    static final Count NONE = new Count(0, 0, 0);

    Count add(TreeEntry entry) {
      return new Count(
          branches + (entry instanceof TreeEntry.Branch ? 1 : 0),
          folderLinks + (entry instanceof TreeEntry.FolderLink ? 1 : 0),
          fileLinks + (entry instanceof TreeEntry.FileLink ? 1 : 0));
    }

    Count add(Count other) {
      return new Count(
          branches + other.branches, folderLinks + other.folderLinks, fileLinks + other.fileLinks);
    }
  }

  static TreeWalk of(
      JavaSparkContext spark, String catalogue, List<TreeFolder> roots, Lister lister) {
    return of(spark, catalogue, List.of(), 0, roots, lister);
  }

  /**
   * Of local folders.
   *
   * @param near names at the most that are looked at without Spark, where that is in this process
   */
  static TreeWalk ofLocal(
      JavaSparkContext spark,
      String catalogue,
      List<TreeFolder> roots,
      LocalFolders lister,
      int near) {
    if (!spark.isLocal()) {
      return of(spark, catalogue, roots, lister);
    }
    NearWalk walk = NearWalk.of(catalogue, roots, lister, near);
    return of(spark, catalogue, walk.entries(), walk.levels(), walk.left(), lister);
  }

  /**
   * @param listed entries that were found before
   * @param above how many levels of folders
   */
  private static TreeWalk of(
      JavaSparkContext spark,
      String catalogue,
      List<TreeEntry> listed,
      int above,
      List<TreeFolder> roots,
      Lister lister) {
    Broadcast<TaskConfiguration> conf =
        spark.broadcast(new TaskConfiguration(spark.hadoopConfiguration()));
    List<JavaRDD<TreeEntry>> levels = new ArrayList<>();
    levels.add(spark.parallelize(listed, 1 + listed.size() / MOST_ENTRIES_A_TASK));
    Count all = listed.stream().reduce(Count.NONE, Count::add, Count::add);
    JavaRDD<TreeFolder> folders = spark.parallelize(roots, Math.max(1, Math.min(roots.size(), 64)));
    for (long left = roots.size(); left > 0; ) {
      requireShallow(catalogue, above + levels.size() - 1);
      JavaRDD<TreeEntry> entries =
          folders
              .flatMap(folder -> lister.list(folder, conf.value().value()))
              .persist(StorageLevel.DISK_ONLY());
      levels.add(entries);
      Count level = entries.aggregate(Count.NONE, Count::add, Count::add);
      all = all.add(level);
      left = level.branches();
      folders =
          Repartition.over(
              entries
                  .filter(entry -> entry instanceof TreeEntry.Branch)
                  .map(entry -> ((TreeEntry.Branch) entry).folder())
                  .mapToPair(folder -> new Tuple2<>(folder.place(), folder)),
              left);
    }
    return new TreeWalk(spark.union(levels.toArray(TreeWalk::rdds)), all);
  }

  static void requireShallow(String catalogue, int levels) {
    if (levels > MAX_LEVELS) {
      throw new InputException(
          "Catalogue %s has folders more than %d levels deep: is there something that leads back"
              + " up?",
          catalogue, MAX_LEVELS);
    }
  }

  JavaRDD<Found> found() {
    return entries
        .filter(entry -> entry instanceof TreeEntry.Leaf)
        .map(entry -> ((TreeEntry.Leaf) entry).found());
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic types
  private static JavaRDD<TreeEntry>[] rdds(int length) {
    return new JavaRDD[length];
  }
}
