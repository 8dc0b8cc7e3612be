package dev.remap.jobs.evaluate.truth;

import dev.remap.core.evaluation.PairMatching;
import dev.remap.core.whitening.Metric;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.truth.PairLists.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How near the images of pairs are, by their stored vectors, and how well a threshold on that tells
 * pairs that match from pairs that do not.
 *
 * @param rows of all pairs whose images are indexed
 * @param missing pairs that match, of which an image is not indexed: they are not found to match
 * @param leftOut pairs that do not match, of which an image is not indexed: they say nothing
 */
public record PairScores(List<Scored> rows, int missing, int leftOut) {
  /** Share of the pairs that do not match that may be taken for matching (MPEG CDVS). */
  private static final double MOST_FALSE = 0.01;

  private static final long SEED = 20150901;
  private static final String MATCHING = "matching";
  private static final String NON_MATCHING = "non-matching";

  /**
   * A row of a Parquet file.
   *
   * @param score higher for what is nearer: of vectors of length one their inner product
   */
  public record Scored(String one, String other, String pair, double score) {}

  /**
   * Scores pairs.
   *
   * @param vectors stored ones, by the names of their images
   * @throws InputException if a list has no pair of indexed images
   */
  public static PairScores of(PairLists lists, Map<String, float[]> vectors, Metric metric) {
    List<Scored> rows = new ArrayList<>();
    int missing = add(rows, lists.matching(), MATCHING, vectors, metric);
    int leftOut = add(rows, lists.nonMatching(), NON_MATCHING, vectors, metric);
    if (missing == lists.matching().size() || leftOut == lists.nonMatching().size()) {
      boolean isMatching = missing == lists.matching().size();
      Pair first = (isMatching ? lists.matching() : lists.nonMatching()).get(0);
      throw new InputException(
          "No %s pair has both its images in the index, such as %s and %s: is this its catalogue?",
          isMatching ? MATCHING : NON_MATCHING, first.one(), first.other());
    }
    return new PairScores(rows, missing, leftOut);
  }

  private static int add(
      List<Scored> rows,
      List<Pair> pairs,
      String kind,
      Map<String, float[]> vectors,
      Metric metric) {
    int missing = 0;
    for (Pair pair : pairs) {
      float[] one = vectors.get(pair.one());
      float[] other = vectors.get(pair.other());
      if (one == null || other == null) {
        missing++;
      } else {
        double score = metric.score(squared(one, other));
        rows.add(new Scored(pair.one(), pair.other(), kind, score));
      }
    }
    return missing;
  }

  private static float squared(float[] one, float[] other) {
    float sum = 0;
    for (int i = 0; i < one.length; i++) {
      float difference = one[i] - other[i];
      sum += difference * difference;
    }
    return sum;
  }

  private double[] scores(String kind, int more) {
    List<Double> scores = new ArrayList<>();
    rows.stream().filter(row -> row.pair.equals(kind)).forEach(row -> scores.add(row.score));
    for (int i = 0; i < more; i++) {
      scores.add(Double.NEGATIVE_INFINITY);
    }
    return scores.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** With a header. */
  public List<List<String>> table() {
    double[] matching = scores(MATCHING, missing);
    double[] nonMatching = scores(NON_MATCHING, 0);
    PairMatching found = PairMatching.of(MOST_FALSE, matching, nonMatching, SEED);
    return List.of(
        List.of("pairs", MATCHING, NON_MATCHING, "threshold", "FPR", "TPR", "95 % interval"),
        List.of(
            "stored vectors",
            String.format(Locale.ROOT, "%,d", matching.length),
            String.format(Locale.ROOT, "%,d", nonMatching.length),
            text(found.threshold()),
            text(found.falsePositives()),
            text(found.truePositives()),
            text(found.lower()) + " to " + text(found.upper())));
  }

  /** What the user should know of it. */
  public List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    int wrong = scores(NON_MATCHING, 0).length;
    if (wrong * MOST_FALSE < 1) {
      remarks.add(
          "%d non-matching pairs allow no false positive at an FPR of 1 %%: it takes 100"
              .formatted(wrong));
    }
    if (missing > 0) {
      remarks.add(
          "matching pairs with an image that is not indexed, which are not found to match: %,d"
              .formatted(missing));
    }
    if (leftOut > 0) {
      remarks.add(
          "non-matching pairs with an image that is not indexed, which are left out: %,d"
              .formatted(leftOut));
    }
    return remarks;
  }

  private static String text(double number) {
    return String.format(Locale.ROOT, "%.4f", number);
  }
}
