package dev.remap.jobs.stage.build;

import dev.remap.index.quantizer.Codes;
import dev.remap.index.quantizer.Quantizer;
import dev.remap.jobs.spark.ByUnit;
import dev.remap.jobs.store.LookAhead;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.VectorRow;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.function.LongConsumer;

/**
 * Encodes the vectors of a range of keys and gives them out in blocks for one shard each. Holds a
 * block of each shard: together 2¹⁸ entries, or 64 for each of more than 4,096 shards.
 */
final class EncodedRange extends LookAhead<EncodedBlock> {
  private static final int BATCH = 4096;
  private static final int ENTRIES = 1 << 18;
  private static final int FEWEST = 64;

  private final TableReader<VectorRow> rows;
  private final Quantizer quantizer;
  private final long[] last;
  private final LongConsumer done;
  private final Filling[] filling;
  private final Queue<EncodedBlock> ready = new ArrayDeque<>();

  /**
   * @param rows whose deletes are passed over
   * @param last of each shard the last list
   * @param wanted whether each shard is built
   * @param done is told how many more vectors are encoded
   */
  EncodedRange(
      TableReader<VectorRow> rows,
      Quantizer quantizer,
      long[] last,
      boolean[] wanted,
      LongConsumer done) {
    this.rows = rows;
    this.quantizer = quantizer;
    this.last = last;
    this.done = done;
    this.filling = new Filling[last.length];
    int size = Math.max(FEWEST, Math.min(BATCH, ENTRIES / last.length));
    Arrays.setAll(
        filling, shard -> wanted[shard] ? new Filling(size, quantizer.spec().codeBytes()) : null);
  }

  @Override
  protected EncodedBlock find() {
    while (ready.isEmpty() && rows.hasNext()) {
      encodeSome();
      if (!rows.hasNext()) {
        Arrays.stream(filling).filter(one -> one != null && one.size > 0).forEach(this::give);
      }
    }
    return ready.poll();
  }

  private void encodeSome() {
    int dimension = quantizer.dimension();
    long[] keys = new long[BATCH];
    float[] values = new float[BATCH * dimension];
    int n = 0;
    while (n < BATCH && rows.hasNext()) {
      VectorRow row = rows.next();
      if (row.change() == Change.PUT) {
        keys[n] = row.key();
        System.arraycopy(row.vector(), 0, values, n * dimension, dimension);
        n++;
      }
    }
    Codes codes = quantizer.encode(values, n);
    for (int i = 0; i < n; i++) {
      Filling of = filling[ByUnit.unitOf(last, codes.lists()[i])];
      if (of != null && of.add(keys[i], codes, i)) {
        give(of);
      }
    }
    done.accept(n);
  }

  private void give(Filling full) {
    ready.add(full.take());
  }

  /** The entries of one shard that are not given out yet. */
  private static final class Filling {
    private final long[] keys;
    private final int[] lists;
    private final byte[] codes;
    private final int codeBytes;
    private int size;

    Filling(int most, int codeBytes) {
      this.keys = new long[most];
      this.lists = new int[most];
      this.codes = new byte[most * codeBytes];
      this.codeBytes = codeBytes;
    }

    /** Returns whether there is room for no more. */
    boolean add(long key, Codes from, int position) {
      keys[size] = key;
      lists[size] = from.lists()[position];
      System.arraycopy(from.codes(), position * codeBytes, codes, size * codeBytes, codeBytes);
      size++;
      return size == keys.length;
    }

    EncodedBlock take() {
      EncodedBlock block =
          new EncodedBlock(
              Arrays.copyOf(keys, size),
              Arrays.copyOf(lists, size),
              Arrays.copyOf(codes, size * codeBytes));
      size = 0;
      return block;
    }
  }
}
