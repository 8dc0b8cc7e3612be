package dev.remap.jobs.night;

import dev.remap.jobs.cli.Pictures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A table of image ids and versions, whose images are taken from a few pictures. The first letter
 * of a version says what it is: {@code c} a picture, {@code b} a file that is no image, {@code u} a
 * file that is not there, until all of those are found.
 */
final class ModelCatalogue {
  private static final int PICTURES = 24;

  /** Sixteen pictures are what a quantizer needs, and a quarter of rejects what the gate allows. */
  private static final int FEWEST = 20;

  private static final int MOST = 27;
  private static final int MOST_BAD = 4;
  private static final int MOST_LOST = 3;

  private final Path pool;
  private final Path folder;
  private final SortedMap<String, String> versions = new TreeMap<>();
  private final Map<String, List<String>> past = new TreeMap<>();
  private final List<Map<String, String>> tables = new ArrayList<>();
  private final SortedSet<String> absent = new TreeSet<>();
  private final SortedSet<String> found = new TreeSet<>();
  private int named;
  private int bad;

  /**
   * Twenty images.
   *
   * @param pool of pictures, shared by catalogues
   * @param folder for the table, and for files that are not there at first
   */
  ModelCatalogue(Path pool, Path folder) {
    this.pool = pool;
    this.folder = folder;
    while (versions.size() < FEWEST) {
      put(freshName(), picture(versions.size()));
    }
  }

  /** Draws the pictures. */
  static void draw(Path pool, long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < PICTURES; i++) {
      int longer = Pictures.LONG + 8 * random.nextInt(4);
      Pictures.write(pool.resolve(picture(i) + ".jpg"), random, longer, Pictures.SHORT);
    }
  }

  private static String picture(int number) {
    return "c%02d".formatted(Math.floorMod(number, PICTURES));
  }

  /** Every fourth one shares its key with its like. */
  private String freshName() {
    named++;
    return named % 4 == 0 ? "x" + named : "p" + named;
  }

  private void put(String id, String version) {
    versions.put(id, version);
    absent.remove(id);
    past.computeIfAbsent(id, ignored -> new ArrayList<>()).add(version);
  }

  private void remove(String id) {
    versions.remove(id);
    absent.add(id);
  }

  SortedMap<String, String> versions() {
    return versions;
  }

  /** Whether its file was not there, or is not yet. */
  static boolean couldBeLost(String version) {
    return version.startsWith("u");
  }

  boolean isLost(String version) {
    return couldBeLost(version) && !found.contains(version);
  }

  /** Whether there is an image of that version. */
  boolean isSound(String version) {
    return version.startsWith("c") || found.contains(version);
  }

  /** What is in a version's file, whatever its name. */
  static String content(String version) {
    return version.startsWith("u") ? picture(Integer.parseInt(version.substring(1))) : version;
  }

  private long count(String letter) {
    return versions.values().stream().filter(version -> version.startsWith(letter)).count();
  }

  /** Changes what is listed. What there is no room for does not happen. */
  void change(Step step) {
    if (step.verb() == Step.Verb.FIND) {
      versions.values().stream().filter(this::isLost).toList().forEach(this::find);
      return;
    }
    if (step.verb() == Step.Verb.RESTORE) {
      if (!tables.isEmpty()) {
        Map<String, String> again = tables.get(step.number(1) % tables.size());
        List.copyOf(versions.keySet()).forEach(this::remove);
        again.forEach(this::put);
      }
      return;
    }
    for (int i = 0; i < step.number(0); i++) {
      change(step.verb(), step.number(1) + 7 * i);
    }
  }

  private void change(Step.Verb verb, int pick) {
    List<String> ids = List.copyOf(versions.keySet());
    String id = ids.get(pick % ids.size());
    boolean isFull = ids.size() >= MOST;
    boolean isFew = ids.size() <= FEWEST;
    switch (verb) {
      case ADD -> {
        if (!isFull) {
          put(freshName(), picture(pick));
        }
      }
      case CHANGE -> put(id, picture(pick));
      case REMOVE -> {
        if (!isFew) {
          remove(id);
        }
      }
      case RENAME -> {
        String version = versions.get(id);
        String other = absent.isEmpty() || pick % 3 == 0 ? freshName() : absent.first();
        remove(id);
        put(other, version);
      }
      case REVERT -> {
        List<String> known = List.copyOf(past.keySet());
        String again = known.get(pick % known.size());
        List<String> earlier = past.get(again);
        String version = earlier.get(pick % earlier.size());
        if ((versions.containsKey(again) || !isFull) && hasRoomFor(version)) {
          put(again, version);
        }
      }
      case DAMAGE -> {
        if (hasRoomFor("b")) {
          put(id, "b" + ++bad);
        }
      }
      case LOSE -> {
        if (hasRoomFor("u")) {
          put(id, "u" + ++bad);
        }
      }
      default -> throw new IllegalArgumentException(verb.toString());
    }
  }

  private boolean hasRoomFor(String version) {
    long lost = count("u");
    return version.startsWith("c")
        || (lost + count("b") < MOST_BAD && (!version.startsWith("u") || lost < MOST_LOST));
  }

  private void find(String version) {
    found.add(version);
    try {
      Files.copy(pool.resolve(content(version) + ".jpg"), file(version));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(String version) {
    return (version.startsWith("c") ? pool : folder).resolve(version + ".jpg");
  }

  /** The table, as it is now, of what is listed. */
  Path table() {
    tables.add(Map.copyOf(versions));
    return table("catalogue", versions);
  }

  /** A table of some versions. */
  Path table(String name, Map<String, String> of) {
    List<String> lines = new ArrayList<>();
    try {
      for (Map.Entry<String, String> entry : of.entrySet()) {
        Path file = file(entry.getValue());
        if (entry.getValue().startsWith("b")) {
          Files.writeString(file, entry.getValue());
        }
        lines.add(
            "{\"image_id\":\"%s\",\"uri\":\"%s\",\"version\":\"%s\"}"
                .formatted(entry.getKey(), file.toUri(), entry.getValue()));
      }
      return Files.write(folder.resolve(name + ".jsonl"), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
