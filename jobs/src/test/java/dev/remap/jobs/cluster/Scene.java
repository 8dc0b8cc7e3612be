package dev.remap.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.cli.Remap;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** One case of the chaos: a store as it was before a night, the night, and what must come of it. */
final class Scene implements Closeable {
  /** No disturbed night takes this long. */
  private static final Duration LIMIT = Duration.ofMinutes(4);

  final Chaos chaos;
  final Random random;
  final Path folder;
  final Place place;
  final int night;
  private final Map<String, String> properties = new TreeMap<>();
  private final Map<String, String> settings = new TreeMap<>();
  private final List<Closeable> closing = new ArrayList<>();
  private int runs;

  Scene(Chaos chaos, Random random, Path folder, Place place, int night) {
    this.chaos = chaos;
    this.random = random;
    this.folder = folder;
    this.place = place;
    this.night = night;
    settings.putAll(Chaos.SETTINGS);
    properties.putAll(place.properties());
  }

  String store() {
    return place.at(folder.getFileName() + "/store");
  }

  String catalogue() {
    return place.at("catalogue-" + night);
  }

  Scene with(String property, String value) {
    properties.put(property, value);
    return this;
  }

  Scene set(String key, String value) {
    settings.put(key, value);
    return this;
  }

  /** Keeps something for as long as the store is needed. */
  void closing(Closeable resource) {
    closing.add(resource);
  }

  /** Starts the night on the cluster, in a process of its own. */
  Child start() {
    return start(Map.of());
  }

  Child start(Map<String, String> environment) {
    List<String> command = new ArrayList<>(Java.command("600m"));
    command.add(chaos.archive("driver"));
    command.add(
        "-Dlog4j2.configurationFile=" + StandaloneCluster.HOME.resolve("conf/log4j2.properties"));
    Map<String, String> all = new TreeMap<>(chaos.properties());
    all.putAll(properties);
    all.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(List.of("-cp", Chaos.CLASS_PATH, "dev.remap.jobs.cli.Main"));
    command.addAll(line("reindex", settings, List.of("--catalogue", catalogue())));
    ProcessBuilder process = new ProcessBuilder(command);
    process.environment().keySet().removeIf(name -> name.startsWith("SPARK_"));
    process.environment().putAll(Chaos.ENVIRONMENT);
    process.environment().putAll(environment);
    return Child.start(process, folder.resolve("night-" + ++runs + ".log"));
  }

  /** Waits for a night to end; whether it ended well. */
  static boolean endsWell(Child night) {
    try (night) {
      return night.exit(LIMIT) == 0;
    }
  }

  private List<String> line(String command, Map<String, String> set, List<String> options) {
    List<String> line = new ArrayList<>(List.of(command, "--store", store()));
    set.forEach((key, value) -> line.addAll(List.of("--set", key + "=" + value)));
    line.addAll(options);
    return line;
  }

  /** A command in this JVM, undisturbed. */
  Remap.Ran undisturbed(String command, String... options) {
    return Remap.line(line(command, Chaos.SETTINGS, List.of(options)).toArray(String[]::new));
  }

  /** As {@link #undisturbed}, for one that must succeed; returns what it said. */
  String succeed(String command, String... options) {
    Remap.Ran ran = undisturbed(command, options);
    assertThat(ran.status()).as("remap %s %s: %s", command, List.of(options), ran).isZero();
    return ran.out();
  }

  /** One undisturbed night, and a look at all of the store. */
  void finish() throws IOException {
    succeed("reindex", "--catalogue", catalogue());
    if (!live().keys().equals(chaos.keys(night)) && Chaos.isS3(place)) {
      // A few images that could not be reached are no outage, and wait for a changed catalogue.
      assertThat(chaos.keys(night)).as("images").containsAll(live().keys());
      succeed("retry", "--catalogue", catalogue());
    }
    LiveIndex live = live();
    assertThat(live.keys()).as("images in the shards").isEqualTo(chaos.keys(night));
    assertThat(live.shards()).as("shards").isEqualTo(chaos.shards(night));
    assertThat(succeed("verify")).contains("all is well");
  }

  /** Already now, before the undisturbed night. */
  void assertNoImageIsLost() throws IOException {
    assertThat(live().keys()).as("images in the shards").isEqualTo(chaos.keys(night));
  }

  private LiveIndex live() throws IOException {
    return LiveIndex.read(store(), place.configuration(), folder.resolve("scratch"));
  }

  @Override
  public void close() throws IOException {
    for (Closeable resource : closing) {
      resource.close();
    }
  }
}
