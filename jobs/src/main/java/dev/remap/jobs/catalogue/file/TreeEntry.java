package dev.remap.jobs.catalogue.file;

import java.io.Serializable;

/** What is found in a folder of a tree. */
sealed interface TreeEntry extends Serializable {

  /** A file, or a count of what is left out. */
  record Leaf(Found found) implements TreeEntry {}

  /** A folder that is still to be listed. */
  record Branch(TreeFolder folder) implements TreeEntry {}

  /**
   * A link to a folder whose files are listed through it, unless they are otherwise.
   *
   * @param folder with the link's own place and name
   */
  record FolderLink(TreeFolder folder) implements TreeEntry {}

  /**
   * A link to a file that is listed through it, unless it is otherwise.
   *
   * @param real where the file is, percent-encoded
   */
  record FileLink(ListedImage file, String real) implements TreeEntry {}
}
