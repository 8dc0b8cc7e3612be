package dev.remap.jobs.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A file of the store that is not what it was: found, and made again by what verify names. */
final class BrokenObject {
  private static final Pattern COMMAND = Pattern.compile("remap ([a-z]+)((?: --[a-z]+ \\S+)*)");

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
    // Remade from what it was made from.
    scene.chaos.showNight(name.contains("/00000002") ? 2 : 1);
    try {
      for (String command : commands(repaired)) {
        run(scene, command);
      }
    } finally {
      scene.chaos.showNight(2);
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

  /** What is deleted without a trace: the last publication, the end of a run. */
  private static boolean isMissed(String name) {
    return !name.contains("/published/") && !name.endsWith("finished.json");
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

  /** The commands below the line that says that they are to be run. */
  private static List<String> commands(String said) {
    String list = said.contains("now run") ? said.substring(said.indexOf("now run")) : "";
    return COMMAND.matcher(list).results().map(found -> found.group()).toList();
  }

  private static void run(Scene scene, String command) {
    Matcher parts = COMMAND.matcher(command);
    if (!parts.matches()) {
      throw new IllegalStateException(command);
    }
    String options = parts.group(2).strip();
    List<String> words = options.isEmpty() ? List.of() : List.of(options.split(" ", -1));
    boolean first = parts.group(1).equals("snapshot");
    scene.succeed(
        parts.group(1),
        first ? new String[] {"--catalogue", scene.catalogue()} : words.toArray(String[]::new));
  }
}
