package dev.remap.core.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How a public collection is scored: how deep rankings are looked at, and by what. Ranks begin at 0
 * and leave out junk, as those of {@link Relevance#ranks} do.
 */
public enum Protocol {
  /** Philbin et al., CVPR 2007. */
  OXFORD5K(Protocol.ALL, new AreaUnderCurve()),
  /** Philbin et al., CVPR 2008; scored as Oxford5k. */
  PARIS6K(Protocol.ALL, new AreaUnderCurve()),
  /** Radenović et al., CVPR 2018: three setups of one truth. */
  ROXFORD5K(
      Protocol.ALL,
      new AreaUnderCurve(),
      new MeanPrecision(1),
      new MeanPrecision(5),
      new MeanPrecision(10)),
  /** Radenović et al., CVPR 2018. */
  RPARIS6K(
      Protocol.ALL,
      new AreaUnderCurve(),
      new MeanPrecision(1),
      new MeanPrecision(5),
      new MeanPrecision(10)),
  /** Jégou et al., ECCV 2008: the query, which is in the collection, is ignored. */
  HOLIDAYS(Protocol.ALL, new AreaUnderCurve()),
  /** Nistér and Stewénius, CVPR 2006: the query is one of the four that should come first. */
  UKBENCH(4, new AmongFirst(4)),
  /** MPEG CDVS's reference software. */
  CDVS(500, new PrecisionSum(500, Integer.MAX_VALUE), new AmongFirst(1)),
  /** Google Landmarks v2, retrieval; Weyand et al., CVPR 2020. */
  GLDV2(100, new PrecisionSum(100, 100)),
  /** Kordopatis-Zilos et al., CVPR 2025: image queries, which are not in the collection. */
  ILIAS(1000, new PrecisionSum(1000, 1000)),
  /**
   * How much of the exactly nearest an approximate search returns, as benchmarks of these say it
   * (Jégou et al., PAMI 2011: recall@R; Simhadri et al., NeurIPS 2021: k-recall@k). The setups are
   * {@link #NEAREST} and {@link #NEAREST_TEN}.
   */
  ANN(100, new Recall(1), new Recall(10), new Recall(100));

  /** The nearest one should be found. */
  public static final String NEAREST = "1-recall";

  /** The ten nearest should be found, among the first ten. */
  public static final String NEAREST_TEN = "10-recall";

  /** As many of the nearest are asked for at the most. */
  public static final int MOST_NEAREST = 10;

  /** Rankings are looked at to their end. */
  public static final int ALL = Integer.MAX_VALUE;

  private final int depth;

  @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable list of records
  private final List<Metric> metrics;

  Protocol(int depth, Metric... metrics) {
    this.depth = depth;
    this.metrics = List.of(metrics);
  }

  /** The score of one query. */
  public interface Metric {
    /** For the head of a column; the mean over queries has this name. */
    String label();

    /**
     * From the ranks of the relevant items that were retrieved.
     *
     * @param ranks rising, from 0
     * @param relevant how many there are, retrieved or not; at least 1
     */
    double score(int[] ranks, int relevant);
  }

  /** As {@link AveragePrecision#trapezoidal}. */
  private record AreaUnderCurve() implements Metric {
    @Override
    public String label() {
      return "mAP";
    }

    @Override
    public double score(int[] ranks, int relevant) {
      return AveragePrecision.trapezoidal(ranks, relevant);
    }
  }

  /**
   * As {@link AveragePrecision#finiteSum}, of the first so many results.
   *
   * @param most relevant items that are asked for
   */
  private record PrecisionSum(int depth, int most) implements Metric {
    @Override
    public String label() {
      return "mAP@" + depth;
    }

    @Override
    public double score(int[] ranks, int relevant) {
      int[] first = Arrays.stream(ranks).filter(rank -> rank < depth).toArray();
      return AveragePrecision.finiteSum(first, Math.min(relevant, most));
    }
  }

  /**
   * The share of relevant ones among the first k, k being no more than the position of the last
   * relevant one (Radenović et al., CVPR 2018).
   */
  private record MeanPrecision(int k) implements Metric {
    @Override
    public String label() {
      return "mP@" + k;
    }

    @Override
    public double score(int[] ranks, int relevant) {
      if (ranks.length == 0) {
        return 0;
      }
      // What was not retrieved comes somewhere behind.
      int last = ranks.length < relevant ? Integer.MAX_VALUE : ranks[ranks.length - 1] + 1;
      int depth = Math.min(k, last);
      return (double) Arrays.stream(ranks).filter(rank -> rank < depth).count() / depth;
    }
  }

  /** How many relevant ones are among the first k: of one, the share of top matches. */
  private record AmongFirst(int k) implements Metric {
    @Override
    public String label() {
      return k == 1 ? "top match" : "N-S";
    }

    @Override
    public double score(int[] ranks, int relevant) {
      return Arrays.stream(ranks).filter(rank -> rank < k).count();
    }
  }

  /** The share of the relevant ones that are among the first so many. */
  private record Recall(int depth) implements Metric {
    @Override
    public String label() {
      return "@" + depth;
    }

    @Override
    public double score(int[] ranks, int relevant) {
      return (double) Arrays.stream(ranks).filter(rank -> rank < depth).count() / relevant;
    }
  }

  /** What the command line calls it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All names, for messages. */
  public static String labels() {
    return Arrays.stream(values()).map(Protocol::label).collect(Collectors.joining(", "));
  }

  /**
   * The one of that name.
   *
   * @throws IllegalArgumentException if there is none, naming those that are
   */
  public static Protocol of(String label) {
    return Arrays.stream(values())
        .filter(protocol -> protocol.label().equals(label.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no protocol '%s': there are %s".formatted(label, labels())));
  }

  /** How many results count; {@link #ALL} if all do. */
  public int depth() {
    return depth;
  }

  /** The scores of a query, the most important first. */
  public List<Metric> metrics() {
    return metrics;
  }

  /** Those of a setup, the most important first. */
  public List<Metric> metrics(String setup) {
    return setup.equals(NEAREST_TEN)
        ? metrics.stream().filter(metric -> metric.equals(new Recall(MOST_NEAREST))).toList()
        : metrics;
  }

  /** Whether queries that are in the collection are taken out of every ranking. */
  public boolean ignoresQueries() {
    return this == ROXFORD5K || this == RPARIS6K || this == ILIAS;
  }

  /** Whether a query that is in the collection is taken out of its own ranking. */
  public boolean ignoresItself() {
    return ignoresQueries() || this == HOLIDAYS || this == CDVS || this == GLDV2 || this == ANN;
  }
}
