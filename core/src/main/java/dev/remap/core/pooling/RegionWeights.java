package dev.remap.core.pooling;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.json.StrictJson;
import dev.remap.core.region.RegionGrid;
import java.util.Arrays;
import java.util.List;

/**
 * The weight α of every region of every tap, in canonical order ({@link RegionGrid#canonical}).
 * They are not normalised: their size also weighs the taps against each other (REMAP, fig. 2f).
 *
 * @param schemaVersion {@link #SCHEMA_VERSION}
 * @param levels of the region grid
 * @param perTap one row per tap, the last layer first; rows of one length; finite and at least 0
 */
@SuppressWarnings("ArrayRecordComponent") // Copied in and out, and compared deeply.
public record RegionWeights(int schemaVersion, int levels, float[][] perTap) {
  public static final int SCHEMA_VERSION = 1;

  private static final String DOCUMENT = "Region weights";
  private static final int LONGEST = 1 << 24;

  /**
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public RegionWeights {
    check(schemaVersion == SCHEMA_VERSION, "schema-version is " + schemaVersion + ", must be 1");
    check(
        levels >= 1 && levels <= RegionGrid.MOST_LEVELS,
        "levels is " + levels + ", must be 1 to " + RegionGrid.MOST_LEVELS);
    check(perTap.length > 0 && perTap[0].length > 0, "there is no weight");
    perTap = copy(perTap);
    for (int tap = 0; tap < perTap.length; tap++) {
      check(
          perTap[tap].length == perTap[0].length,
          "tap " + tap + " has " + perTap[tap].length + " weights, the first " + perTap[0].length);
      for (float weight : perTap[tap]) {
        check(weight >= 0 && Float.isFinite(weight), "tap " + tap + " has the weight " + weight);
      }
    }
  }

  /** Weight 1 for every region of a 4:3 map: plain R-MAC sums. */
  public static RegionWeights ones(int taps, int levels) {
    return ones(taps, levels, RegionGrid.of(4 * levels, 3 * levels, levels).size());
  }

  /** Weight 1 for that many regions. */
  public static RegionWeights ones(int taps, int levels, int regions) {
    float[][] ones = new float[taps][regions];
    for (float[] row : ones) {
      Arrays.fill(row, 1);
    }
    return new RegionWeights(SCHEMA_VERSION, levels, ones);
  }

  /**
   * The weights that REMAP's authors print, see {@link PublishedWeights}: 40 regions at four
   * levels, the same for every tap.
   */
  public static RegionWeights published(int taps) {
    return PublishedWeights.of(taps);
  }

  /**
   * Each weight raised to a power: above 1 regions differ more, below 1 less, at 0 not at all.
   *
   * @throws IllegalArgumentException if a weight becomes infinite
   */
  public RegionWeights raised(double power) {
    float[][] raised = copy(perTap);
    for (float[] row : raised) {
      for (int i = 0; i < row.length; i++) {
        row[i] = power == 1 ? row[i] : (float) StrictMath.pow(row[i], power);
      }
    }
    return new RegionWeights(schemaVersion, levels, raised);
  }

  /** Whether no region counts, so that all descriptors are zeros. */
  public boolean areAllZero() {
    for (float[] row : perTap) {
      for (float weight : row) {
        if (weight > 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** A copy. */
  @Override
  public float[][] perTap() {
    return copy(perTap);
  }

  public int taps() {
    return perTap.length;
  }

  /** Number of regions. */
  public int regions() {
    return perTap[0].length;
  }

  /**
   * Reads weights.
   *
   * @throws IllegalArgumentException if the text is not JSON or lacks or mistypes a field
   */
  public static RegionWeights parse(String json) {
    return read(StrictJson.read(DOCUMENT, json, LONGEST));
  }

  static RegionWeights read(StrictJson node) {
    List<List<Float>> rows = node.rows("per-tap");
    float[][] perTap = new float[rows.size()][];
    for (int tap = 0; tap < perTap.length; tap++) {
      List<Float> row = rows.get(tap);
      perTap[tap] = new float[row.size()];
      for (int region = 0; region < row.size(); region++) {
        perTap[tap][region] = row.get(region);
      }
    }
    return new RegionWeights(node.integer("schema-version"), node.integer("levels"), perTap);
  }

  /** The weights as JSON; {@link #parse} gives equal weights back. */
  public String toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    write(node);
    return node.toPrettyString() + "\n";
  }

  void write(ObjectNode node) {
    node.put("schema-version", schemaVersion).put("levels", levels);
    ArrayNode taps = node.putArray("per-tap");
    for (float[] weights : perTap) {
      ArrayNode row = taps.addArray();
      for (float weight : weights) {
        row.add(weight);
      }
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RegionWeights that
        && levels == that.levels
        && Arrays.deepEquals(perTap, that.perTap);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(perTap);
  }

  @Override
  public String toString() {
    return "RegionWeights[levels=" + levels + ", perTap=" + Arrays.deepToString(perTap) + "]";
  }

  /** Not copied: for the aggregator beside. */
  float[] ofTap(int tap) {
    return perTap[tap];
  }

  private static float[][] copy(float[][] rows) {
    float[][] copy = new float[rows.length][];
    Arrays.setAll(copy, i -> rows[i].clone());
    return copy;
  }

  private static void check(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(DOCUMENT + ": " + problem);
    }
  }
}
