package dev.remap.jobs.store.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.jobs.store.Json;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreFile;
import dev.remap.jobs.store.StorePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which runs are at work: two small files each, one written when the run begins and never again,
 * one over and over. What counts is only when the storage says they were written, so that a run
 * whose clock is wrong is alive all the same. A run that is killed leaves them to grow old.
 */
public final class Heartbeats {
  private static final String SINCE = ".since";
  private static final String BEAT = ".beat";

  private final Store store;

  public Heartbeats(Store store) {
    this.store = store;
  }

  /**
   * One run's signs of life.
   *
   * @param run its id, which is in the names of what it writes
   * @param since when it began; 0 if that is not known
   * @param last its last sign
   * @param files where they are
   */
  public record Beat(String run, long since, long last, List<StoreFile> files) {
    public Beat {
      files = List.copyOf(files);
    }
  }

  /** The run begins: it has not written anything else yet. */
  public void begin(String run, String command) {
    store.create(path(run, SINCE), content(run, command));
    beat(run, command);
  }

  /** The run is alive. */
  public void beat(String run, String command) {
    store.overwrite(path(run, BEAT), content(run, command));
  }

  /** The run has ended, well or not, and writes nothing any more. */
  public void end(String run) {
    store.deleteQuietly(path(run, BEAT));
    store.deleteQuietly(path(run, SINCE));
  }

  /** For those who look into it; no program reads it. */
  private static byte[] content(String run, String command) {
    ObjectNode node = Json.versioned().put("run", run).put("command", command);
    return Json.bytes(node);
  }

  private static String path(String run, String ending) {
    return Layout.HEARTBEATS + "/" + StorePath.checkName(run) + ending;
  }

  /** The signs of all runs, dead ones included. */
  public List<Beat> all() {
    Map<String, List<StoreFile>> byRun = new TreeMap<>();
    for (StoreFile file : store.tree().files(Layout.HEARTBEATS)) {
      if (file.name().endsWith(SINCE) || file.name().endsWith(BEAT)) {
        String run = file.name().substring(0, file.name().lastIndexOf('.'));
        byRun.computeIfAbsent(run, r -> new ArrayList<>()).add(file);
      }
    }
    return byRun.entrySet().stream().map(e -> beat(e.getKey(), e.getValue())).toList();
  }

  private static Beat beat(String run, List<StoreFile> files) {
    long since =
        files.stream()
            .filter(file -> file.name().endsWith(SINCE))
            .mapToLong(StoreFile::modified)
            .findFirst()
            .orElse(0);
    return new Beat(
        run, since, files.stream().mapToLong(StoreFile::modified).max().orElseThrow(), files);
  }
}
