package dev.remap.jobs.catalogue.file;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.LookAhead;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * Lists folders of the local filesystem. Whatever a folder names is listed, or counted, or ends the
 * listing: what cannot be seen may be a folder with images in it.
 *
 * @param above the path of the root as the user wrote it, with a slash behind it
 * @param real the root, links followed, percent-encoded
 * @param walked real folders whose trees are listed by a walk of their own
 * @param looking how entries are looked at
 */
record LocalFolders(
    String above,
    String real,
    Selection selection,
    OutsideLinks links,
    List<String> walked,
    Looking looking)
    implements TreeWalk.Lister {
  private static final String GONE = "gone while it was listed";

  /** Linux takes no longer path than that, in bytes. */
  private static final int LONGEST_PATH = 4095;

  /** Looks at an entry; another one stands in for broken disks in tests. */
  interface Looking extends Serializable {
    Looking NIO = (path, options) -> Files.readAttributes(path, BasicFileAttributes.class, options);

    BasicFileAttributes at(Path path, LinkOption... options) throws IOException;
  }

  @Override
  public Iterator<TreeEntry> list(TreeFolder folder, Configuration conf) {
    return open(folder, Integer.MAX_VALUE);
  }

  /**
   * As {@link #list}, for a reader who does not want all of a large folder.
   *
   * @param most names that are looked at
   */
  Listing open(TreeFolder folder, int most) {
    return new Listing(folder, most);
  }

  /** The image at a path below the root, as its attributes say it is. */
  ListedImage image(TreeFolder folder, LocalName name, BasicFileAttributes file) {
    long modified = file.lastModifiedTime().toInstant().toEpochMilli();
    return image(folder, name, FileVersion.of(file.size(), modified), file.size());
  }

  /** An image that is there by name only. */
  ListedImage unreachable(TreeFolder folder, LocalName name) {
    return image(folder, name, ListedImage.UNREACHABLE, -1);
  }

  private ListedImage image(TreeFolder folder, LocalName name, String version, long bytes) {
    String id = folder.name() + name.text();
    String uri =
        LocalName.isForeign(id)
            ? ForeignFile.uri(folder.place() + "/" + name.encoded())
            : "file:" + above + id;
    return new ListedImage(id, uri, version, bytes);
  }

  /** One folder's wanted files and its folders and links; last, a count. */
  final class Listing extends LookAhead<TreeEntry> implements AutoCloseable {
    private final TreeFolder folder;
    private final Path path;
    private final DirectoryStream<Path> stream;
    private final Iterator<Path> children;
    private final int most;
    private int names;
    private boolean whole;
    private LeftOut leftOut = new LeftOut();

    @SuppressWarnings("StreamResourceLeak") // closed where its names end, or where they fail
    private Listing(TreeFolder folder, int most) {
      this.folder = folder;
      this.most = most;
      this.path = LocalName.path(folder.place());
      try {
        stream = Files.newDirectoryStream(path);
      } catch (IOException e) {
        throw unlisted(path, e);
      }
      children = stream.iterator();
    }

    /** How many were looked at. */
    int names() {
      return names;
    }

    /** At its end: whether that is the folder's, too. */
    boolean isWhole() {
      return whole;
    }

    @Override
    protected TreeEntry find() {
      TreeEntry found = null;
      while (found == null && leftOut != null) {
        Path child = nextName();
        if (child != null) {
          found = entry(child);
        } else {
          found = leftOut.isEmpty() ? null : new TreeEntry.Leaf(leftOut);
          leftOut = null;
        }
      }
      return found;
    }

    /** Null at the end. */
    private Path nextName() {
      try {
        if (!children.hasNext()) {
          whole = true;
        } else if (names < most) {
          names++;
          return children.next();
        }
        stream.close();
        return null;
      } catch (DirectoryIteratorException e) {
        throw unlisted(path, e.getCause());
      } catch (IOException e) {
        throw unlisted(path, e);
      }
    }

    private TreeEntry entry(Path child) {
      LocalName name = LocalName.of(child);
      try {
        BasicFileAttributes found = looking.at(child, LinkOption.NOFOLLOW_LINKS);
        if (found.isSymbolicLink()) {
          return new LocalLink(LocalFolders.this, folder, child, name).entry(leftOut);
        }
        return found.isDirectory() ? branch(name) : file(name, found);
      } catch (IOException e) {
        return unseen(child, name, e);
      }
    }

    private TreeEntry branch(LocalName name) {
      if (!selection.takesFolder(plain(name), leftOut)) {
        return null;
      }
      TreeFolder below = below(folder, name, folder.real() + "/" + name.encoded());
      if (walked.contains(below.real())) {
        leftOut.add(LocalLink.TWICE, below.name());
        return null;
      }
      return new TreeEntry.Branch(below);
    }

    private TreeEntry file(LocalName name, BasicFileAttributes found) {
      String place = folder.name() + name.text();
      if (!selection.takesFile(plain(name), place, leftOut)) {
        return null;
      }
      if (found.isOther()) {
        leftOut.add(LeftOut.NO_FILE, place);
        return null;
      }
      return new TreeEntry.Leaf(image(folder, name, found));
    }

    /** What has a name, and nothing more is known about it. */
    private TreeEntry unseen(Path child, LocalName name, IOException failure) {
      if (plain(name).startsWith(".")) {
        selection.takesFile(plain(name), "", leftOut);
        return null;
      }
      boolean missing = failure instanceof NoSuchFileException;
      if (missing && !isStillNamed(child)) {
        leftOut.add(GONE, folder.name() + name.text());
        return null;
      }
      boolean byItsName = missing || length(child) > LONGEST_PATH;
      if (byItsName && selection.takesFile(plain(name), "", new LeftOut())) {
        return new TreeEntry.Leaf(unreachable(folder, name));
      }
      close();
      throw new InputException(
          "%s cannot be looked at (%s), so that the catalogue cannot be listed whole: %s",
          child,
          reason(failure),
          failure instanceof AccessDeniedException
              ? "let this user search its folder (chmod +x), or take it out of the catalogue"
              : "mend it, or take it out of the catalogue");
    }

    private boolean isStillNamed(Path child) {
      try (DirectoryStream<Path> again = Files.newDirectoryStream(path)) {
        for (Path name : again) {
          if (name.equals(child)) {
            return true;
          }
        }
        return false;
      } catch (IOException | DirectoryIteratorException e) {
        // It cannot be said to be gone.
        return true;
      }
    }

    private InputException unlisted(Path where, IOException failure) {
      close();
      return new InputException(
          "Folder %s cannot be listed (%s), and what is in it is unknown: is it mounted, and may"
              + " this user read it?",
          where, reason(failure));
    }

    /** Ends it early. */
    @Override
    public void close() {
      try {
        if (stream != null) {
          stream.close();
        }
      } catch (IOException e) {
        // Nothing more is read from it, and a failure that is told matters more.
      }
    }
  }

  /** What Java says of the failure, without the path. */
  static String reason(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof NoSuchFileException) {
      return "no such file";
    }
    return failure instanceof FileSystemException told && told.getReason() != null
        ? told.getReason()
        : String.valueOf(failure.getMessage());
  }

  static TreeFolder below(TreeFolder folder, LocalName name, String real) {
    return new TreeFolder(
        folder.place() + "/" + name.encoded(), folder.name() + name.text() + "/", real);
  }

  /** The name as rules for names take it. */
  static String plain(LocalName name) {
    return name.text().startsWith("/") ? name.text().substring(1) : name.text();
  }

  private static int length(Path path) {
    return path.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
  }
}
