package dev.remap.jobs.sample;

import dev.remap.core.entropy.DistanceHistograms.Pairs;
import dev.remap.jobs.catalogue.file.GivenPath;
import dev.remap.jobs.catalogue.table.CsvRows;
import dev.remap.jobs.catalogue.table.TableBytes;
import dev.remap.jobs.config.InputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A list of pairs of images (CSV, without a header): two image ids, and 1 for a matching pair or 0
 * for one that does not; without the third field, a pair matches.
 */
public final class PairList {
  private static final int MOST_PAIRS = 1_000_000;

  private final List<Pair> pairs = new ArrayList<>();
  private final Map<String, String> parents = new HashMap<>();

  private PairList() {}

  /** Two ids as they were named. */
  public record Pair(String first, String second, Pairs pairs) {}

  /** Reads the file that {@code --pairs} names. */
  public static PairList read(String given, Configuration hadoop) {
    PairList list = new PairList();
    long line = 0;
    try (TableBytes bytes = TableBytes.open(new Path(GivenPath.of(given)), hadoop)) {
      CsvRows rows = new CsvRows(bytes);
      for (List<String> row = rows.next(); row != null; row = rows.next()) {
        line = rows.line();
        list.add(row, given, line);
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

  private void add(List<String> row, String given, long line) {
    String third = row.size() == 3 ? row.get(2).strip() : "1";
    boolean known = row.size() == 2 || row.size() == 3;
    if (!known || !third.matches("[01]") || row.get(0).isEmpty() || row.get(1).isEmpty()) {
      throw new InputException(
          "--pairs %s, line %,d, is no pair: each row has two image ids, and 1 or 0 for whether"
              + " they match; there is no header",
          given, line);
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

  private String root(String id) {
    String at = id;
    for (String up = parents.computeIfAbsent(at, it -> it); !up.equals(at); up = parents.get(at)) {
      parents.put(at, parents.get(up));
      at = up;
    }
    return at;
  }

  /** In the order of the lines. */
  public List<Pair> pairs() {
    return pairs;
  }

  /** The group of every image that is named: images that matching pairs connect are of one. */
  public HashMap<String, String> groups() {
    HashMap<String, String> groups = new HashMap<>();
    List.copyOf(parents.keySet()).forEach(id -> groups.put(id, root(id)));
    return groups;
  }
}
