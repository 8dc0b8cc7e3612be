package dev.remap.jobs.store.run;

import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.StoreFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What runs left about themselves: one file at the beginning, one at the end, never changed. */
public final class Runs {
  private static final int MAX_BYTES = 16 << 20;

  private final Store store;

  public Runs(Store store) {
    this.store = store;
  }

  /**
   * Records the beginning; throws {@link StoreException} if there is a run of that id, or if the
   * store takes no record, which is what one that may not be written says first.
   */
  public void begin(RunStart start) {
    try {
      create(startPath(start.run()), start.toBytes());
    } catch (StoreException e) {
      throw e.getCause() instanceof IOException cause
          ? StoreException.of("leave a record of this run in", store.root(), cause)
          : e;
    }
  }

  /** Records the end; throws {@link StoreException} if the run has ended before. */
  public void end(RunEnd end) {
    create(endPath(end.run()), end.toBytes());
  }

  private void create(String path, byte[] bytes) {
    boolean created = store.create(path, bytes);
    if (!created && !Arrays.equals(bytes, store.read(path, MAX_BYTES))) {
      throw new StoreException(
          store.locate(path) + " exists: two runs have the same id; start this one again");
    }
  }

  /** The ids of all runs. */
  public List<String> ids() {
    return store.list("runs");
  }

  /** The ids of the runs that began last, as far as the storage's clock tells, newest first. */
  public List<String> newest(int most) {
    List<StoreFile> beginnings = new ArrayList<>();
    store
        .tree()
        .walk(
            "runs",
            file -> {
              if (file.path().equals(startPath(folder(file)))) {
                beginnings.add(file);
              }
            });
    return beginnings.stream()
        .sorted(Comparator.comparingLong(StoreFile::modified).reversed())
        .limit(most)
        .map(Runs::folder)
        .toList();
  }

  private static String folder(StoreFile file) {
    return file.path().split("/", -1)[1];
  }

  /** How that run began, if there is one. */
  public Optional<RunStart> start(String run) {
    String path = startPath(run);
    return store
        .readIfPresent(path, MAX_BYTES)
        .map(bytes -> RunStart.parse(store.locate(path), bytes));
  }

  /** How that run ended, if it has. */
  public Optional<RunEnd> end(String run) {
    String path = endPath(run);
    return store
        .readIfPresent(path, MAX_BYTES)
        .map(bytes -> RunEnd.parse(store.locate(path), bytes));
  }

  /** Where a run's beginning is recorded. */
  public static String startPath(String run) {
    return Layout.run(run) + "/started.json";
  }

  /** Where a run's end is recorded. */
  public static String endPath(String run) {
    return Layout.run(run) + "/finished.json";
  }
}
