package dev.remap.index.quantizer;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kind of Faiss index that shards are: {@code [OPQm_d,]IVFn[_HNSWm],PQm[xb]np}.
 *
 * <p>{@code IVF4096,PQ16np}: 4096 inverted lists; codes of 16 numbers of 8 bits. {@code
 * OPQ32_128,IVF65536_HNSW32,PQ32x8np}: vectors are first rotated and reduced to 128 components; the
 * nearest of 65536 lists is found through an HNSW graph with 32 links a node.
 *
 * @param opqDimension components after OPQ, 0 for no OPQ
 * @param lists number of inverted lists
 * @param hnswLinks links per node of the graph over the centroids, 0 for an exact search
 * @param subquantizers numbers in a code; divides the dimension (after OPQ)
 * @param bits of each number, 4 to 8
 */
public record IndexSpec(int opqDimension, int lists, int hnswLinks, int subquantizers, int bits) {
  private static final Pattern GRAMMAR =
      Pattern.compile(
          "(?:OPQ(?<opq>\\d+)_(?<reduced>\\d+),)?IVF(?<lists>\\d+)(?:_HNSW(?<links>\\d+))?"
              + ",PQ(?<m>\\d+)(?:x(?<bits>\\d+))?np");
  private static final String FORM =
      "[OPQm_d,]IVFn[_HNSWm],PQm[xb]np, for example IVF4096,PQ16np or"
          + " OPQ32_128,IVF65536_HNSW32,PQ32np";
  private static final int MAX_LISTS = 1 << 24;
  static final int MAX_DIMENSION = 1 << 16;
  // Fits an int, and exceeds what any number may be.
  private static final int MOST_DIGITS = 9;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException saying which number is out of range
   */
  public IndexSpec {
    require(lists, 1, MAX_LISTS, "IVFn: lists");
    require(bits, 4, 8, "PQmxb: bits of each number");
    require(subquantizers, 1, MAX_DIMENSION, "PQm: numbers in a code");
    if (hnswLinks != 0) {
      require(hnswLinks, 4, 128, "_HNSWm: links of a node");
    }
    if (opqDimension != 0) {
      require(opqDimension, 1, MAX_DIMENSION, "OPQm_d: components");
      if (opqDimension % subquantizers != 0) {
        throw new IllegalArgumentException(
            "OPQ%d_%d: d = %d must be a multiple of m = %d"
                .formatted(subquantizers, opqDimension, opqDimension, subquantizers));
      }
    }
  }

  private static void require(int value, int from, int to, String what) {
    if (value < from || value > to) {
      throw new IllegalArgumentException(
          "%s must be in %d..%d, is %d".formatted(what, from, to, value));
    }
  }

  /**
   * Reads the notation above.
   *
   * @throws IllegalArgumentException saying what is wrong and what would be right
   */
  public static IndexSpec parse(String text) {
    Matcher parts = GRAMMAR.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "index spec '%s': %s. The form is %s".formatted(text, diagnosis(text), FORM));
    }
    try {
      int m = number(parts, "m", "PQm: numbers in a code", 1);
      checkOpq(parts, m);
      return new IndexSpec(
          number(parts, "reduced", "OPQm_d: components", 0),
          number(parts, "lists", "IVFn: lists", 1),
          number(parts, "links", "_HNSWm: links of a node", 0),
          m,
          number(parts, "bits", "PQmxb: bits of each number", 8));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("index spec '" + text + "': " + e.getMessage(), e);
    }
  }

  private static void checkOpq(Matcher parts, int m) {
    // A Faiss file doesn't keep OPQ's own m, and another one than PQ's would gain nothing.
    int opq = number(parts, "opq", "OPQm_d: numbers in a code", m);
    if (opq != m) {
      throw new IllegalArgumentException(
          "OPQ%s_… and PQ%d… must have the same m: write OPQ%d_…".formatted(opq, m, m));
    }
  }

  /** A part that is written means something: 0, which stands for a part that is not, is refused. */
  private static int number(Matcher parts, String group, String what, int otherwise) {
    String digits = parts.group(group);
    if (digits == null) {
      return otherwise;
    }
    if (digits.length() > MOST_DIGITS) {
      throw new IllegalArgumentException(what + " is too large: " + digits);
    }
    int number = Integer.parseInt(digits);
    if (number == 0) {
      throw new IllegalArgumentException(what + " is 0: leave the part out, or give a number");
    }
    return number;
  }

  private static String diagnosis(String text) {
    if (text.matches(".*PQ\\d+(x\\d+)?")) {
      return "'np' (no polysemous training) is missing at the end, which would triple the training"
          + " time for the same codes";
    }
    if (text.contains("fs")) {
      return "fast-scan codes (fs) are not supported";
    }
    if (!text.contains("IVF")) {
      return "there is no IVF part";
    }
    if (!text.contains("PQ")) {
      return "there is no PQ part: only product-quantized lists are supported";
    }
    if (text.matches(".*OPQ\\d+,.*")) {
      return "OPQ needs its output dimension, as in OPQ16_64";
    }
    return "it doesn't have the expected form";
  }

  /**
   * Whether vectors of that many components fit this index.
   *
   * @throws IllegalArgumentException if not
   */
  public void checkDimension(int dimension) {
    require(dimension, 1, MAX_DIMENSION, "dimension");
    if (opqDimension > dimension) {
      throw new IllegalArgumentException(
          "%s: OPQ can't raise %d components to %d".formatted(this, dimension, opqDimension));
    }
    if (opqDimension == 0 && dimension % subquantizers != 0) {
      throw new IllegalArgumentException(
          "%s: the dimension %d is not a multiple of m = %d"
              .formatted(this, dimension, subquantizers));
    }
  }

  /** Bytes of a code. */
  public int codeBytes() {
    return (subquantizers * bits + 7) / 8;
  }

  /** The fewest vectors that training works with: one per list, and one per code number. */
  public int minimumTrainingVectors() {
    return Math.max(lists, 1 << bits);
  }

  /**
   * How many vectors to sample for training where there are enough: 64 for a list (Faiss advises 30
   * to 256) and 256 for each code number.
   */
  public long trainingVectors() {
    return Math.max(64L * lists, 256L << bits);
  }

  /** Lists to visit for a query, to begin with: the root of their number, 8 to 128. */
  public int advisedProbes() {
    long root = Math.round(Math.sqrt(lists));
    return (int) Math.min(lists, Math.max(8, Math.min(128, root)));
  }

  /**
   * Chooses for a catalogue.
   *
   * @param vectors in the whole catalogue, at least 16
   * @param dimension components of a vector
   * @param memoryBytes that a shard may take
   * @throws IllegalArgumentException if there are too few vectors, or the memory is too small
   */
  public static Choice auto(long vectors, int dimension, long memoryBytes) {
    return new IndexPlanner(vectors, dimension, memoryBytes).choose();
  }

  /**
   * An automatic choice.
   *
   * @param shards how many to cut the catalogue into
   * @param nprobe lists to visit in each shard for a query, to begin with
   * @param reason the choice explained in a sentence or two, with numbers
   */
  public record Choice(IndexSpec spec, int shards, int nprobe, String reason) {}

  /** Canonical: what {@link #parse} reads, without {@code x8}. */
  @Override
  public String toString() {
    return (opqDimension == 0 ? "" : "OPQ%d_%d,".formatted(subquantizers, opqDimension))
        + "IVF"
        + lists
        + (hnswLinks == 0 ? "" : "_HNSW" + hnswLinks)
        + ",PQ"
        + subquantizers
        + (bits == 8 ? "" : "x" + bits)
        + "np";
  }
}
