package dev.remap.jobs.evaluate.truth;

import dev.remap.core.evaluation.Protocol;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.truth.ProtocolTruth.Judged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The truth of ILIAS as it is published: {@code image_query_ids.txt} and {@code positive_ids.txt},
 * an image on each line, as {@code object/query/image.jpg}, before the first comma. An image query
 * should find all positives of its object. Text queries are not asked.
 */
final class IliasIds {
  private static final String FOLDER = "image_ids";
  private static final String QUERIES = "image_query_ids.txt";
  private static final String POSITIVES = "positive_ids.txt";

  private IliasIds() {}

  /** Both lists, of which the folder has more. */
  static List<Path> files(Path path) {
    Path inside = path.resolve(FOLDER);
    Path folder = Files.isDirectory(inside) ? inside : path;
    List<Path> files = new ArrayList<>();
    for (String name : List.of(QUERIES, POSITIVES)) {
      if (!Files.isRegularFile(folder.resolve(name))) {
        throw new InputException(
            "%s has no %s: the truth of ilias is the folder image_ids of the collection, with %s and"
                + " %s",
            path, name, QUERIES, POSITIVES);
      }
      files.add(folder.resolve(name));
    }
    return files;
  }

  /**
   * Reads both.
   *
   * @param path the folder of both, or of the collection, which has it as {@code image_ids}
   */
  static ProtocolTruth read(Path path) throws IOException {
    List<Path> files = files(path);
    Map<String, Set<String>> positives = byObject(files.get(1));
    List<Judged> judged = new ArrayList<>();
    Set<String> ignored = new LinkedHashSet<>();
    byObject(files.get(0))
        .forEach(
            (object, queries) -> {
              Set<String> relevant = positives.getOrDefault(object, Set.of());
              for (String query : queries) {
                ignored.add(query);
                judged.add(new Judged(query, "", List.of(), relevant, Set.of()));
              }
            });
    for (Set<String> some : positives.values()) {
      for (String image : some) {
        if (ignored.contains(image)) {
          throw new InputException(
              "%s has %s both in %s and in %s", path, image, QUERIES, POSITIVES);
        }
      }
    }
    return new ProtocolTruth(Protocol.ILIAS, judged, ignored);
  }

  /** The images of a list, without folders and endings, by their objects. */
  private static Map<String, Set<String>> byObject(Path path) throws IOException {
    Map<String, Set<String>> byObject = new TreeMap<>();
    Set<String> all = new LinkedHashSet<>();
    for (String line : TruthFiles.lines(path)) {
      String id = line.split(",", 2)[0].strip();
      int slash = id.indexOf('/');
      if (slash < 1) {
        throw new InputException(
            "%s has a line that does not begin with object/…/image: %s", path, line.strip());
      }
      String image = ProtocolTruth.stem(id);
      if (!all.add(image)) {
        throw new InputException("%s names %s more than once", path, image);
      }
      byObject.computeIfAbsent(id.substring(0, slash), key -> new LinkedHashSet<>()).add(image);
    }
    if (all.isEmpty()) {
      throw new InputException("%s names no image", path);
    }
    return byObject;
  }
}
