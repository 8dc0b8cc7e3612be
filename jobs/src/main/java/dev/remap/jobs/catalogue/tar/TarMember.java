package dev.remap.jobs.catalogue.tar;

import dev.remap.jobs.catalogue.file.ByteRange;
import dev.remap.jobs.catalogue.file.LocalName;

/**
 * One member of a tar archive.
 *
 * @param name as it is in the archive, without leading {@code ./}; see {@link LocalName} where it
 *     is not UTF-8
 * @param kind what it is
 * @param range where its data lies in the archive
 * @param target of a link: the name that it leads to, written as other members' names are
 * @param pointsOut whether it would be unpacked elsewhere than below the archive's folder
 */
record TarMember(String name, Kind kind, ByteRange range, String target, boolean pointsOut) {
  /** What a member can be; whatever has a name but no bytes of its own is apart from the files. */
  enum Kind {
    FILE,
    FOLDER,
    HARD_LINK,
    SYMBOLIC_LINK,
    /** Or a pipe. */
    DEVICE,
    SPARSE,
    LABEL
  }
}
