package dev.remap.jobs.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Processes that die, as by SIGKILL, and drivers that are started twice. */
final class Kills {
  private static final List<String> IN_TASKS =
      points(
          List.of("snapshot", "extract", "project", "build", "compact"),
          List.of("after-data", "creating-record", "after-record"));
  private static final List<String> ON_THE_DRIVER =
      Stream.of(
              points(
                  List.of("snapshot", "extract", "project", "build", "compact"),
                  List.of("before-ledger", "after-ledger")),
              points(
                  List.of("manifest"),
                  List.of("before-artifact", "creating-artifact", "after-artifact")),
              List.of("publish.before-publication", "publish.after-publication"))
          .flatMap(List::stream)
          .toList();
  private static final List<String> ON_THE_FIRST_NIGHT =
      points(
          List.of("extractor", "whitening", "quantize"),
          List.of("before-artifact", "creating-artifact", "after-artifact"));

  private Kills() {}

  private static List<String> points(List<String> stages, List<String> suffixes) {
    return stages.stream()
        .flatMap(stage -> suffixes.stream().map(suffix -> stage + "." + suffix))
        .toList();
  }

  private static String any(Scene scene, List<String> points) {
    return points.get(scene.random.nextInt(points.size()));
  }

  /** One executor, at a named point. */
  static Ended executorAtPoint(Scene scene) {
    Path once = scene.folder.resolve("once");
    String point = any(scene, IN_TASKS) + ":" + (1 + scene.random.nextInt(2));
    scene
        .with("spark.executorEnv.REMAP_KILL_POINT", point)
        .with("spark.executorEnv.REMAP_KILL_ONCE", once.toString());
    boolean well = Scene.endsWell(scene.start());
    return new Ended(Files.exists(once), well);
  }

  /** One to three executors, at any moment. */
  static Ended executorsAnyTime(Scene scene) throws InterruptedException {
    Child night = scene.start();
    int wanted = 1 + scene.random.nextInt(3);
    int killed = 0;
    boolean there = scene.chaos.awaitExecutors(night);
    while (there && killed < wanted) {
      if (night.endsWithin(scene.random.nextInt(scene.chaos.workMillis()))) {
        break;
      }
      List<ProcessHandle> executors = scene.chaos.cluster().executors();
      if (!executors.isEmpty()) {
        executors.get(scene.random.nextInt(executors.size())).destroyForcibly();
        killed++;
      }
    }
    return new Ended(killed > 0, Scene.endsWell(night));
  }

  /** The driver, at a named point. */
  static Ended driverAtPoint(Scene scene) {
    boolean first = scene.night == 1 && scene.random.nextBoolean();
    String point = any(scene, first ? ON_THE_FIRST_NIGHT : ON_THE_DRIVER);
    Child night = scene.start(Map.of("REMAP_KILL_POINT", point));
    boolean well = Scene.endsWell(night);
    return new Ended(!well && night.exitValue() == 137, well);
  }

  /** The driver, at any moment. */
  static Ended driverAnyTime(Scene scene) throws InterruptedException {
    Child night = scene.start();
    boolean there = scene.chaos.awaitExecutors(night);
    boolean ended = !there || night.endsWithin(scene.random.nextInt(scene.chaos.workMillis()));
    if (!ended) {
      night.kill();
    }
    return new Ended(!ended, Scene.endsWell(night));
  }

  /** Two drivers on one store at once; sometimes one of them is killed. */
  static Ended secondDriver(Scene scene) throws InterruptedException {
    Child first = scene.start();
    Child second = scene.start();
    boolean kill = scene.random.nextInt(3) == 0;
    if (kill
        && !first.endsWithin(
            scene.chaos.startMillis() + scene.random.nextInt(scene.chaos.workMillis()))) {
      first.kill();
    }
    boolean one = Scene.endsWell(first);
    boolean other = Scene.endsWell(second);
    return new Ended(true, (one || kill) && other);
  }
}
