package dev.remap.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.cli.PrintedCommands;
import dev.remap.jobs.cli.Remap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A file of the store that is not what it was: found, and made again by what verify names. */
final class BrokenObject {
  private BrokenObject() {}

  /** How it is broken. */
  enum Damage {
    FLIP,
    TRUNCATE,
    DELETE
  }

  static Ended befall(Damage damage, Scene scene) throws IOException {
    Path store = scene.folder.resolve("store");
    Path file = any(scene, store, damage);
    spoil(scene, file, damage);
    String name = store.relativize(file).toString();
    Files.writeString(scene.folder.resolve("broken"), damage + " " + name + "\n");
    boolean well = Scene.endsWell(scene.start());
    String repaired = scene.undisturbed("verify", "--repair").out();
    Files.writeString(scene.folder.resolve("repaired"), repaired);
    for (String[] command : PrintedCommands.of(repaired)) {
      run(scene, command);
    }
    return new Ended(true, well);
  }

  /** Each kind of file has the same odds. */
  private static Path any(Scene scene, Path store, Damage damage) throws IOException {
    try (Stream<Path> files = Files.walk(store)) {
      Map<String, List<Path>> kinds =
          files
              .filter(Files::isRegularFile)
              .sorted()
              .filter(
                  file -> damage != Damage.DELETE || isMissed(store.relativize(file).toString()))
              .collect(
                  Collectors.groupingBy(
                      file -> kind(store.relativize(file).toString()),
                      TreeMap::new,
                      Collectors.toList()));
      List<List<Path>> groups = List.copyOf(kinds.values());
      List<Path> group = groups.get(scene.random.nextInt(groups.size()));
      return group.get(scene.random.nextInt(group.size()));
    }
  }

  private static String kind(String name) {
    return name.replaceAll("[0-9a-f]{8,}|[0-9]+|-", "");
  }

  /** What is deleted without a trace: the last publication, the end of a run or compaction. */
  private static boolean isMissed(String name) {
    return !name.contains("/published/")
        && !name.endsWith("finished.json")
        && !name.endsWith("-compacted/ledger.json");
  }

  private static void spoil(Scene scene, Path file, Damage damage) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int at = scene.random.nextInt(bytes.length);
    bytes[at] ^= (byte) (1 + scene.random.nextInt(255));
    switch (damage) {
      case FLIP -> Files.write(file, bytes);
      case TRUNCATE -> Files.write(file, Arrays.copyOf(bytes, at));
      case DELETE -> Files.delete(file);
    }
  }

  /** Runs a command that remakes something, on the catalogue that it was made from. */
  private static void run(Scene scene, String[] command) throws IOException {
    scene.chaos.showNight(
        Collections.indexOfSubList(List.of(command), List.of("--snapshot", "1")) < 0 ? 2 : 1);
    try {
      Remap.Ran ran = Remap.line(command);
      assertThat(ran.status()).as("%s: %s", List.of(command), ran).isZero();
    } finally {
      scene.chaos.showNight(2);
    }
  }
}
