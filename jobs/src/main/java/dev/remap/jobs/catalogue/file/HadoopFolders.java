package dev.remap.jobs.catalogue.file;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.LookAhead;
import java.io.IOException;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * Lists folders of any Hadoop filesystem.
 *
 * @param above the path part of the qualified root, which every file's path starts with
 */
record HadoopFolders(String above, Selection selection) implements TreeWalk.Lister {

  @Override
  public Iterator<TreeEntry> list(TreeFolder folder, Configuration conf) {
    return new Listing(folder.place(), conf);
  }

  /**
   * One folder's wanted files and its folders, as the filesystem hands them over; last, a count.
   */
  private final class Listing extends LookAhead<TreeEntry> {
    private final String folder;
    private final RemoteIterator<FileStatus> found;
    private LeftOut leftOut = new LeftOut();

    Listing(String folder, Configuration conf) {
      this.folder = folder;
      Path path = new Path(folder);
      this.found = told(() -> path.getFileSystem(conf).listStatusIterator(path));
    }

    @Override
    protected TreeEntry find() {
      while (told(found::hasNext)) {
        TreeEntry entry = entry(told(found::next));
        if (entry != null) {
          return entry;
        }
      }
      LeftOut last = leftOut;
      leftOut = null;
      return last == null || last.isEmpty() ? null : new TreeEntry.Leaf(last);
    }

    private TreeEntry entry(FileStatus status) {
      String name = status.getPath().getName();
      if (status.isDirectory()) {
        return selection.takesFolder(name, leftOut)
            ? new TreeEntry.Branch(new TreeFolder(status.getPath().toString(), "", ""))
            : null;
      }
      String below = status.getPath().toUri().getPath().substring(above.length());
      if (!selection.takesFile(name, below, leftOut)) {
        return null;
      }
      String version = FileVersion.of(status);
      return new TreeEntry.Leaf(
          new ListedImage(below, status.getPath().toString(), version, status.getLen()));
    }

    private <T> T told(Call<T> call) {
      try {
        return call.run();
      } catch (IOException e) {
        throw StorageFailures.told(
            "list",
            folder,
            e,
            new InputException("Folder %s cannot be listed: %s", folder, e.getMessage()));
      }
    }
  }

  private interface Call<T> {
    T run() throws IOException;
  }
}
