package dev.remap.jobs.catalogue;

/**
 * One member of a tar archive.
 *
 * @param name as it is in the archive, without leading {@code ./}
 * @param kind what it is
 * @param range where its data lies in the archive
 */
record TarMember(String name, Kind kind, ByteRange range) {
  /** What a member can be; whatever has a name but no bytes of its own is apart from the files. */
  enum Kind {
    FILE("file"),
    FOLDER("folder"),
    HARD_LINK("hard link"),
    SYMBOLIC_LINK("symbolic link"),
    DEVICE("device or pipe"),
    SPARSE("sparse file"),
    LABEL("label");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }
}
