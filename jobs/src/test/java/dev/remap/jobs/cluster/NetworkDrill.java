package dev.remap.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.cli.Remap;
import dev.remap.jobs.cluster.StandaloneCluster.Worker;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Networks that learn on a cluster; run by {@code bin/cluster-test}. */
class NetworkDrill {
  private static final int PHOTOGRAPHS = 24;
  private static final String ONE_GPU =
      "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"0\"]}'\n";

  private final Path work = Path.of("target/cluster-test").toAbsolutePath();
  private final Console console = new Console(System.out);

  /** Executors describe the images of each epoch by what the driver has learnt. */
  @Test
  void aNetworkTrainedOnAClusterIsThatOfOneMachine() throws Exception {
    Path folder = work.resolve("train");
    TwoNights nights = new TwoNights(folder.resolve("photographs"), PHOTOGRAPHS, 1);
    Map<String, String> settings = new TreeMap<>(ClusterDrill.settings());
    settings.putAll(
        Map.of(
            "train.parts",
            "p,network",
            "train.distractors",
            "12",
            "train.epochs",
            "3",
            "train.network-rate",
            "0.01",
            "weigh.images",
            "90"));
    LocalSpark.use("local[2]");
    Place one = Place.local(folder.resolve("one"));
    nights.bring(1, one.at("catalogue"), one.configuration());
    Remap remap = new Remap(folder.resolve("one/store"));
    settings.forEach(remap::set);
    remap.succeed("snapshot", "--catalogue", one.at("catalogue"));
    remap.succeed("train");
    Place other = Place.local(folder.resolve("other"));
    nights.bring(1, other.at("catalogue"), other.configuration());
    try (StandaloneCluster cluster =
        StandaloneCluster.start(folder.resolve("spark"), List.of(new Worker(2), new Worker(2)))) {
      Command command = new Command(cluster.url(), folder).set(settings);
      command.succeed(
          "snapshot", "--store", other.at("store"), "--catalogue", other.at("catalogue"));
      long start = System.nanoTime();
      assertThat(command.succeed("train", "--store", other.at("store")))
          .contains("12 without a label");
      assertThat(cluster.isWhole()).isTrue();
      console.say(
          "%s: %s, %s",
          "cluster, training of a network",
          Console.seconds((System.nanoTime() - start) / 1e9),
          "byte for byte that of local[2]");
      Path script = Files.writeString(folder.resolve("one-gpu"), ONE_GPU);
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
      command.with(
          Map.of(
              "spark.driver.resource.gpu.amount",
              "1",
              "spark.driver.resource.gpu.discoveryScript",
              script.toString()));
      assertThat(command.fail("train", "--store", other.at("store")))
          .contains("Device gpu:0 is not there: this libtorch is for CPUs only");
    }
    assertThat(learnt(folder.resolve("other/store")))
        .isEqualTo(learnt(folder.resolve("one/store")))
        .anyMatch(name -> name.startsWith("backbone-"));
  }

  /** Names of what a training leaves, which have its digests. */
  private static List<String> learnt(Path store) throws IOException {
    try (Stream<Path> files = Files.walk(store.resolve("weights"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches(".*-[0-9a-f]{16}\\.[a-z]+"))
          .sorted()
          .toList();
    }
  }
}
