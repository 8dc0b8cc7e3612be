package dev.remap.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Nights on a standalone cluster while things break; after each, one undisturbed night must make of
 * the store what an undisturbed one would have been. Run by {@code bin/chaos}, not by {@code
 * bin/test}.
 */
class ChaosDrill {
  private static final int RUNS = Integer.getInteger("drill.runs", 14);
  private static final long SEED = Long.getLong("drill.seed", 1);
  private static final long MINUTES = Long.getLong("drill.minutes", 60);
  private static final String ONLY = System.getProperty("drill.only", "");

  private final Path work = Path.of("target/chaos").toAbsolutePath();
  private final Console console = new Console(System.out);
  private final Map<Kind, Tally> tallies = new EnumMap<>(Kind.class);
  private final List<String> differences = new ArrayList<>();
  private Chaos chaos;

  /** What can befall a night. */
  private enum Kind {
    EXECUTOR_AT_A_POINT(Where.LOCAL),
    EXECUTORS_ANY_TIME(Where.LOCAL),
    DRIVER_AT_A_POINT(Where.LOCAL),
    DRIVER_ANY_TIME(Where.LOCAL),
    SECOND_DRIVER(Where.LOCAL),
    S3_500(Where.S3),
    S3_503(Where.S3),
    S3_SLOW(Where.S3),
    S3_412(Where.S3),
    S3_LOST_ANSWERS(Where.S3),
    S3_AWAY_FOR_A_MINUTE(Where.S3_FIRST_NIGHT),
    DISK_OF_THE_STORE_FULL(Where.DISK),
    DISK_OF_EXECUTORS_FULL(Where.DISK),
    BYTE_FLIPPED(Where.SECOND_NIGHT),
    FILE_TRUNCATED(Where.SECOND_NIGHT),
    FILE_DELETED(Where.SECOND_NIGHT);

    private final Where where;

    Kind(Where where) {
      this.where = where;
    }

    /** Runs a night, and disturbs it. */
    private Ended befall(Scene scene) throws Exception {
      return switch (this) {
        case EXECUTOR_AT_A_POINT -> Kills.executorAtPoint(scene);
        case EXECUTORS_ANY_TIME -> Kills.executorsAnyTime(scene);
        case DRIVER_AT_A_POINT -> Kills.driverAtPoint(scene);
        case DRIVER_ANY_TIME -> Kills.driverAnyTime(scene);
        case SECOND_DRIVER -> Kills.secondDriver(scene);
        case S3_500 -> BadS3.befall(BadS3.Kind.FAILS, scene);
        case S3_503 -> BadS3.befall(BadS3.Kind.BUSY, scene);
        case S3_SLOW -> BadS3.befall(BadS3.Kind.SLOW, scene);
        case S3_412 -> BadS3.befall(BadS3.Kind.REFUSES, scene);
        case S3_LOST_ANSWERS -> BadS3.befall(BadS3.Kind.FORGETS, scene);
        case S3_AWAY_FOR_A_MINUTE -> BadS3.befall(BadS3.Kind.DOWN, scene);
        case DISK_OF_THE_STORE_FULL -> FullDisk.ofTheStore(scene);
        case DISK_OF_EXECUTORS_FULL -> FullDisk.ofTheExecutors(scene);
        case BYTE_FLIPPED -> BrokenObject.befall(BrokenObject.Damage.FLIP, scene);
        case FILE_TRUNCATED -> BrokenObject.befall(BrokenObject.Damage.TRUNCATE, scene);
        case FILE_DELETED -> BrokenObject.befall(BrokenObject.Damage.DELETE, scene);
      };
    }

    private String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** On which storage, and on which nights, a kind is played. */
  private enum Where {
    LOCAL,
    SECOND_NIGHT,
    DISK,
    S3,
    S3_FIRST_NIGHT
  }

  private static final class Tally {
    private int runs;
    private int met;
    private int failed;
    private int through;
    private int sound;
    private long millis;
  }

  @Test
  void whateverBreaksTheNextNightMakesItGood() throws Exception {
    long start = System.nanoTime();
    try (Chaos world = new Chaos(work, SEED)) {
      chaos = world;
      List<Kind> kinds = kinds();
      long end = start + TimeUnit.MINUTES.toNanos(MINUTES);
      for (int i = 0; i < RUNS && System.nanoTime() < end; i++) {
        Kind kind = kinds.get(i % kinds.size());
        // A minute away takes a minute.
        boolean again = kind.where == Where.S3_FIRST_NIGHT && i >= kinds.size();
        play(again && kinds.size() > 1 ? kinds.get((i + 1) % kinds.size()) : kind, i);
      }
      assertThat(world.cluster().isWhole()).as("master and workers live").isTrue();
    } finally {
      report((System.nanoTime() - start) / 1_000_000);
    }
    assertThat(differences).isEmpty();
  }

