package dev.remap.jobs.stage.build;

import java.io.Serializable;

/**
 * Encoded vectors on their way to the shard that owns their lists.
 *
 * @param keys ascending
 * @param lists the list of each
 * @param codes of each, one after the other
 */
@SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
record EncodedBlock(long[] keys, int[] lists, byte[] codes) implements Serializable {

  /** By which blocks find their shard, which gets them in the order of their keys. */
  record Place(int list, long firstKey) implements Comparable<Place>, Serializable {
    @Override
    public int compareTo(Place other) {
      int byKey = Long.compare(firstKey, other.firstKey);
      return byKey != 0 ? byKey : Integer.compare(list, other.list);
    }
  }

  Place place() {
    return new Place(lists[0], keys[0]);
  }
}
