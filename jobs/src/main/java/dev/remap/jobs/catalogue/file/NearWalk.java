package dev.remap.jobs.catalogue.file;

import java.util.ArrayList;
import java.util.List;

/**
 * Walks trees of local folders in this process until it has looked at so many names: where tasks
 * are its threads, the jobs of {@link TreeWalk} take longer than small trees do. What it has not
 * listed whole by then is left to tasks.
 */
final class NearWalk {
  static final int MOST_NAMES = 10_000;

  private final int most;
  private final LocalFolders lister;
  private final List<TreeEntry> entries = new ArrayList<>();
  private final List<TreeFolder> left = new ArrayList<>();
  private int names;
  private int levels;

  private NearWalk(int most, LocalFolders lister) {
    this.most = most;
    this.lister = lister;
  }

  /**
   * @param catalogue as the user wrote it
   * @param most names that may be looked at
   */
  static NearWalk of(String catalogue, List<TreeFolder> roots, LocalFolders lister, int most) {
    NearWalk walk = new NearWalk(most, lister);
    List<TreeFolder> level = roots;
    while (!level.isEmpty() && walk.left.isEmpty()) {
      TreeWalk.requireShallow(catalogue, walk.levels);
      level = walk.list(level);
    }
    walk.left.addAll(level);
    return walk;
  }

  /** What was found, in folders that were listed whole. */
  List<TreeEntry> entries() {
    return entries;
  }

  /** The folders that were not listed. */
  List<TreeFolder> left() {
    return left;
  }

  /** Levels of folders that were listed whole. */
  int levels() {
    return levels;
  }

  /** The folders below these that are still to be listed. */
  private List<TreeFolder> list(List<TreeFolder> level) {
    List<TreeFolder> below = new ArrayList<>();
    for (int i = 0; i < level.size(); i++) {
      List<TreeEntry> found = list(level.get(i));
      if (found == null) {
        left.addAll(level.subList(i, level.size()));
        return below;
      }
      for (TreeEntry entry : found) {
        entries.add(entry);
        if (entry instanceof TreeEntry.Branch branch) {
          below.add(branch.folder());
        }
      }
    }
    levels++;
    return below;
  }

  /** Null if it has too many names. */
  private List<TreeEntry> list(TreeFolder folder) {
    List<TreeEntry> found = new ArrayList<>();
    try (LocalFolders.Listing listing = lister.open(folder, most - names)) {
      while (listing.hasNext()) {
        found.add(listing.next());
      }
      names += listing.names();
      return listing.isWhole() ? found : null;
    }
  }
}
