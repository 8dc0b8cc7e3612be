package dev.remap.jobs.night;

import dev.remap.jobs.run.RunHistory;
import dev.remap.jobs.store.run.RunEnd;
import dev.remap.jobs.store.run.RunStart;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Made-up runs, one a minute. */
public final class RunsOf {
  private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");

  private RunsOf() {}

  public static RunHistory.Run run(
      int minute, String job, double seconds, Map<String, Long> counts) {
    return run(minute, job, seconds, counts, null);
  }

  public static RunHistory.Run failed(int minute, String job, double seconds) {
    return run(minute, job, seconds, Map.of(), "the storage is down");
  }

  private static RunHistory.Run run(
      int minute, String job, double seconds, Map<String, Long> counts, String failure) {
    Instant at = FIRST.plusSeconds(60L * minute);
    String id = job + "-" + minute;
    return new RunHistory.Run(
        new RunStart(id, job, at, new TreeMap<>(), new TreeMap<>()),
        Optional.of(
            new RunEnd(
                id,
                at.plusMillis(Math.round(1000 * seconds)),
                Optional.ofNullable(failure),
                new TreeMap<>(counts),
                new TreeMap<>(Map.of("total", Math.round(1000 * seconds))))));
  }
}
