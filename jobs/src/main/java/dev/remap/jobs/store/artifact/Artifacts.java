package dev.remap.jobs.store.artifact;

import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Claims;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.KillPoint;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Artifacts of a store: a few files and a manifest in a folder. File names carry the start of their
 * digest, so that runs which make the same artifact at once never write different bytes to one
 * name.
 */
public final class Artifacts {
  private static final String MANIFEST = "manifest.json";
  private static final int MAX_MANIFEST_BYTES = 64 << 20;
  private static final int DIGITS_IN_NAME = 16;

  private static final int MOST_TRIES = 3;

  private final Store store;
  private final Consumer<String> reached;

  public Artifacts(Store store) {
    this(store, KillPoint::reach);
  }

  /**
   * The artifacts of a store.
   *
   * @param reached is told the names of the fault points that a commit comes to
   */
  public Artifacts(Store store, Consumer<String> reached) {
    this.store = store;
    this.reached = reached;
  }

  /** The manifest in that folder, if the artifact is there. */
  public Optional<ArtifactManifest> find(String folder) {
    return store
        .readIfPresent(manifestPath(folder), MAX_MANIFEST_BYTES)
        .map(bytes -> ArtifactManifest.parse(store.locate(manifestPath(folder)), bytes));
  }

  /** The manifest of an artifact that must be there. */
  public ArtifactManifest require(String folder) {
    return find(folder)
        .orElseThrow(
            () ->
                StoreException.missing(
                    store.locate(manifestPath(folder)),
                    "There is no " + store.locate(manifestPath(folder)) + ": make it first"));
  }

  /** The manifest itself as a file, for whoever has to name this very artifact. */
  public FileRef manifestRef(String folder) {
    byte[] bytes = store.read(manifestPath(folder), MAX_MANIFEST_BYTES);
    return new FileRef(manifestPath(folder), bytes.length, Sha256.hex(bytes));
  }

  /**
   * Makes an artifact visible, unless the folder has one already: then that is returned, after a
   * check that it was made from the same inputs and that its files are there.
   *
   * @param contents the files by name, such as {@code quantizer.faiss}
   * @param stage names the fault points: {@code before-artifact}, {@code creating-artifact}, {@code
   *     after-artifact}
   */
  public ArtifactManifest commit(
      String folder, ArtifactDraft draft, Map<String, ByteSource> contents, String stage) {
    return commit(folder, draft, contents, stage, () -> {});
  }

  /**
   * Makes an artifact visible whose id is the digest of its content. One that is there already is
   * the same, whatever it was made from: two snapshots with the same vectors train the same
   * quantizer.
   *
   * @param contents as {@link #commit}
   * @param stage as {@link #commit}
   */
  public ArtifactManifest commitContent(
      String folder, ArtifactDraft draft, Map<String, ByteSource> contents, String stage) {
    Optional<ArtifactManifest> earlier = find(folder);
    ArtifactDraft same =
        earlier
            .map(it -> new ArtifactDraft(draft.id(), draft.kind(), it.inputs(), draft.run()))
            .orElse(draft);
    try {
      return commit(folder, same, contents, stage);
    } catch (StoreException e) {
      // Another run may have been first meanwhile, with other inputs.
      if (earlier.isEmpty() && find(folder).isPresent()) {
        return commitContent(folder, draft, contents, stage);
      }
      throw e;
    }
  }

  /**
   * Stores and commits an artifact that rests on other things in its folder.
   *
   * @param look throws if they are not there
   */
  public ArtifactManifest commit(
      String folder,
      ArtifactDraft draft,
      Map<String, ByteSource> contents,
      String stage,
      Runnable look) {
    Optional<ArtifactManifest> earlier = find(folder);
    if (earlier.isPresent()) {
      return checked(folder, draft, earlier.get());
    }
    for (int tries = 1; ; tries++) {
      try {
        return create(folder, draft, contents, stage, look);
      } catch (Collected e) {
        // It was garbage, of a run long ago, until now.
        if (tries == MOST_TRIES) {
          throw e.failure;
        }
      }
    }
  }

  /** Files were there, and are not when they are to count. */
  private static final class Collected extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final StoreException failure;

