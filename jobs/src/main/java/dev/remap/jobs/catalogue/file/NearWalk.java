package dev.remap.jobs.catalogue.file;

import java.util.ArrayList;
import java.util.List;

/**
 * Walks trees of local folders in this process, as far as there are few entries: where tasks are
 * its threads, the jobs of {@link TreeWalk} take longer than small trees do.
 */
final class NearWalk {
  static final int MOST_ENTRIES = 10_000;

  private final int most;
  private final LocalFolders lister;
  private final List<TreeEntry> entries = new ArrayList<>();
  private final List<TreeFolder> left = new ArrayList<>();

  private NearWalk(int most, LocalFolders lister) {
    this.most = most;
    this.lister = lister;
  }

  /**
   * @param catalogue as the user wrote it
   * @param most entries that may be found
   */
  static NearWalk of(String catalogue, List<TreeFolder> roots, LocalFolders lister, int most) {
    NearWalk walk = new NearWalk(most, lister);
    List<TreeFolder> level = roots;
    for (int levels = 0; !level.isEmpty(); levels++) {
      TreeWalk.requireShallow(catalogue, levels);
      level = walk.list(level);
    }
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

  /** The folders below these that are still to be listed. */
  private List<TreeFolder> list(List<TreeFolder> level) {
    List<TreeFolder> below = new ArrayList<>();
    for (TreeFolder folder : level) {
      List<TreeEntry> found = list(folder);
      if (found == null) {
        left.add(folder);
        continue;
      }
      for (TreeEntry entry : found) {
        entries.add(entry);
        if (entry instanceof TreeEntry.Branch branch) {
          below.add(branch.folder());
        }
      }
    }
    return below;
  }

  /** Null if there are too many. */
  private List<TreeEntry> list(TreeFolder folder) {
    List<TreeEntry> found = new ArrayList<>();
    try (LocalFolders.Listing listing = lister.open(folder)) {
      while (listing.hasNext()) {
        if (entries.size() + found.size() == most) {
          return null;
        }
        found.add(listing.next());
      }
    }
    return found;
  }
}
