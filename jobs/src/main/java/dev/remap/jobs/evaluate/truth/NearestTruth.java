package dev.remap.jobs.evaluate.truth;

import dev.remap.core.evaluation.Protocol;
import dev.remap.jobs.evaluate.truth.ProtocolTruth.Judged;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What queries should find whose exactly nearest images are known. */
public final class NearestTruth {
  private NearestTruth() {}

  /** The name of a query that is a row of a file; no image has it. */
  public static String query(String row) {
    return "#" + row;
  }

  /**
   * The nearest one is asked for, and where all have as many, the nearest ten.
   *
   * @param nearest of every query, by its name, the nearest first
   */
  public static ProtocolTruth of(Map<String, List<String>> nearest) {
    int fewest = nearest.values().stream().mapToInt(List::size).min().orElse(0);
    List<Judged> judged = new ArrayList<>();
    nearest.forEach((query, all) -> judged.add(judged(query, Protocol.NEAREST, all, 1)));
    if (fewest >= Protocol.MOST_NEAREST) {
      nearest.forEach(
          (query, all) ->
              judged.add(judged(query, Protocol.NEAREST_TEN, all, Protocol.MOST_NEAREST)));
    }
    return new ProtocolTruth(Protocol.ANN, judged, Set.of());
  }

  private static Judged judged(String query, String setup, List<String> all, int k) {
    return new Judged(query, setup, List.of(), new LinkedHashSet<>(all.subList(0, k)), Set.of());
  }
}