  private List<Kind> kinds() {
    List<String> wanted = ONLY.isEmpty() ? List.of() : List.of(ONLY.split(",", -1));
    boolean disks = FullDisk.isPossible(work.resolve("disk"));
    if (!disks) {
      console.say("no disk is filled: mounting a tmpfs is not allowed here");
    }
    return Arrays.stream(Kind.values())
        .filter(kind -> wanted.isEmpty() || wanted.stream().anyMatch(kind.label()::startsWith))
        .filter(kind -> disks || kind.where != Where.DISK)
        .toList();
  }

  private void play(Kind kind, int number) throws Exception {
    Random random = new Random(SEED * 1_000_003 + number);
    int night =
        switch (kind.where) {
          case SECOND_NIGHT -> 2;
          case S3_FIRST_NIGHT -> 1;
          default -> random.nextInt(3) == 0 ? 1 : 2;
        };
    boolean s3 = kind.where == Where.S3 || kind.where == Where.S3_FIRST_NIGHT;
    Place place = s3 ? chaos.s3() : chaos.local();
    String name = String.format(Locale.ROOT, "%03d-%s", number, kind.label());
    Tally tally = tallies.computeIfAbsent(kind, key -> new Tally());
    tally.runs++;
    long start = System.nanoTime();
    String verdict = "sound";
    Ended ended = new Ended(false, false);
    try (Scene scene = chaos.scene(name, random, place, night)) {
      ended = kind.befall(scene);
      scene.finish();
      tally.sound++;
    } catch (AssertionError | RuntimeException | IOException e) {
      verdict = "DIFFERENT";
      differences.add(name + ", night " + night + ": " + e);
      keep(name, e);
    }
    long millis = (System.nanoTime() - start) / 1_000_000;
    tally.millis += millis;
    tally.met += ended.met() ? 1 : 0;
    tally.through += ended.wentThrough() ? 1 : 0;
    tally.failed += ended.wentThrough() ? 0 : 1;
    console.say(
        "  %-32s night %d  %-9s  %-12s  %5.1f s  %s",
        name,
        night,
        ended.met() ? "disturbed" : "spared",
        ended.wentThrough() ? "went through" : "failed",
        millis / 1e3,
        verdict);
    if (verdict.equals("sound")) {
      deleteAllButLogs(work.resolve("local").resolve(name));
    }
  }

  /** Why, beside the logs of the case. */
  private void keep(String name, Throwable why) throws IOException {
    Path file = Files.createDirectories(work.resolve("local").resolve(name)).resolve("difference");
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
      why.printStackTrace(out);
    }
  }

  private static void deleteAllButLogs(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.toString().endsWith(".log")) {
          Files.delete(file);
        }
      }
    }
  }

  private void report(long millis) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "what befell a night",
            "runs",
            "disturbed",
            "failed",
            "went through",
            "sound after",
            "s each"));
    Tally all = new Tally();
    tallies.forEach(
        (kind, tally) -> {
          rows.add(row(kind.label(), tally));
          all.runs += tally.runs;
          all.met += tally.met;
          all.failed += tally.failed;
          all.through += tally.through;
          all.sound += tally.sound;
          all.millis += tally.millis;
        });
    rows.add(row("all", all));
    console.say("chaos, seed %d, %.0f s in all", SEED, millis / 1e3);
    console.table(rows);
    if (all.runs < RUNS) {
      console.say("  %d of %d: no more were begun after %d minutes", all.runs, RUNS, MINUTES);
    }
    differences.forEach(difference -> console.say("%s", difference.lines().findFirst().orElse("")));
  }

  private static List<String> row(String label, Tally tally) {
    return Stream.concat(
            Stream.of(label),
            Stream.concat(
                Stream.of(tally.runs, tally.met, tally.failed, tally.through, tally.sound)
                    .map(String::valueOf),
                Stream.of(
                    String.format(
                        Locale.ROOT, "%.1f", tally.millis / 1e3 / Math.max(1, tally.runs)))))
        .toList();
  }
}
