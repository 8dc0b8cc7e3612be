package dev.remap.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.cluster.StandaloneCluster.Worker;
import dev.remap.jobs.run.Console;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Clusters that are not there, or go away; run by {@code bin/cluster-test}. */
class LostClusterDrill {
  private static final int PHOTOGRAPHS = 24;

  private final Path work = Path.of("target/cluster-test").toAbsolutePath();
  private final Console console = new Console(System.out);

  /** Neither waits for ever, and neither is a mistake of this program. */
  @Test
  void aClusterThatIsNotThereOrGoesAwayIsASentence() throws Exception {
    Path folder = work.resolve("lost");
    TwoNights nights = new TwoNights(folder.resolve("photographs"), PHOTOGRAPHS, 1);
    Place place = Place.local(folder);
    nights.bring(1, place.at("catalogue"), place.configuration());
    String[] snapshot = {
      "snapshot", "--store", place.at("store"), "--catalogue", place.at("catalogue")
    };
    long start = System.nanoTime();
    assertThat(new Command("spark://127.0.0.1:1", folder).fail(snapshot))
        .contains("cannot be started on spark://127.0.0.1:1: it has not answered in a minute. Is")
        .doesNotContain("WARN", "ERROR", "unexpectedly");
    console.say(
        "%s: %s, %s",
        "a master that is not there",
        Console.seconds((System.nanoTime() - start) / 1e9),
        "exit 1, a sentence");
    StandaloneCluster cluster =
        StandaloneCluster.start(folder.resolve("spark"), List.of(new Worker(2)));
    try (cluster) {
      Command command =
          new Command(cluster.url(), folder)
              .set(ClusterDrill.settings())
              .set(Map.of("unit.images", "1", "unit.executor-wait", "15s"));
      command.succeed(snapshot);
      Thread end = new Thread(() -> closeOnceDescribed(cluster, folder.resolve("store")));
      start = System.nanoTime();
      end.start();
      assertThat(command.fail("extract", "--store", place.at("store")))
          .contains("remap: waiting for executors of " + cluster.url())
          .containsPattern(
              "remap: no executor of spark://\\S+ has been there for 1[5-9] s: \\d+ of")
          .contains("committed; the same command goes on")
          .doesNotContain("unexpectedly");
      console.say(
          "%s: %s, %s",
          "a cluster that goes away",
          Console.seconds((System.nanoTime() - start) / 1e9),
          "exit 1, a sentence");
      end.join();
    }
  }

  private static void closeOnceDescribed(StandaloneCluster cluster, Path store) {
    try {
      while (!hasDescriptors(store)) {
        Thread.sleep(100);
      }
      cluster.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean hasDescriptors(Path store) {
    try (Stream<Path> files = Files.walk(store)) {
      return files.anyMatch(file -> file.toString().matches(".*/descriptors/.*\\.parquet"));
    } catch (IOException | UncheckedIOException e) {
      return false; // It changes while it is looked at.
    }
  }
}
