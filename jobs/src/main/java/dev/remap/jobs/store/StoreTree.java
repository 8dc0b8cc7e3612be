package dev.remap.jobs.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * The files below a root with their ages, hidden and strange ones included, and how to get rid of
 * them. Nothing outside the root is ever touched: links to files are not told of, and a folder that
 * is a link is refused. The root itself may be one.
 */
public final class StoreTree {
  private static final String RUNS = "runs";

  private final Store store;
  private final FileSystem fs;
  private final Path root;

  StoreTree(Store store, FileSystem fs, Path root) {
    this.store = store;
    this.fs = fs;
    this.root = root;
  }

  /** Refuses a store of which a folder is a symbolic link, and what it leads to elsewhere. */
  public void requireNoLinks() {
    if (!isLocal()) {
      return;
    }
    try {
      for (String folder : Layout.FOLDERS) {
        Optional<java.nio.file.Path> link = LocalFiles.linkedFolder(local(folder));
        if (link.isPresent()) {
          throw linked(link.get());
        }
      }
    } catch (IOException e) {
      throw StoreException.of("list", root, e);
    }
  }

  private static StoreException linked(java.nio.file.Path link) {
    return new StoreException(
        link
            + " is a symbolic link, and what it leads to is not this store's to delete: put the"
            + " folder itself in its place, or mount it there");
  }

  private boolean isLocal() {
    return root.toUri().getScheme().equals("file");
  }

  private Path path(String path) {
    return path.isEmpty() ? root : new Path(root, path);
  }

  private java.nio.file.Path local(String path) {
    return LocalFiles.of(root).resolve(path);
  }

  /** Tells of every file at any depth below a folder, in no order; of none if it does not exist. */
  public void walk(String folder, Consumer<StoreFile> found) {
    try {
      if (isLocal()) {
        LocalFiles.walk(local(folder), (path, file) -> found.accept(of(path, file)));
      } else {
        walkRemote(path(folder), found);
      }
    } catch (IOException e) {
      throw StoreException.of("list", path(folder), e);
    }
  }

  /** The files directly in a folder; an empty name is the root. */
  public List<StoreFile> files(String folder) {
    try {
      return Arrays.stream(fs.listStatus(path(folder)))
          .filter(FileStatus::isFile)
          .map(this::of)
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw StoreException.of("list", path(folder), e);
    }
  }

  private void walkRemote(Path folder, Consumer<StoreFile> found) throws IOException {
    RemoteIterator<LocatedFileStatus> files;
    try {
      files = fs.listFiles(folder, true);
      if (!files.hasNext()) {
        return;
      }
    } catch (FileNotFoundException e) {
      return;
    }
    while (files.hasNext()) {
      found.accept(of(files.next()));
    }
  }

  private StoreFile of(FileStatus status) {
    String path = root.toUri().relativize(status.getPath().toUri()).getPath();
    return new StoreFile(path, status.getLen(), status.getModificationTime());
  }

  private StoreFile of(java.nio.file.Path file, java.nio.file.attribute.BasicFileAttributes of) {
    String path = LocalFiles.of(root).relativize(file).toString();
    return new StoreFile(path, of.size(), of.lastModifiedTime().toMillis());
  }

  /** When a file was last written, by the storage's clock; nothing if there is none. */
  public OptionalLong modified(String path) {
    try {
      return OptionalLong.of(fs.getFileStatus(path(path)).getModificationTime());
    } catch (FileNotFoundException e) {
      return OptionalLong.empty();
    } catch (IOException e) {
      throw StoreException.of("read", path(path), e);
    }
  }

  /** What the storage's clock says, whose times are those of its files: writes one to find out. */
  public long now() {
    String path = Layout.HEARTBEATS + "/now-" + UUID.randomUUID();
    store.overwrite(path, new byte[] {'?'});
    try {
      return modified(path)
          .orElseThrow(() -> new StoreException(store.locate(path) + " is gone once written"));
    } finally {
      store.deleteQuietly(path);
    }
  }

  /**
   * Deletes files, as many at once as the storage takes, in order. One that is gone already is no
   * failure.
   *
   * @throws StoreException for the first that cannot be deleted
   */
  public void delete(Collection<String> paths) {
    if (isLocal()) {
      paths.forEach(this::deleteLocal);
      return;
    }
    List<Path> all = paths.stream().map(this::path).toList();
    try {
      if (isS3()) {
        S3Delete.all(fs, root, all);
      } else {
        for (Path path : all) {
          fs.delete(path, false);
        }
      }
    } catch (IOException e) {
      throw StoreException.of("delete files of", root, e);
    }
  }

  private boolean isS3() {
    return root.toUri().getScheme().equals(AtomicCreate.S3);
  }

  private void deleteLocal(String path) {
    refuseLinkAbove(path);
    try {
      Files.deleteIfExists(local(path));
    } catch (IOException e) {
      throw StoreException.of("delete", local(path), e);
    }
  }

  private void refuseLinkAbove(String path) {
    LocalFiles.linkAbove(LocalFiles.of(root), local(path))
        .ifPresent(
            link -> {
              throw linked(link);
            });
  }

  /** Removes a folder and those below it, as far as they are empty. */
  public void prune(String folder) {
    try {
      if (isLocal()) {
        refuseLinkAbove(folder);
        LocalFiles.prune(local(folder));
      } else {
        pruneRemote(path(folder));
      }
    } catch (IOException e) {
      throw StoreException.of("delete", path(folder), e);
    }
  }

  private void pruneRemote(Path folder) throws IOException {
    List<FileStatus> entries = new ArrayList<>();
    try {
      entries.addAll(Arrays.asList(fs.listStatus(folder)));
      for (FileStatus entry : entries) {
        if (entry.isDirectory()) {
          pruneRemote(entry.getPath());
        }
      }
      if (fs.listStatus(folder).length == 0) {
        // Not recursive: what was put there in this moment stays.
        fs.delete(folder, false);
      }
    } catch (FileNotFoundException e) {
      // Object stores know no empty folders.
    }
  }

  /** Whether there is anything at the root. */
  public boolean isThere() {
    try {
      return fs.exists(root);
    } catch (IOException e) {
      throw StoreException.of("read", root, e);
    }
  }

  /**
   * Takes a store back that a run has made and left nothing in but its own traces. Who has begun to
   * use it meanwhile keeps it.
   *
   * @param run its id
   */
  public void withdraw(String run) {
    if (!hasOnly(run)) {
      return;
    }
    List<String> own = new ArrayList<>();
    for (String folder : List.of(RUNS, Layout.HEARTBEATS)) {
      walk(folder, file -> own.add(file.path()));
    }
    delete(own);
    for (String folder : List.of(RUNS, Layout.HEARTBEATS)) {
      prune(folder);
    }
    store.deleteQuietly(Store.MARK);
    if (!hasOnly(run)) {
      store.restoreMark();
    }
  }

  private boolean hasOnly(String run) {
    return Layout.FOLDERS.stream()
        .flatMap(
            folder ->
                store.list(folder).stream()
                    .filter(
                        name ->
                            !(name.startsWith(run)
                                && (folder.equals(RUNS) || folder.equals(Layout.HEARTBEATS)))))
        .findAny()
        .isEmpty();
  }

  /** Removes the root if it is an empty folder. */
  public void removeIfEmpty() {
    try {
      if (isLocal()) {
        LocalFiles.prune(LocalFiles.of(root));
      } else {
        pruneRemote(root);
      }
    } catch (IOException e) {
      throw StoreException.of("delete", root, e);
    }
  }
}
