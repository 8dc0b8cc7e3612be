package dev.remap.jobs.spark;

import dev.remap.jobs.store.layer.Unit;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import org.apache.spark.Partitioner;

/** A partition for each unit, with the rows whose keys are in its range. */
public final class ByUnit<K> extends Partitioner {
  private static final long serialVersionUID = 1;

  private final long[] last;
  private final KeyOf<K> keyOf;

  /** What tells the image's key of what Spark sorts by. */
  public interface KeyOf<K> extends ToLongFunction<K>, Serializable {}

  /**
   * @param units whose ranges follow one another and cover all keys
   */
  public ByUnit(List<Unit> units, KeyOf<K> keyOf) {
    this.last = units.stream().mapToLong(unit -> unit.range().to()).toArray();
    this.keyOf = keyOf;
  }

  /**
   * The unit whose range has a key.
   *
   * @param last of each unit the last key
   */
  public static int unitOf(long[] last, long key) {
    int found = Arrays.binarySearch(last, key);
    return found >= 0 ? found : -found - 1;
  }

  @Override
  public int numPartitions() {
    return last.length;
  }

  @Override
  @SuppressWarnings("unchecked") // whoever partitions by it has such keys
  public int getPartition(Object key) {
    return unitOf(last, keyOf.applyAsLong((K) key));
  }
}
