package dev.remap.jobs.store.row;

/**
 * One image of a tuple that a training has mined.
 *
 * @param tuple from 0, in the order in which they are learnt
 * @param rank of a negative: 1 the hardest; of the others 0
 * @param group the first image of its group; empty if it has none
 */
public record MinedRow(int tuple, Role role, int rank, String imageId, String group)
    implements Row {
  /** What an image is in a tuple. */
  public enum Role {
    QUERY,
    POSITIVE,
    NEGATIVE
  }

  @Override
  public long key() {
    long place =
        switch (role) {
          case QUERY -> 0;
          case POSITIVE -> 1;
          case NEGATIVE -> 1L + rank;
        };
    return ((long) tuple << Integer.SIZE) + place;
  }
}
