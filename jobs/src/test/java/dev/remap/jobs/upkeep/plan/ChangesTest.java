package dev.remap.jobs.upkeep.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.stage.snapshot.ListingMerge;
import dev.remap.jobs.stage.snapshot.SnapshotTasks.SortKey;
import dev.remap.jobs.store.segment.Change;
import dev.remap.jobs.store.segment.RejectRow;
import dev.remap.jobs.store.segment.SnapshotRow;
import dev.remap.jobs.upkeep.plan.ChangeCounts.Count;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Random listings, changes that wait and rejects, compared with what maps say. */
class ChangeCounterTest {
  private static final int IMAGES = 40;
  private static final OptionalLong WHOLE = OptionalLong.empty();

  private final TreeMap<Long, ListedImage> listed = new TreeMap<>();
  private final TreeMap<Long, SnapshotRow> before = new TreeMap<>();
  private final TreeMap<Long, SnapshotRow> waiting = new TreeMap<>();
  private final TreeMap<Long, RejectRow> rejects = new TreeMap<>();

  private void fill(Random random) {
    List.of(listed, before, waiting, rejects).forEach(Map::clear);
    for (long key = 0; key < IMAGES; key++) {
      String id = "i" + key;
      if (random.nextBoolean()) {
        before.put(key, row(key, random.nextInt(3) > 0, "v0"));
      }
      if (random.nextBoolean()) {
        String version = "v" + random.nextInt(2);
        listed.put(key, new ListedImage(id, "/" + id, version, random.nextInt(9) - 1));
      }
      if (random.nextInt(3) == 0) {
        waiting.put(key, row(key, random.nextBoolean(), "v0"));
      }
      if (random.nextInt(3) == 0) {
        RejectRow.Kind kind = List.of(RejectRow.Kind.values()).get(random.nextInt(3));
        rejects.put(
            key,
            new RejectRow(key, Change.PUT, id, "/" + id, "v0", WHOLE, WHOLE, "read", kind, "x", 1));
      }
    }
  }

  private static SnapshotRow row(long key, boolean put, String version) {
    Change change = put ? Change.PUT : Change.DELETE;
    String id = "i" + key;
    return new SnapshotRow(key, change, id, put ? "/" + id : "", put ? version : "", WHOLE, WHOLE);
  }

  private List<ListingMerge.Pair> pairs() {
    List<ListingMerge.Pair> pairs = new ArrayList<>();
    for (long key = 0; key < IMAGES; key++) {
      if (listed.containsKey(key) || before.containsKey(key)) {
        pairs.add(
            new ListingMerge.Pair(new SortKey(key, "i" + key), listed.get(key), before.get(key)));
      }
    }
    return pairs;
  }

  private boolean wasListed(long key) {
    return before.containsKey(key) && before.get(key).change() == Change.PUT;
  }

  private boolean isChanged(long key) {
    return wasListed(key)
        && listed.containsKey(key)
        && !listed.get(key).version().equals(before.get(key).version());
  }

  /** One key after another, each looked up where it may be. */
  private Map<Count, Long> naive(boolean isDelta) {
    Map<Count, Long> counts = new EnumMap<>(Count.class);
    for (long key = 0; key < IMAGES; key++) {
      ListedImage image = listed.get(key);
      boolean added = image != null && !wasListed(key);
      boolean removed = image == null && wasListed(key);
      count(counts, Count.LISTED, image != null);
      count(counts, Count.ADDED, added);
      count(counts, Count.CHANGED, isChanged(key));
      count(counts, Count.REMOVED, removed);
      boolean waits = isDelta && waiting.containsKey(key);
      boolean goes = waits && waiting.get(key).change() == Change.DELETE;
      count(
          counts,
          Count.GONE,
          isDelta && (removed || (goes && before.containsKey(key))) && image == null);
      boolean describe = image != null && (!isDelta || added || isChanged(key) || waits);
      RejectRow reject = isDelta && image != null && !describe ? rejects.get(key) : null;
      boolean again = reject != null && reject.kind() != RejectRow.Kind.CONTENT;
      count(counts, Count.DESCRIBE, describe);
      count(counts, Count.AGAIN, again);
      count(counts, Count.REJECTED, reject != null && !again);
      boolean sized = (describe || again) && image.bytes() >= 0;
      count(counts, Count.SIZED, sized);
      counts.merge(Count.BYTES, sized ? image.bytes() : 0, Long::sum);
    }
    return counts;
  }

  private static void count(Map<Count, Long> counts, Count what, boolean more) {
    counts.merge(what, more ? 1L : 0, Long::sum);
  }

  private static Map<Count, Long> all(ChangeCounts counts) {
    Map<Count, Long> all = new EnumMap<>(Count.class);
    for (Count what : Count.values()) {
      all.put(what, counts.of(what));
    }
    return all;
  }

  @Test
  void whatIsCountedOnTheWayIsWhatEachKeyTellsAlone() {
    for (int seed = 0; seed < 500; seed++) {
      fill(new Random(seed));

      assertThat(all(ChangeCounter.first(pairs().iterator())))
          .as("seed %d", seed)
          .isEqualTo(naive(false));
      assertThat(
              all(
                  ChangeCounter.later(
                      pairs().iterator(),
                      waiting.values().iterator(),
                      rejects.values().iterator())))
          .as("seed %d", seed)
          .isEqualTo(naive(true));
    }
  }
}
