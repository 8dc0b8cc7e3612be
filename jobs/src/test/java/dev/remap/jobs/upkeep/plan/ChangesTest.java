package dev.remap.jobs.upkeep.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.stage.snapshot.Difference;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.RejectRow;
import dev.remap.jobs.store.row.SnapshotRow;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Random listings, snapshots and rejects, compared with what maps say. */
class ChangesTest {
  private static final int IMAGES = 40;
  private static final OptionalLong WHOLE = OptionalLong.empty();

  private final TreeMap<Long, ListedImage> listed = new TreeMap<>();
  private final TreeMap<Long, SnapshotRow> before = new TreeMap<>();
  private final TreeMap<Long, RejectRow> rejects = new TreeMap<>();

  private void fill(Random random) {
    List.of(listed, before, rejects).forEach(TreeMap::clear);
    for (long key = 0; key < IMAGES; key++) {
      String id = "i" + key;
      if (random.nextBoolean()) {
        before.put(key, row(key, random.nextInt(3) > 0));
      }
      if (random.nextBoolean()) {
        String version = "v" + random.nextInt(2);
        listed.put(key, new ListedImage(id, "/" + id, version, random.nextInt(9) - 1));
      }
      // Who was rejected was listed.
      if (wasListed(key) && random.nextInt(3) == 0) {
        RejectRow.Kind kind = List.of(RejectRow.Kind.values()).get(random.nextInt(3));
        rejects.put(
            key,
            new RejectRow(key, Change.PUT, id, "/" + id, "v0", WHOLE, WHOLE, "read", kind, "x", 1));
      }
    }
  }

  private static SnapshotRow row(long key, boolean put) {
    Change change = put ? Change.PUT : Change.DELETE;
    String id = "i" + key;
    return new SnapshotRow(key, change, id, put ? "/" + id : "", put ? "v0" : "", WHOLE, WHOLE);
  }

  private Optional<Difference> difference(long key) {
    ListedImage image = listed.get(key);
    Difference.Kind kind =
        wasListed(key)
            ? image == null ? Difference.Kind.REMOVED : Difference.Kind.CHANGED
            : Difference.Kind.ADDED;
    boolean isSame = wasListed(key) ? image != null && image.version().equals("v0") : image == null;
    return isSame
        ? Optional.empty()
        : Optional.of(
            new Difference(
                key, kind, "i" + key, "/i" + key, image == null ? "" : image.version(), -1, -1));
  }

  private boolean wasListed(long key) {
    return before.containsKey(key) && before.get(key).change() == Change.PUT;
  }

  /** One key after another, each looked up where it may be. */
  private Changes naive() {
    long[] counts = new long[5];
    for (long key = 0; key < IMAGES; key++) {
      Optional<Difference.Kind> kind = difference(key).map(Difference::kind);
      kind.ifPresent(
          found ->
              counts[
                  switch (found) {
                    case ADDED -> 0;
                    case CHANGED -> 1;
                    case REMOVED -> 2;
                  }]++);
      if (kind.isEmpty() && rejects.containsKey(key)) {
        counts[rejects.get(key).kind() == RejectRow.Kind.CONTENT ? 4 : 3]++;
      }
    }
    return new Changes(counts[0], counts[1], counts[2], counts[3], counts[4]);
  }

  @Test
  void whatIsCountedOnTheWayIsWhatEachKeyTellsAlone() {
    for (int seed = 0; seed < 500; seed++) {
      fill(new Random(seed));
      Iterator<Difference> differences =
          LongStream.range(0, IMAGES).boxed().flatMap(key -> difference(key).stream()).iterator();

      assertThat(Changes.count(differences, rejects.values().iterator()))
          .as("seed %d", seed)
          .isEqualTo(naive());
    }
  }
}
