package dev.remap.jobs.sample;

import dev.remap.core.entropy.DistanceHistograms.Pairs;
import dev.remap.jobs.catalogue.file.GivenPath;
import dev.remap.jobs.catalogue.table.CsvRows;
import dev.remap.jobs.catalogue.table.TableBytes;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.store.Plain;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A list of pairs of images (CSV): two image ids, and 1 for a matching pair or 0 for one that does
 * not; without the third field, a pair matches. The first row may be a header, which names no image
 * and says neither 1 nor 0.
 */
public final class PairList {
  private static final int MOST_PAIRS = 1_000_000;

  private final String given;
  private final List<Pair> pairs = new ArrayList<>();
  private final Map<String, String> parents = new HashMap<>();
  private final List<String> first = new ArrayList<>();
  private long firstLine;

  private PairList(String given) {
    this.given = given;
  }

  /** Two ids as they were named. */
  public record Pair(String first, String second, Pairs pairs) {}

  /**
   * Pairs of images that are there.
   *
   * @param leftOut one line for each kind of row that is not looked at, with how many there are
   */
  public record Known(List<Pair> pairs, List<String> leftOut) {}

  /** Reads the file that {@code --pairs} names. */
  public static PairList read(String given, Configuration hadoop) {
    PairList list = new PairList(given);
    long line = 0;
    try (TableBytes bytes = TableBytes.open(new Path(GivenPath.of(given)), hadoop)) {
      CsvRows rows = new CsvRows(bytes);
      for (List<String> row = rows.next(); row != null; row = rows.next()) {
        line = rows.line();
        list.add(row, line);
      }
    } catch (IOException e) {
      throw new InputException(
          "--pairs %s cannot be read%s: %s",
          given, line == 0 ? "" : " after line " + line, e.getMessage());
    }
    if (list.pairs.stream().noneMatch(pair -> pair.pairs == Pairs.MATCHING)) {
      throw new InputException(
          "--pairs %s has no matching pair: give rows of two image ids and 1, or without a third"
              + " field",
          given);
    }
    return list;
  }

  private void add(List<String> row, long line) {
    boolean isFirst = first.isEmpty();
    if (isFirst) {
      first.addAll(row);
      firstLine = line;
    }
    String third = row.size() == 3 ? row.get(2).strip() : "1";
    boolean isNamed = row.size() == 2 || row.size() == 3;
    if (!isNamed || row.get(0).isEmpty() || row.get(1).isEmpty()) {
      throw noPair(line);
    }
    if (!third.matches("[01]")) {
      if (!isFirst) {
        throw noPair(line);
      }
      // A header, unless one of the two is an image.
      root(row.get(0));
      root(row.get(1));
      return;
    }
    if (row.get(0).equals(row.get(1))) {
      throw new InputException(
          "--pairs %s, line %,d, has the image %s twice: a pair has two images",
          given, line, row.get(0));
    }
    if (pairs.size() == MOST_PAIRS) {
      throw new InputException("--pairs %s has more than %,d pairs: give fewer", given, MOST_PAIRS);
    }
    Pairs kind = third.equals("1") ? Pairs.MATCHING : Pairs.NON_MATCHING;
    pairs.add(new Pair(row.get(0), row.get(1), kind));
    String one = root(row.get(0));
    String other = root(row.get(1));
    if (kind == Pairs.MATCHING && !one.equals(other)) {
      // The lower of the two, so that the order of lines does not matter.
      boolean lower = one.compareTo(other) < 0;
      parents.put(lower ? other : one, lower ? one : other);
    }
  }

  private InputException noPair(long line) {
    return new InputException(
        "--pairs %s, line %,d, is no pair: each row has two image ids, and 1 or 0 for whether they"
            + " match; the first one may be a header, which names no image",
        given, line);
  }

  /**
   * The pairs whose images are there.
   *
   * @param isThere whether there is an image of that id
   * @param lack what an image is that is not, such as {@code is not described}
   */
  public Known known(Predicate<String> isThere, String lack) {
    boolean namesNone = first.stream().limit(2).noneMatch(isThere);
    boolean saysWhether = first.size() == 3 && first.get(2).strip().matches("[01]");
    if (!namesNone && first.size() == 3 && !saysWhether) {
      throw noPair(firstLine);
    }
    List<String> leftOut = new ArrayList<>();
    boolean hasHeader = namesNone && !saysWhether;
    if (hasHeader) {
      leftOut.add(
          "line %d (%s), which names no image and is taken for a header"
              .formatted(firstLine, String.join(", ", first)));
    }
    List<Pair> there = new ArrayList<>();
    List<String> lost = new ArrayList<>();
    for (Pair pair : pairs.subList(hasHeader && first.size() == 2 ? 1 : 0, pairs.size())) {
      boolean hasFirst = isThere.test(pair.first);
      if (hasFirst && isThere.test(pair.second)) {
        there.add(pair);
      } else {
        lost.add(hasFirst ? pair.second : pair.first);
      }
    }
    if (!lost.isEmpty()) {
      leftOut.add(
          Plain.format(
              "%,d pairs with an image that %s, such as '%s'", lost.size(), lack, lost.get(0)));
    }
    return new Known(there, leftOut);
  }

  /**
   * The pairs of a list of which only what matching pairs connect counts; those that do not match
   * are left out with a line of their own.
   *
   * @param isThere whether there is an image of that id
   * @param lack what an image is that is not
   * @throws InputException if images that do not match are connected by pairs that do
   */
  public Known connecting(Predicate<String> isThere, String lack) {
    requireApart();
    Known known = known(isThere, lack);
    List<String> leftOut = new ArrayList<>(known.leftOut);
    long apart = known.pairs.stream().filter(pair -> pair.pairs == Pairs.NON_MATCHING).count();
    if (apart > 0) {
      leftOut.add(
          Plain.format(
              "%,d pairs that do not match: images of different groups do not, either", apart));
    }
    return new Known(known.pairs, leftOut);
  }

  private void requireApart() {
    List<Pair> both =
        pairs.stream()
            .filter(pair -> pair.pairs == Pairs.NON_MATCHING)
            .filter(pair -> root(pair.first).equals(root(pair.second)))
            .toList();
    if (!both.isEmpty()) {
      throw new InputException(
          "--pairs %s says that %s and %s do not match, and its matching pairs connect them, as they"
              + " do the images of %,d such pairs in all: correct the one or the other",
          given, both.get(0).first, both.get(0).second, both.size());
    }
  }

  private String root(String id) {
    String at = id;
    for (String up = parents.computeIfAbsent(at, it -> it); !up.equals(at); up = parents.get(at)) {
      parents.put(at, parents.get(up));
      at = up;
    }
    return at;
  }

  /** The group of every image that is named: images that matching pairs connect are of one. */
  public HashMap<String, String> groups() {
    HashMap<String, String> groups = new HashMap<>();
    List.copyOf(parents.keySet()).forEach(id -> groups.put(id, root(id)));
    return groups;
  }
}
