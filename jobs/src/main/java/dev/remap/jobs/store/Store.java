package dev.remap.jobs.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;
import org.apache.hadoop.util.VersionInfo;

/**
 * A root folder on {@code file:}, {@code hdfs:} or {@code s3a:} and the few operations on it that a
 * store is built from. Paths are relative to the root, as {@link StorePath} allows them. All
 * methods throw {@link StoreException} for what the user of the command has to know. Safe for
 * threads.
 */
public final class Store {
  /** The version of everything written below a root. */
  public static final int SCHEMA_VERSION = 1;

  /** The file that makes a folder a store. */
  public static final String MARK = "store.json";

  private final FileSystem fs;
  private final Path root;
  private final AtomicCreate atomic;
  private final Doubt doubt;

  private Store(FileSystem fs, Path root, AtomicCreate atomic, Doubt doubt) {
    this.fs = fs;
    this.root = root;
    this.atomic = atomic;
    this.doubt = doubt;
  }

  /**
   * This store for whoever draws conclusions from what is missing: that something is not there is
   * believed after several looks by different requests, with pauses, and a reading that fails for
   * it is repeated while it is there. Local file systems are believed at once.
   */
  public Store doubting() {
    return isLocal() ? this : new Store(fs, root, atomic, Doubt.SEVERAL_LOOKS);
  }

  /**
   * Opens the store for writing, and makes it if there is none yet.
   *
   * @param root a path as Hadoop takes it: without a scheme it is on {@code fs.defaultFS}, and a
   *     relative one is below the working directory
   */
  public static Store openOrCreate(String root, Configuration conf) {
    Store store = locate(root, conf);
    store.atomic.probe();
    StoreMark.makeIfMissing(store);
    store.checkMark();
    return store;
  }

  /** Opens a store that exists. */
  public static Store open(String root, Configuration conf) {
    Store store = locate(root, conf);
    store.checkMark();
    return store;
  }

  /** Opens a store for whoever finds out what is wrong with it; look at the mark first. */
  public static Store openAny(String root, Configuration conf) {
    return locate(root, conf);
  }

  private static Store locate(String root, Configuration conf) {
    try {
      Path given = new Path(root);
      FileSystem fs = files(given, conf);
      if (fs instanceof LocalFileSystem local) {
        // The raw one leaves no .crc files, which would go stale beside hard links.
        fs = local.getRawFileSystem();
      }
      Path path = fs.makeQualified(given);
      return new Store(fs, path, AtomicCreate.of(fs, path, conf), Doubt.NONE);
    } catch (IllegalArgumentException e) {
      // Hadoop says so of a host that nobody knows, too.
      throw e.getCause() instanceof UnknownHostException unknown
          ? StoreException.of("open the store", root, unknown)
          : new StoreException("'" + root + "' is not a path: " + e.getMessage(), e);
    } catch (IOException e) {
      throw StoreException.of("open the store", root, e);
    }
  }

  /** Hadoop says by no {@link IOException} that it has no classes for a scheme. */
  private static FileSystem files(Path root, Configuration conf) throws IOException {
    try {
      return root.getFileSystem(conf);
    } catch (RuntimeException | LinkageError e) {
      if (e instanceof LinkageError || e.getCause() instanceof ClassNotFoundException) {
        throw new StoreException(
            "Cannot keep a store at "
                + root
                + ": this Spark lacks classes for it ("
                + e.getMessage()
                + "); for s3a: put hadoop-aws and the AWS SDK for Java 2 among its jars, the first"
                + " of its Hadoop's version, which is "
                + VersionInfo.getVersion()
                + " and must be 3.4.2 or newer (Spark 4.1 has that)",
            e);
      }
      throw e;
    }
  }

  /** Writes the mark again, which is the same in every store. */
  public void restoreMark() {
    StoreMark.restore(this);
  }

  /** Refuses a root whose mark is missing, damaged, or of another version of this program. */
  public void checkMark() {
    StoreMark.check(this);
  }

