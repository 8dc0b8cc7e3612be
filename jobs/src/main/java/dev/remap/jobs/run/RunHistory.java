package dev.remap.jobs.run;

import dev.remap.jobs.config.KeptGroup;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.store.Concurrently;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.run.RunEnd;
import dev.remap.jobs.store.run.RunStart;
import dev.remap.jobs.store.run.Runs;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What the newest runs of a store left about themselves, oldest first.
 *
 * @param runs not all there ever were: a store of many nights has too many to read
 */
public record RunHistory(List<Run> runs) {
  /** What the configuration of a run's record calls the command that the job was part of. */
  static final String COMMAND = "command";

  private static final int MOST = 400;

  public RunHistory {
    runs = List.copyOf(runs);
  }

  /**
   * One job.
   *
   * @param end missing where it was killed or is still at it
   */
  public record Run(RunStart start, Optional<RunEnd> end) {
    public boolean succeeded() {
      return end.isPresent() && end.get().failure().isEmpty();
    }

    public boolean is(String job) {
      return start.command().equals(job);
    }

    public Instant at() {
      return start.at();
    }

    /** Whether it is a job of the command that has that id in the names of what it wrote. */
    public boolean isPartOf(String command) {
      return start.run().startsWith(command + "-");
    }

    /** Whether both are jobs of one command. */
    public boolean isOfSameCommand(Run other) {
      return isPartOf(other.start.run().substring(0, other.start.run().lastIndexOf('-')));
    }

    /** The command that it was part of. */
    public String command() {
      return start.configuration().getOrDefault(COMMAND, start.command());
    }

    /** What the job was asked for beside its settings: see {@link Job#asked}. */
    public Optional<String> asked(String name) {
      return Optional.ofNullable(start.configuration().get(name));
    }

    /** 0 if it has not ended. */
    public long milliseconds() {
      return end.map(RunEnd::milliseconds).map(took -> took.get("total")).orElse(0L);
    }

    /** Whether it ran with the same settings below a key. */
    public boolean hasSame(String key, Settings settings) {
      return settings.hasSame(key, start.configuration().getOrDefault("settings", ""));
    }

    /** The text that a setting had. */
    public Optional<String> setting(String key) {
      return Settings.text(key, start.configuration().getOrDefault("settings", ""));
    }

    /** The settings of a group that it ran with, by key. */
    public SortedMap<String, String> settings(KeptGroup group) {
      return Settings.texts(group, start.configuration().getOrDefault("settings", ""));
    }

    /** The options that give a command the settings it ran with, where others would differ. */
    public List<String> otherSettings(Settings settings) {
      return settings.differing(start.configuration().getOrDefault("settings", ""));
    }

    public long count(String name) {
      return end.map(RunEnd::counts).map(counts -> counts.get(name)).orElse(0L);
    }
  }

  public static RunHistory of(Store store) {
    Runs runs = new Runs(store);
    return new RunHistory(
        Concurrently.map(
                runs.newest(MOST), id -> runs.start(id).map(start -> new Run(start, runs.end(id))))
            .stream()
            .flatMap(Optional::stream)
            .sorted(Comparator.comparing(Run::at).thenComparing(run -> run.start.run()))
            .toList());
  }

  /** The runs of one job. */
  public List<Run> of(String job) {
    return runs.stream().filter(run -> run.is(job)).toList();
  }
}
