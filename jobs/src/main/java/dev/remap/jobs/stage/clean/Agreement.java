package dev.remap.jobs.stage.clean;

import java.io.Serializable;
import java.util.OptionalDouble;

/**
 * How often neighbours in a graph are of one group, by their score: what tells from which score on
 * two images match. Counts in bins of a hundredth, so that those of tasks are added up in any
 * order.
 */
final class Agreement implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final int BINS_OF_ONE = 100;
  private static final int BINS = 2 * BINS_OF_ONE + 1;

  /** So many of the neighbours, those with the best scores, are taken to match. */
  private static final double SURE = 0.1;

  private final long[] same = new long[BINS];
  private final long[] all = new long[BINS];

  /**
   * Counts a labelled image and a labelled neighbour.
   *
   * @param score by cosine, from −1 to 1
   */
  void add(float score, boolean isSameGroup) {
    int bin = (int) Math.floor((double) score * BINS_OF_ONE) + BINS_OF_ONE;
    int within = Math.max(0, Math.min(BINS - 1, bin));
    all[within]++;
    same[within] += isSameGroup ? 1 : 0;
  }

  /** Adds what another task has counted. */
  void add(Agreement counted) {
    for (int bin = 0; bin < BINS; bin++) {
      same[bin] += counted.same[bin];
      all[bin] += counted.all[bin];
    }
  }

  /**
   * The score from which on neighbours of one group match more often than not. Wrong labels are
   * among those that match, too: the best-scored tenth is taken to match, and its share of pairs of
   * one group is what images that match have, r; those that do not have the share of chance, c.
   * Where a share m matches, m r + (1 − m) c are of one group, and half of these match where m r =
   * (1 − m) c, that is where the share of pairs of one group is 2 r c / (r + c). The threshold is
   * where those above it exceed that share by the most; of several such the highest.
   *
   * @param chance share of pairs of labelled images that are of one group
   * @return nothing if the best-scored are no more often of one group than by chance
   */
  OptionalDouble threshold(double chance) {
    double sure = sure();
    if (sure <= chance) {
      return OptionalDouble.empty();
    }
    double share = 2 * sure * chance / (sure + chance);
    double best = 0;
    double sum = 0;
    int at = BINS;
    for (int bin = BINS - 1; bin >= 0; bin--) {
      sum += same[bin] - share * all[bin];
      if (sum > best) {
        best = sum;
        at = bin;
      }
    }
    return at == BINS
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) (at - BINS_OF_ONE) / BINS_OF_ONE);
  }

  /** The share of pairs of one group among the best-scored neighbours. */
  private double sure() {
    long wanted = 0;
    for (long neighbours : all) {
      wanted += neighbours;
    }
    long taken = 0;
    long agreeing = 0;
    for (int bin = BINS - 1; bin >= 0 && taken < SURE * wanted; bin--) {
      taken += all[bin];
      agreeing += same[bin];
    }
    return taken == 0 ? 0 : (double) agreeing / taken;
  }
}
