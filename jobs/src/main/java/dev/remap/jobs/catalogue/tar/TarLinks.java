package dev.remap.jobs.catalogue.tar;

import dev.remap.jobs.catalogue.file.ByteRange;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The hard links of a tar archive. One leads to a member before it, whose data is its own: first
 * all links are added, then the members are gone through once more. Memory grows with the links,
 * not with the members.
 */
final class TarLinks {
  static final String NOWHERE = "hard link to what is no file of its tar file";
  static final String SYMBOLIC = "symbolic link in a tar file";

  private final Set<String> targets = new HashSet<>();
  private final Map<String, ByteRange> ranges = new HashMap<>();
  private boolean wanted;

  void add(TarMember link) {
    targets.add(link.target());
  }

  /** One of them is an image, and does not only lead on to others. */
  void want() {
    wanted = true;
  }

  /** Whether any of them is an image. */
  boolean areWanted() {
    return wanted;
  }

  /** Where the data of the next member lies; null for one that has none, or is no link's target. */
  ByteRange range(TarMember member) {
    ByteRange range =
        switch (member.kind()) {
          case FILE -> member.range();
          case HARD_LINK -> ranges.get(member.target());
          default -> null;
        };
    if (targets.contains(member.name())) {
      // As unpacking would have it: a later member of the same name replaces the earlier.
      ranges.put(member.name(), range);
    }
    return range;
  }
}
