package dev.remap.index.quantizer;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Chooses code size, lists and shards together, after the Faiss guidelines ("Guidelines to choose
 * an index"): 4√N lists below a million vectors, then 2¹⁶, and 2¹⁸ from ten million on. Every shard
 * carries all centroids, so these are held to 15 % of a shard, and a list to 32 entries in the
 * mean.
 *
 * <p>Where the guidelines put an HNSW graph over the centroids (from 2¹⁶ on), this doesn't: up to
 * 2¹⁸ our exact kernel finds the nearest centroid about as fast as a graph finds a near one, and on
 * tightly clustered data a graph missed it for a fifth of the vectors. Beyond that each vector
 * would cost four times as much to train on and to add, so this stays there. Specs with more lists,
 * or a graph, can be given by hand.
 */
final class IndexPlanner {
  static final double COARSE_SHARE = 0.15;
  static final int MEAN_LIST = 32;
  private static final int KEY_BYTES = 8;
  // A builder chains the entries of a list.
  private static final int CHAIN_BYTES = 4;
  private static final int MAX_CODE_NUMBERS = 64;
  // So many vectors have room for codes as long as their dimension asks for.
  private static final int SMALL = 1 << 16;
  private static final int MAX_SUB_DIMENSION = 16;
  // Beyond this many shards, d/8 instead of d/4 bytes a code.
  private static final int MANY_SHARDS = 16;
  private static final int MAX_SHARDS = 1 << 20;
  private static final long MAX_SHARD_ENTRIES = 1L << 31;

  private final long vectors;
  private final int dimension;
  private final long memory;
  private final int bits;
  // After OPQ, or the dimension itself.
  private final int reduced;
  private final boolean opq;

  IndexPlanner(long vectors, int dimension, long memory) {
    if (vectors < 16) {
      throw new IllegalArgumentException(
          "an index needs at least 16 vectors to train its codes, the catalogue has " + vectors);
    }
    if (dimension < 1 || dimension > IndexSpec.MAX_DIMENSION) {
      throw new IllegalArgumentException(
          "dimension must be in 1..%d, is %d".formatted(IndexSpec.MAX_DIMENSION, dimension));
    }
    this.vectors = vectors;
    this.dimension = dimension;
    this.memory = memory;
    this.bits = Math.min(8, 63 - Long.numberOfLeadingZeros(vectors));
    this.opq = codeSizes(dimension).isEmpty();
    // 64 numbers of four components each, as the guidelines prefer; or a multiple of eight for
    // dimensions that nothing divides.
    this.reduced = opq ? Math.min(4 * MAX_CODE_NUMBERS, dimension / 8 * 8) : dimension;
  }

  /** A layout of one shard, with the size of its file. */
  private record Shard(long entries, int lists, int subquantizers, long bytes, long coarseBytes) {
    long buildBytes() {
      // The kernels keep the centroids in an order of their own, and in bf16.
      return bytes + coarseBytes + coarseBytes / 2 + entries * CHAIN_BYTES;
    }
  }

  IndexSpec.Choice choose() {
    List<Integer> sizes = codeSizes(reduced);
    int most = sizes.get(0);
    int quarter = atMost(sizes, reduced / 4);
    for (int size : sizes) {
      if (size >= quarter && fits(shard(1, size))) {
        String why = size == most ? "the largest useful" : "the largest that fit one shard";
        return choice(1, shard(1, size), why);
      }
    }
    int shards = shardsFor(quarter);
    if (shards <= MANY_SHARDS) {
      return choice(shards, shard(shards, quarter), "a quarter of the components");
    }
    int eighth = atMost(sizes, reduced / 8);
    shards = shardsFor(eighth);
    return choice(shards, shard(shards, eighth), "an eighth of the components, for few shards");
  }

  /**
   * Numbers in a code that divide d into parts of at most 16 components, largest first: up to 64,
   * and in a small catalogue up to one for four components. With 64 numbers for 1,024 components
   * the mAP of the demonstration's pairs was 0.67, with 256 0.75, and 0.77 without any codes.
   */
  private List<Integer> codeSizes(int d) {
    int most = vectors <= SMALL ? Math.max(MAX_CODE_NUMBERS, d / 4) : MAX_CODE_NUMBERS;
    return IntStream.rangeClosed(1, Math.min(most, d))
        .filter(m -> d % m == 0 && d / m <= MAX_SUB_DIMENSION)
        .boxed()
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  private static int atMost(List<Integer> sizes, int limit) {
    return sizes.stream().filter(m -> m <= limit).findFirst().orElse(sizes.get(sizes.size() - 1));
  }

  private boolean fits(Shard shard) {
    return shard.buildBytes() <= memory && shard.entries <= MAX_SHARD_ENTRIES;
  }

  private int shardsFor(int subquantizers) {
    long entryBytes = vectors * (codeBytes(subquantizers) + KEY_BYTES + CHAIN_BYTES);
    long available = memory - modelBytes() - 5 * coarseBytes() / 2;
    long fewest = Math.max(entryBytes / Math.max(1, available), vectors / MAX_SHARD_ENTRIES);
    if (available <= 0 || fewest > MAX_SHARDS) {
      throw tooLittleMemory();
    }
    // Centroids take a part, so it may be some more.
    int shards = (int) Math.max(1, fewest);
    while (!fits(shard(shards, subquantizers))) {
      if (++shards > Math.min(MAX_SHARDS, vectors)) {
        throw tooLittleMemory();
      }
    }
    return shards;
  }

  private IllegalArgumentException tooLittleMemory() {
    return new IllegalArgumentException(
        "%,d bytes for a shard are too few for %,d vectors of %d components: the codebook alone takes %,d"
            .formatted(memory, vectors, dimension, modelBytes()));
  }

  private Shard shard(long shards, int subquantizers) {
    long entries = (vectors + shards - 1) / shards;
    long entryBytes = entries * (codeBytes(subquantizers) + KEY_BYTES) + modelBytes();
    int lists = lists(entries, entryBytes);
    long coarse = lists * coarseBytes();
    return new Shard(entries, lists, subquantizers, entryBytes + coarse, coarse);
  }

  private int lists(long entries, long entryBytes) {
    long inShare = (long) (COARSE_SHARE / (1 - COARSE_SHARE) * entryBytes) / coarseBytes();
    long lists = LongStream.of(guideline(entries), entries / MEAN_LIST, inShare).min().getAsLong();
    return Math.toIntExact(Math.max(1, tidy(lists)));
  }

  private static long guideline(long entries) {
    if (entries < 1_000_000) {
      return Math.round(4 * Math.sqrt((double) entries));
    }
    return entries < 10_000_000 ? 1 << 16 : 1 << 18;
  }

  private static long tidy(long lists) {
    return lists < 1024 ? lists : Long.highestOneBit(lists);
  }

  private int codeBytes(int subquantizers) {
    return (subquantizers * bits + 7) / 8;
  }

  /** Per list: the centroid and the size of the list. */
  private long coarseBytes() {
    return 4L * reduced + 8;
  }

  /** Codebook and OPQ matrix. */
  private long modelBytes() {
    return ((4L * reduced) << bits) + (opq ? 4L * reduced * dimension : 0);
  }

  private IndexSpec.Choice choice(int shards, Shard shard, String whyCode) {
    IndexSpec spec = new IndexSpec(opq ? reduced : 0, shard.lists, 0, shard.subquantizers, bits);
    int nprobe = spec.advisedProbes();
    String reason =
        String.format(
            Locale.ROOT,
            "%,d vectors of %d components: codes of %d bytes (%s)%s; %d shard(s) of %,d entries,"
                + " each a file of %.1f MB that takes %.1f of the allowed %.1f MB to build; %d"
                + " lists of %.0f entries in the mean, their centroids are %.1f %% of a shard;"
                + " nprobe %d to begin with",
            vectors,
            dimension,
            spec.codeBytes(),
            whyCode,
            bits < 8 ? " of " + bits + " bits a number, for want of training vectors" : "",
            shards,
            shard.entries,
            shard.bytes / 1e6,
            shard.buildBytes() / 1e6,
            memory / 1e6,
            shard.lists,
            (double) shard.entries / shard.lists,
            100.0 * shard.coarseBytes / shard.bytes,
            nprobe);
    return new IndexSpec.Choice(spec, shards, nprobe, reason);
  }
}
