package dev.remap.jobs.catalogue.file;

import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * A symbolic link in a folder that is being listed. Each file is listed once: at its own place if
 * that is below the root and has no hidden step; else through the link.
 *
 * @param lister of the folder
 */
record LocalLink(LocalFolders lister, TreeFolder folder, Path path, LocalName name) {
  static final String TWICE = "second way to what is listed";
  static final String LOOP = "link that leads back up";
  static final String OUTSIDE = "link out of the catalogue (see " + OutsideLinks.SETTING + ")";
  static final String NOWHERE = "link to nothing";

  /** What the link stands for; null if it was counted. */
  TreeEntry entry(LeftOut leftOut) {
    String plain = LocalFolders.plain(name);
    if (plain.startsWith(".")) {
      lister.selection().takesFile(plain, "", leftOut);
      return null;
    }
    String real;
    BasicFileAttributes target;
    try {
      target = lister.looking().at(path);
      real = LocalName.encode(path.toRealPath());
    } catch (IOException e) {
      return broken(e, leftOut);
    }
    return target.isDirectory() ? folder(real, leftOut) : file(real, target, leftOut);
  }

  private String place() {
    return folder.name() + name.text();
  }

  private TreeEntry folder(String real, LeftOut leftOut) {
    if (!lister.selection().takesFolder(LocalFolders.plain(name), leftOut)) {
      return null;
    }
    if (isWithin(folder.real(), real)) {
      leftOut.add(LOOP, place() + "/");
    } else if (isListed(real, List.of(lister.real()), lister.selection())) {
      leftOut.add(TWICE, place() + "/");
    } else if (isLeftOut(real)) {
      leftOut.add(OUTSIDE, place() + "/");
    } else {
      return new TreeEntry.FolderLink(LocalFolders.below(folder, name, real));
    }
    return null;
  }

  private TreeEntry file(String real, BasicFileAttributes target, LeftOut leftOut) {
    if (!lister.selection().takesFile(LocalFolders.plain(name), place(), leftOut)) {
      return null;
    }
    if (target.isOther()) {
      leftOut.add(LeftOut.NO_FILE, place());
    } else if (isListedFile(real, List.of(lister.real()), lister.selection())) {
      leftOut.add(TWICE, place());
    } else if (isLeftOut(real)) {
      leftOut.add(OUTSIDE, place());
    } else {
      return new TreeEntry.FileLink(lister.image(folder, name, target), real);
    }
    return null;
  }

  private boolean isLeftOut(String real) {
    return lister.links() == OutsideLinks.LEFT_OUT && !isWithin(real, lister.real());
  }

  /** Its target is missing, or cannot be seen: perhaps it is not mounted. */
  private TreeEntry broken(IOException failure, LeftOut leftOut) {
    if (lister.selection().takesFile(LocalFolders.plain(name), "", new LeftOut())) {
      return new TreeEntry.Leaf(lister.unreachable(folder, name));
    }
    String target = target();
    if (isLeftOut(target)) {
      leftOut.add(OUTSIDE, place());
    } else if (isListed(target, List.of(lister.real()), lister.selection())) {
      leftOut.add(NOWHERE, place());
    } else {
      throw new InputException(
          "%s is a link to what cannot be seen (%s), and perhaps to a folder of images: is it"
              + " mounted? If it is gone for good, delete the link",
          path, LocalFolders.reason(failure));
    }
    return null;
  }

  /** Where it leads by its words, percent-encoded. */
  private String target() {
    try {
      Path parent = LocalName.path(folder.real());
      return LocalName.encode(parent.resolve(Files.readSymbolicLink(path)).normalize());
    } catch (IOException e) {
      return "";
    }
  }

  /** Whether a walk of one of the roots comes by the folder. */
  static boolean isListed(String real, List<String> roots, Selection selection) {
    return roots.stream()
        .anyMatch(
            root ->
                isWithin(real, root)
                    && steps(real, root).stream()
                        .allMatch(step -> selection.takesFolder(step, new LeftOut())));
  }

  /** Whether a file is listed elsewhere, which its own name must let be listed, too. */
  static boolean isListedFile(String real, List<String> roots, Selection selection) {
    int slash = real.lastIndexOf('/');
    return selection.takesFile(real.substring(slash + 1), "", new LeftOut())
        && isListed(real.substring(0, slash), roots, selection);
  }

  private static boolean isWithin(String place, String folder) {
    return place.equals(folder) || place.startsWith(folder + "/");
  }

  private static List<String> steps(String place, String folder) {
    String below = place.substring(folder.length());
    return below.isEmpty() ? List.of() : List.of(below.substring(1).split("/", -1));
  }
}
