package dev.remap.jobs.upkeep.gc;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreFile;
import dev.remap.jobs.store.run.Heartbeats;
import dev.remap.jobs.store.run.Heartbeats.Beat;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * What is too young to be garbage: all that was written within the grace period, or since the
 * oldest run began that still is at work. All times are those of the storage's clock, so that no
 * machine's own can be wrong.
 *
 * @param now the present
 * @param grace the period, in milliseconds
 * @param living runs at work, this one excepted
 * @param dead those that have given no sign for too long
 */
record GcAge(Store store, long now, long grace, List<Beat> living, List<Beat> dead) {
  GcAge {
    living = List.copyOf(living);
    dead = List.copyOf(dead);
  }

  static GcAge of(JobContext context) {
    Settings settings = context.settings();
    Duration grace = settings.duration("gc.grace", Duration.ZERO);
    Duration deadAfter = settings.duration("gc.dead-after", Duration.ofSeconds(1));
    if (deadAfter.compareTo(settings.duration("gc.heartbeat")) <= 0) {
      throw new InputException(
          "gc.dead-after is %s: it must be longer than gc.heartbeat (%s)",
          settings.string("gc.dead-after"), settings.string("gc.heartbeat"));
    }
    // First the signs, then the time: a run that begins in between is younger than all garbage.
    List<Beat> others =
        new Heartbeats(context.store())
            .all().stream().filter(beat -> !beat.run().equals(context.run())).toList();
    long now = context.store().tree().now();
    long limit = now - deadAfter.toMillis();
    return new GcAge(
        context.store(),
        now,
        grace.toMillis(),
        others.stream().filter(beat -> beat.last() >= limit).toList(),
        others.stream().filter(beat -> beat.last() < limit).toList());
  }

  /** Whether another run is at work, as far as its signs tell. */
  boolean isAtWork(String run) {
    return living.stream().anyMatch(beat -> beat.run().equals(run));
  }

  boolean isOld(long modified) {
    return modified <= now - grace
        && living.stream().mapToLong(Beat::since).allMatch(since -> modified < since);
  }

  boolean isOld(StoreFile file) {
    return isOld(file.modified());
  }

  /** Whether there is such a file, and it is young. */
  boolean isYoung(String path) {
    OptionalLong modified = store.tree().modified(path);
    return modified.isPresent() && !isOld(modified.getAsLong());
  }

  /** How long ago that was, in words. */
  String ago(long modified) {
    return words(Math.max(0, now - modified));
  }

  /** A length of time in milliseconds, in words. */
  static String words(long millis) {
    double seconds = millis / 1000.0;
    long day = Duration.ofDays(1).toSeconds();
    return seconds < 2 * day
        ? Console.seconds(seconds)
        : String.format(Locale.ROOT, "%.0f d", seconds / day);
  }
}