  /** The root, with its scheme. */
  public String root() {
    return root.toString();
  }

  /** The full path of a file, for messages and other readers. */
  public String locate(String path) {
    return path(path).toString();
  }

  private Path path(String path) {
    // Of its parts: to resolve it against the root takes twice the time, and there are many.
    URI uri = root.toUri();
    return new Path(
        uri.getScheme(), uri.getAuthority(), uri.getPath() + "/" + StorePath.check(path));
  }

  public boolean exists(String path) {
    return status(path).isPresent();
  }

  Optional<FileStatus> status(String path) {
    return doubt.absence(() -> statusOnce(path), () -> statusListed(path));
  }

  /** By another request than {@link #statusOnce}: what its folder is said to hold. */
  private Optional<FileStatus> statusListed(String path) {
    Path wanted = path(path);
    try {
      return Arrays.stream(fs.listStatus(wanted.getParent()))
          .filter(status -> status.getPath().getName().equals(wanted.getName()))
          .findFirst();
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw StoreException.of("list", locate(path), e);
    }
  }

  private Optional<FileStatus> statusOnce(String path) {
    try {
      return Optional.of(fs.getFileStatus(path(path)));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw StoreException.of("read", locate(path), e);
    }
  }

  /** The names in a folder, sorted, without hidden ones; none if there is no such folder. */
  public List<String> list(String folder) {
    return doubt
        .absence(() -> Optional.of(listOnce(folder)).filter(names -> !names.isEmpty()))
        .orElse(List.of());
  }

  private List<String> listOnce(String folder) {
    try {
      return Arrays.stream(fs.listStatus(path(folder)))
          .map(status -> status.getPath().getName())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw StoreException.of("list", locate(folder), e);
    }
  }

  /** All of a small file, or nothing if there is none; refuses one above the limit unread. */
  public Optional<byte[]> readIfPresent(String path, int maxBytes) {
    Optional<FileStatus> status = status(path).filter(FileStatus::isFile);
    if (status.isEmpty()) {
      return Optional.empty();
    }
    if (status.get().getLen() > maxBytes) {
      throw StoreException.damaged(
          locate(path), "it has " + status.get().getLen() + " bytes, at most " + maxBytes + " fit");
    }
    return Optional.of(readFully(path, (int) status.get().getLen()));
  }

  /** Reads a whole file that must be there. */
  public byte[] read(String path, int maxBytes) {
    return readIfPresent(path, maxBytes)
        .orElseThrow(
            () -> StoreException.of("read", locate(path), new FileNotFoundException(path)));
  }

  /**
   * Reads something, again and again while that fails for a file that is not there, as it is there.
   */
  public <T> T reading(String path, Supplier<T> read) {
    return doubt.reading(() -> exists(path), read);
  }

  /** Refuses a file that is missing or whose length is not the recorded one. */
  public void requireLength(FileRef ref) {
    new VerifiedReading(this).requireLength(ref);
  }

  /** All of a file, checked against its recorded length before, and its digest after reading. */
  public byte[] readVerified(FileRef ref) {
    return new VerifiedReading(this).read(ref);
  }

  /** Reads a file of any size through, in bounded memory, and checks length and digest. */
  public void verify(FileRef ref) {
    new VerifiedReading(this).verify(ref);
  }

  /** Copies a file to this machine; the target appears only when it is whole and verified. */
  public void copyVerified(FileRef ref, java.nio.file.Path target) {
    new VerifiedReading(this).copy(ref, target);
  }

  byte[] readFully(String path, int length) {
    return reading(path, () -> readOnce(path, length));
  }

  private byte[] readOnce(String path, int length) {
    try (FSDataInputStream in = open(path, length, ReadPolicy.WHOLE)) {
      byte[] bytes = new byte[length];
      in.readFully(0, bytes);
      return bytes;
    } catch (IOException e) {
      throw StoreException.of("read", locate(path), e);
    } catch (FSError e) {
      throw StoreException.of("read", locate(path), e);
    }
  }

