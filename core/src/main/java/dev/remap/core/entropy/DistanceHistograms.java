package dev.remap.core.entropy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.Arrays;

/**
 * How far apart region vectors of matching and of non-matching pairs of images are: a histogram of
 * Euclidean distances for each kind of pairs, tap and region. Whole numbers, so that sums do not
 * depend on their order. Used by one thread.
 */
public final class DistanceHistograms implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int SCHEMA_VERSION = 1;
  private static final int MOST_COUNTERS = 1 << 26;

  /** Vectors at right angles are a hair more than √2 apart, as their lengths are rounded to 1. */
  private static final double ROUNDING = 1e-6;

  /** Whether two images show the same thing. */
  public enum Pairs {
    MATCHING,
    NON_MATCHING
  }

  private final int taps;
  private final int regions;
  private final int bins;
  private final double range;
  private final long[] counts;
  private final long[] beyond;
  private final long[] zeros;

  /**
   * Empty ones.
   *
   * @param bins of equal width, 2 or more
   * @param range the upper end of the last bin, the first begins at 0; distances of unit vectors
   *     without negative components are √2 at most, of others 2
   */
  public DistanceHistograms(int taps, int regions, int bins, double range) {
    long counters = 2L * taps * regions * bins;
    if (taps < 1 || regions < 1 || bins < 2 || counters > MOST_COUNTERS) {
      throw new IllegalArgumentException(
          "Histograms of %d taps, %d regions and %d bins: there must be a tap, a region and two bins, and at most %d counters"
              .formatted(taps, regions, bins, MOST_COUNTERS));
    }
    if (!(range > 0) || Double.isInfinite(range)) {
      throw new IllegalArgumentException("Histograms up to " + range + ": it must be above 0");
    }
    this.taps = taps;
    this.regions = regions;
    this.bins = bins;
    this.range = range;
    this.counts = new long[(int) counters];
    this.beyond = new long[2 * taps * regions];
    this.zeros = new long[2 * taps * regions];
  }

  public int taps() {
    return taps;
  }

  public int regions() {
    return regions;
  }

  public int bins() {
    return bins;
  }

  /** The upper end of the last bin. */
  public double range() {
    return range;
  }

  /**
   * Counts the distance between a pair's vectors of one region. What lies beyond the range goes to
   * the last bin.
   *
   * @throws IllegalArgumentException if it is no number, or negative
   */
  public void add(Pairs pairs, int tap, int region, double distance) {
    if (!(distance >= 0) || Double.isInfinite(distance)) {
      throw new IllegalArgumentException(
          "The distance of a pair in region %d of tap %d is %s: a feature map has values that are no numbers"
              .formatted(region, tap, distance));
    }
    int row = row(pairs, tap, region);
    int bin = (int) Math.min(bins - 1, Math.floor(distance / range * bins));
    counts[row * bins + bin]++;
    beyond[row] += distance > range * (1 + ROUNDING) ? 1 : 0;
    zeros[row] += distance == 0 ? 1 : 0;
  }

  /**
   * Adds the counts of another.
   *
   * @throws IllegalArgumentException if it is of another shape
   */
  public void merge(DistanceHistograms other) {
    if (taps != other.taps
        || regions != other.regions
        || bins != other.bins
        || range != other.range) {
      throw new IllegalArgumentException(
          "Histograms of %d taps, %d regions, %d bins up to %s do not add to those of %d, %d, %d up to %s"
              .formatted(
                  other.taps, other.regions, other.bins, other.range, taps, regions, bins, range));
    }
    add(counts, other.counts);
    add(beyond, other.beyond);
    add(zeros, other.zeros);
  }

  private static void add(long[] to, long[] more) {
    for (int i = 0; i < to.length; i++) {
      to[i] += more[i];
    }
  }

  /** The counts of one histogram, by bin. */
  public long[] counts(Pairs pairs, int tap, int region) {
    int from = row(pairs, tap, region) * bins;
    return Arrays.copyOfRange(counts, from, from + bins);
  }

  /** The number of pairs, which is the same for every tap and region. */
  public long pairs(Pairs pairs) {
    return Arrays.stream(counts(pairs, 0, 0)).sum();
  }

  /** Distances that were beyond the range, over all taps and regions. */
  public long beyond() {
    return Arrays.stream(beyond).sum();
  }

  /** Whether all images have the same vector in a region: it tells nothing apart. */
  public boolean isConstant(int tap, int region) {
    long all = pairs(Pairs.MATCHING) + pairs(Pairs.NON_MATCHING);
    return all > 0
        && zeros[row(Pairs.MATCHING, tap, region)] + zeros[row(Pairs.NON_MATCHING, tap, region)]
            == all;
  }

  private int row(Pairs pairs, int tap, int region) {
    if (tap < 0 || tap >= taps || region < 0 || region >= regions) {
      throw new IllegalArgumentException(
          "There is no region %d of tap %d: there are %d regions and %d taps"
              .formatted(region, tap, regions, taps));
    }
    int kind = pairs == Pairs.MATCHING ? 0 : 1;
    return (kind * taps + tap) * regions + region;
  }

  /**
   * As JSON: per tap and region (in canonical order) the counts by bin, how many of them lay beyond
   * the range and how many were exactly 0.
   */
  public String toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("schema-version", SCHEMA_VERSION).put("bins", bins).put("range", range);
    ArrayNode all = root.putArray("taps");
    for (int tap = 0; tap < taps; tap++) {
      ArrayNode ofTap = all.addArray();
      for (int region = 0; region < regions; region++) {
        ObjectNode node = ofTap.addObject();
        write(node.putObject("matching"), Pairs.MATCHING, tap, region);
        write(node.putObject("non-matching"), Pairs.NON_MATCHING, tap, region);
      }
    }
    return root + "\n";
  }

  private void write(ObjectNode node, Pairs pairs, int tap, int region) {
    int row = row(pairs, tap, region);
    ArrayNode array = node.put("beyond", beyond[row]).put("zero", zeros[row]).putArray("counts");
    for (long count : counts(pairs, tap, region)) {
      array.add(count);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DistanceHistograms that
        && taps == that.taps
        && regions == that.regions
        && bins == that.bins
        && range == that.range
        && Arrays.equals(counts, that.counts)
        && Arrays.equals(beyond, that.beyond)
        && Arrays.equals(zeros, that.zeros);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(counts);
  }
}