    private Collected(StoreException failure) {
      super(failure);
      this.failure = failure;
    }
  }

  private ArtifactManifest create(
      String folder,
      ArtifactDraft draft,
      Map<String, ByteSource> contents,
      String stage,
      Runnable look) {
    SortedMap<String, FileRef> files = new TreeMap<>();
    contents.forEach((name, content) -> files.put(name, upload(folder, name, content)));
    ArtifactManifest manifest =
        new ArtifactManifest(draft.id(), draft.kind(), files, draft.inputs(), draft.run());
    reached.accept(stage + ".before-artifact");
    boolean created = announced(folder, manifest, stage, look);
    reached.accept(stage + ".after-artifact");
    return created ? manifest : giveWay(folder, draft, manifest);
  }

  private boolean announced(String folder, ArtifactManifest manifest, String stage, Runnable look) {
    boolean[] there = {false};
    return new Claims(store, folder)
        .announced(
            Claims.unique("manifest"),
            () -> {
              reached.accept(stage + ".announced");
              look.run();
              there[0] = areThere(folder, manifest.files());
            },
            () ->
                there[0]
                    && store.create(
                        manifestPath(folder),
                        ByteSource.of(manifest.toBytes()),
                        () -> reached.accept(stage + ".creating-artifact")));
  }

  private FileRef upload(String folder, String name, ByteSource content) {
    FileRef file = describe(folder, name, content);
    if (store.exists(file.path()) && !isWhole(file)) {
      // No manifest names it, so no repair could know that it is damaged.
      store.deleteQuietly(file.path());
    }
    if (!store.exists(file.path())) {
      store.create(file.path(), content, () -> {});
    }
    return file;
  }

  private boolean isWhole(FileRef file) {
    try {
      store.verify(file);
      return true;
    } catch (StoreException e) {
      if (e.lost().isEmpty()) {
        throw e;
      }
      return false;
    }
  }

  /** False if another run that was first has deleted files which it had in common with ours. */
  private boolean areThere(String folder, SortedMap<String, FileRef> files) {
    try {
      files.values().forEach(store::requireLength);
      return true;
    } catch (StoreException e) {
      if (find(folder).isEmpty()) {
        throw e.damage().isPresent() ? new Collected(e) : e;
      }
      return false;
    }
  }

  private FileRef describe(String folder, String name, ByteSource content) {
    MessageDigest digest = Sha256.digest();
    long bytes;
    try (InputStream in = new DigestInputStream(content.open(), digest)) {
      bytes = in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw StoreException.of("read", name, e);
    }
    String sha256 = Sha256.format(digest.digest());
    int dot = name.lastIndexOf('.') < 0 ? name.length() : name.lastIndexOf('.');
    String mark = "-" + sha256.substring(0, DIGITS_IN_NAME);
    String path = folder + "/" + name.substring(0, dot) + mark + name.substring(dot);
    return new FileRef(path, bytes, sha256);
  }

  /** Somebody else's manifest was first: it counts, and our files without it are garbage. */
  private ArtifactManifest giveWay(String folder, ArtifactDraft draft, ArtifactManifest own) {
    ArtifactManifest winner = checked(folder, draft, require(folder));
    own.files().values().stream()
        .filter(file -> !winner.files().containsValue(file))
        .forEach(file -> store.deleteQuietly(file.path()));
    return winner;
  }

  private ArtifactManifest checked(String folder, ArtifactDraft draft, ArtifactManifest there) {
    String where = store.locate(folder);
    if (!there.kind().equals(draft.kind()) || !there.id().equals(draft.id())) {
      throw new StoreException(
          where
              + " already holds the "
              + there.kind()
              + " "
              + there.id()
              + ", not a "
              + draft.kind()
              + " "
              + draft.id()
              + ": choose another name");
    }
    Inputs.requireSame(where, there.inputs(), "what is asked for now", draft.inputs());
    there.files().values().forEach(store::requireLength);
    return there;
  }

  /** Where the manifest of an artifact is. */
  public static String manifestPath(String folder) {
    return folder + "/" + MANIFEST;
  }
}