  /** How a file will be read, for the object stores that fetch ahead. */
  public enum ReadPolicy {
    WHOLE("whole-file"),
    RANDOM("random");

    private final String option;

    ReadPolicy(String option) {
      this.option = option;
    }
  }

  /**
   * Opens a file for reading.
   *
   * @param bytes its length, which is known: an object store need not be asked for it once more
   */
  public FSDataInputStream open(String path, long bytes, ReadPolicy policy) throws IOException {
    try {
      return fs.openFile(path(path))
          .opt("fs.option.openfile.read.policy", policy.option)
          .opt("fs.option.openfile.length", Long.toString(bytes))
          .build()
          .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new PathIOException(locate(path), e.getCause());
    }
  }

  /** Creates a small file at most once; see {@link AtomicCreate#create}. */
  public boolean create(String path, byte[] bytes) {
    return create(path, ByteSource.of(bytes), () -> {});
  }

  /**
   * Creates a file at most once: true if this call did.
   *
   * @param beforeVisible run when all is written and only the deciding step is left
   */
  public boolean create(String path, ByteSource content, Runnable beforeVisible) {
    return atomic.create(path(path), content, beforeVisible);
  }

  /** Removes a folder that has nothing in it; object stores have none such. */
  void removeEmpty(String folder) {
    if (!(atomic instanceof S3Create)) {
      deleteQuietly(folder);
    }
  }

  /** Starts a data object under a name that nobody else uses. */
  public StoreOutput write(String path) {
    try {
      makeFolderOf(path);
      FSDataOutputStreamBuilder<?, ?> builder = fs.createFile(path(path));
      FSDataOutputStream out =
          builder.overwrite(false).recursive().opt("fs.s3a.create.performance", true).build();
      return new StoreOutput(this, path, out);
    } catch (IOException e) {
      throw StoreException.of("write", locate(path), e);
    }
  }

  private boolean isLocal() {
    return atomic instanceof LocalCreate;
  }

  private void makeFolderOf(String path) throws IOException {
    if (isLocal()) {
      LocalFiles.makeFolder(LocalFiles.of(path(path)).getParent());
    }
  }

  void syncFolderOf(String path) {
    if (isLocal()) {
      try {
        LocalFiles.syncFolder(LocalFiles.of(path(path)).getParent());
      } catch (IOException e) {
        throw StoreException.of("write", locate(path), e);
      }
    }
  }

  /** Writes a small file that no one rests on, whether it is there or not. */
  public void overwrite(String path, byte[] bytes) {
    try {
      makeFolderOf(path);
      FSDataOutputStreamBuilder<?, ?> builder = fs.createFile(path(path));
      try (FSDataOutputStream out =
          builder.overwrite(true).recursive().opt("fs.s3a.create.performance", true).build()) {
        out.write(bytes);
      }
    } catch (IOException e) {
      throw StoreException.of("write", locate(path), e);
    } catch (FSError e) {
      throw StoreException.of("write", locate(path), e);
    }
  }

  /** What lies below the root, whoever put it there. */
  public StoreTree tree() {
    return new StoreTree(this, fs, root);
  }

  /**
   * Hadoop's local file system first looks whether a folder is empty, and then deletes all of it.
   */
  private void deleteLocal(java.nio.file.Path path) throws IOException {
    if (LocalFiles.linkAbove(LocalFiles.of(root), path).isEmpty()) {
      Files.deleteIfExists(path);
    }
  }

  /**
   * Deletes a file that nobody reads, or a folder if it is empty; a failure leaves garbage, which
   * is harmless. What lies behind a link is not this store's to delete.
   */
  public void deleteQuietly(String path) {
    try {
      if (isLocal()) {
        deleteLocal(LocalFiles.of(path(path)));
      } else {
        fs.delete(path(path), false);
      }
    } catch (IOException e) {
      // Garbage is told from data by the records, not by its absence.
    }
  }
}
