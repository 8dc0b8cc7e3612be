package dev.remap.jobs.night;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Plays sequences of steps, and shrinks those that fail. */
final class ModelSequences {
  private static final long PICTURES = 20261128;

  /** One of them alone leaves half of two cores idle. */
  private static final int AT_ONCE = 2;

  private static final PrintStream OUT = System.out;

  private final Path folder;
  private final Path pool;
  private final Duration shrinking;
  private final Map<String, float[]> contents = new ConcurrentHashMap<>();

  private final AtomicInteger played = new AtomicInteger();

  /**
   * @param shrinkSeconds for so long a failing sequence is made shorter
   */
  ModelSequences(Path folder, int shrinkSeconds) {
    this.folder = folder;
    this.pool = folder.resolve("pool");
    this.shrinking = Duration.ofSeconds(shrinkSeconds);
    ModelCatalogue.draw(pool, PICTURES);
  }

  /**
   * Plays sequences that follow from a seed.
   *
   * @return those that failed, as short as can be, with why
   */
  List<String> failures(long seed, int sequences, int length) {
    ExecutorService players = Executors.newFixedThreadPool(AT_ONCE);
    try {
      List<Future<Optional<String>>> playing = new ArrayList<>();
      for (int i = 0; i < sequences; i++) {
        long own = seed + i;
        playing.add(players.submit(() -> told(own, length)));
      }
      List<String> failures = new ArrayList<>();
      for (Future<Optional<String>> one : playing) {
        one.get().ifPresent(failures::add);
      }
      return failures;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      players.shutdownNow();
    }
  }

  private Optional<String> told(long seed, int length) {
    long begin = System.nanoTime();
    Optional<String> failure =
        failure(Step.random(new Random(seed), length)).map(why -> "seed " + seed + ": " + why);
    OUT.printf(
        "seed %d: %s (%d s)%n%s",
        seed,
        failure.isPresent() ? "FAILED" : "well",
        (System.nanoTime() - begin) / 1_000_000_000,
        failure.map(why -> why + "\n").orElse(""));
    return failure;
  }

  /** Plays one; if it fails, the shortest that does, with why. */
  Optional<String> failure(List<Step> steps) {
    Optional<NightPlayer.Failure> first = play(steps);
    if (first.isEmpty()) {
      return Optional.empty();
    }
    OUT.printf("step %d: %s%nof %s%n", first.get().number(), first.get().why(), Step.text(steps));
    long deadline = System.nanoTime() + shrinking.toNanos();
    List<Step> failing = steps.subList(0, Math.min(steps.size(), first.get().number() + 1));
    List<Step> shortest =
        Shrinking.shrink(
            failing, some -> play(some).isPresent(), () -> System.nanoTime() < deadline);
    String why = play(shortest).map(NightPlayer.Failure::why).orElse(first.get().why()).toString();
    return Optional.of("%s%nbin/model-drill --replay '%s'".formatted(why, Step.text(shortest)));
  }

  private Optional<NightPlayer.Failure> play(List<Step> steps) {
    Path own = folder.resolve("play" + played.getAndIncrement());
    try {
      return NightPlayer.play(own, pool, contents, steps);
    } finally {
      delete(own);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
