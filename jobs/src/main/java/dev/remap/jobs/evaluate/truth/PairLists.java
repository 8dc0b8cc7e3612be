package dev.remap.jobs.evaluate.truth;

import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Pairs of images, as MPEG CDVS lists them: two names on each line, between tabs, commas or
 * semicolons, in lower case, as this protocol compares them.
 *
 * @param matching pairs that show the same
 * @param nonMatching pairs that do not
 */
public record PairLists(List<Pair> matching, List<Pair> nonMatching) {
  /** Two images, by their names. */
  public record Pair(String one, String other) {}

  /** Reads both lists. */
  public static PairLists read(Path matching, Path nonMatching) {
    PairLists lists =
        new PairLists(read(matching, "--matching"), read(nonMatching, "--non-matching"));
    Set<Pair> both = new LinkedHashSet<>(lists.matching);
    for (Pair pair : lists.nonMatching) {
      if (both.contains(pair)
          || both.contains(new Pair(/* one= */ pair.other, /* other= */ pair.one))) {
        throw new InputException(
            "%s and %s are a pair of %s and of %s: they match, or they do not",
            pair.one, pair.other, matching, nonMatching);
      }
    }
    return lists;
  }

  private static List<Pair> read(Path path, String option) {
    Set<Pair> pairs = new LinkedHashSet<>();
    try {
      for (String line : TruthFiles.lines(path)) {
        List<String> parts = TruthFiles.parts(line);
        if (parts.size() != 2) {
          throw new InputException(
              "%s has a line that is not two images: %s (%s)", path, line.strip(), option);
        }
        if (!pairs.add(new Pair(parts.get(0), parts.get(1)))) {
          throw new InputException(
              "%s has the pair %s and %s more than once (%s)",
              path, parts.get(0), parts.get(1), option);
        }
      }
    } catch (IOException e) {
      throw new InputException(
          "%s cannot be read: %s (%s)", path, InputException.reason(e), option);
    }
    if (pairs.isEmpty()) {
      throw new InputException("%s has no pair of images (%s)", path, option);
    }
    return List.copyOf(pairs);
  }

  /** All images. */
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    for (List<Pair> list : List.of(matching, nonMatching)) {
      list.forEach(
          pair -> {
            names.add(pair.one);
            names.add(pair.other);
          });
    }
    return names;
  }
}
