package dev.remap.core.training;

import dev.remap.core.training.head.Vectors;

/**
 * One less the mean average precision of each image's ranking of the others in its batch, with
 * similarities dealt softly to {@value #BINS} bins of equal distance over [0, 1], the outer ones
 * taking what lies beyond (Revaud et al., "Learning with average precision", ICCV 2019, eq. 6–9).
 */
record AveragePrecisionLoss() implements RankingLoss {
  static final int BINS = 25;

  @Override
  public boolean takesTuples() {
    return false;
  }

  @Override
  public double add(Batch batch, double[][] units, double[][] gradient) {
    int queries = 0;
    for (int q = 0; q < units.length; q++) {
      queries += relevant(batch, q) > 0 ? 1 : 0;
    }
    double sum = 0;
    for (int q = 0; q < units.length; q++) {
      if (relevant(batch, q) > 0) {
        sum += 1 - new Ranking(batch, units, q).precision(gradient, 1.0 / queries);
      }
    }
    return sum / queries;
  }

  private static int relevant(Batch batch, int q) {
    int count = -1;
    for (int group : batch.groups()) {
      count += group == batch.groups()[q] ? 1 : 0;
    }
    return count;
  }

  /** One query's. */
  private static final class Ranking {
    private final Batch batch;
    private final double[][] units;
    private final int query;
    private final double[] similarity;

    /** Soft counts by bin, the most similar first. */
    private final double[] all = new double[BINS];

    private final double[] matching = new double[BINS];

    Ranking(Batch batch, double[][] units, int query) {
      this.batch = batch;
      this.units = units;
      this.query = query;
      this.similarity = new double[units.length];
      for (int i = 0; i < units.length; i++) {
        if (i != query) {
          similarity[i] = Vectors.dot(units[query], units[i]);
          count(i);
        }
      }
    }

    private boolean matches(int i) {
      return batch.groups()[i] == batch.groups()[query];
    }

    /** Where on the bins a similarity lies: 0 is the first, at similarity 1. */
    private double position(int i) {
      return Math.min(BINS - 1, Math.max(0, (1 - similarity[i]) * (BINS - 1)));
    }

    private static int bin(double position) {
      return (int) Math.min(BINS - 2, Math.floor(position));
    }

    private void count(int i) {
      int bin = bin(position(i));
      double beyond = position(i) - bin;
      all[bin] += 1 - beyond;
      all[bin + 1] += beyond;
      if (matches(i)) {
        matching[bin] += 1 - beyond;
        matching[bin + 1] += beyond;
      }
    }

    /** The average precision; its gradient is taken from {@code gradient}, times a factor. */
    double precision(double[][] gradient, double factor) {
      double relevant = 0;
      for (double count : matching) {
        relevant += count;
      }
      double[] byMatching = new double[BINS];
      double[] byAll = new double[BINS];
      double precision = differentiate(byMatching, byAll) / relevant;
      for (int i = 0; i < units.length; i++) {
        double position = (1 - similarity[i]) * (BINS - 1);
        if (i != query && position > 0 && position < BINS - 1) {
          int bin = bin(position);
          double by = byAll[bin + 1] - byAll[bin];
          by += matches(i) ? byMatching[bin + 1] - byMatching[bin] : 0;
          // The farther along the bins, the less similar; and the loss is 1 − AP.
          double bySimilarity = factor * by * (BINS - 1) / relevant;
          Vectors.add(gradient[query], 0, bySimilarity, units[i]);
          Vectors.add(gradient[i], 0, bySimilarity, units[query]);
        }
      }
      return precision;
    }

    /** Σ m_b·M_b/N_b, capitals being sums up to b, and its gradient by m and by n. */
    private double differentiate(double[] byMatching, double[] byAll) {
      double[] precision = new double[BINS];
      double[] upTo = new double[BINS];
      double matchingUpTo = 0;
      double allUpTo = 0;
      double sum = 0;
      for (int b = 0; b < BINS; b++) {
        matchingUpTo += matching[b];
        allUpTo += all[b];
        upTo[b] = allUpTo;
        precision[b] = allUpTo == 0 ? 0 : matchingUpTo / allUpTo;
        sum += matching[b] * precision[b];
      }
      double byLater = 0;
      double byLaterAll = 0;
      for (int b = BINS - 1; b >= 0; b--) {
        if (upTo[b] > 0) {
          byLater += matching[b] / upTo[b];
          byLaterAll -= matching[b] * precision[b] / upTo[b];
        }
        byMatching[b] = precision[b] + byLater;
        byAll[b] = byLaterAll;
      }
      return sum;
    }
  }
}
