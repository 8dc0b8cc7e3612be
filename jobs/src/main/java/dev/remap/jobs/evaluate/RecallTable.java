package dev.remap.jobs.evaluate;

import dev.remap.core.evaluation.PairedBootstrap;
import dev.remap.core.evaluation.Protocol;
import dev.remap.core.evaluation.Protocol.Metric;
import dev.remap.jobs.evaluate.record.QueryScore;
import dev.remap.jobs.evaluate.record.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Recalls of the exactly nearest: a line for each and each way, with its 95 % interval by bootstrap
 * over the queries.
 *
 * @param setups in their order
 * @param ways in their order
 */
record RecallTable(List<String> setups, List<Way> ways, List<QueryScore> scores) {
  private static final long SEED = 20110101;

  /** Ties and rounding make less of a difference. */
  private static final double DOUBTED = 0.99;

  /** With a header. */
  List<List<String>> rows() {
    List<List<String>> table = new ArrayList<>();
    table.add(
        List.of(Protocol.ANN.label(), "queries", "search", "re-ranking", "mean", "95 % interval"));
    for (String setup : setups) {
      for (Metric metric : Protocol.ANN.metrics(setup)) {
        for (Way way : ways) {
          table.add(line(setup + metric.label(), metric, way, Recorded.some(scores, setup, way)));
        }
      }
    }
    return table;
  }

  private static List<String> line(String recall, Metric metric, Way way, List<QueryScore> some) {
    List<PairedBootstrap.Pair> pairs = new ArrayList<>();
    for (QueryScore one : some) {
      // What is lost of all there is to find.
      double found = metric.score(one.rankArray(), one.relevant());
      pairs.add(new PairedBootstrap.Pair(pairs.size(), 1, found));
    }
    PairedBootstrap.Drop lost = PairedBootstrap.of(pairs, SEED);
    return List.of(
        recall,
        String.format(Locale.ROOT, "%,d", some.size()),
        way.search(),
        way.shown(),
        text(lost.after()),
        text(1 - lost.upper()) + " to " + text(1 - lost.lower()));
  }

  private static String text(double share) {
    return String.format(Locale.ROOT, "%.4f", share);
  }

  /** Where exact search does not find what the truth has, the truth is of something else. */
  private List<String> doubts() {
    Metric amongTen = Protocol.ANN.metrics(Protocol.NEAREST_TEN).get(0);
    double found =
        Recorded.some(scores, Protocol.NEAREST, new Way(Way.EXACT, "")).stream()
            .mapToDouble(one -> amongTen.score(one.rankArray(), one.relevant()))
            .average()
            .orElse(1);
    return found > DOUBTED
        ? List.of()
        : List.of(
            "exact search has only %s of the truth's nearest among its first ten: is the truth of these vectors, and by this metric?"
                .formatted(text(found)));
  }

  /**
   * Where there is too little for what is asked.
   *
   * @param others images that a query can find at the most
   */
  List<String> remarks(long others) {
    List<String> remarks = new ArrayList<>(doubts());
    if (!setups.contains(Protocol.NEAREST_TEN)) {
      remarks.add(
          "10-recall@10 is left out: the truth has fewer than %d nearest of a query"
              .formatted(Protocol.MOST_NEAREST));
    }
    if (others < Protocol.ANN.depth()) {
      remarks.add(
          "1-recall@%d says little: rankings end at the %d images that there are"
              .formatted(Protocol.ANN.depth(), others));
    }
    return remarks;
  }
}
