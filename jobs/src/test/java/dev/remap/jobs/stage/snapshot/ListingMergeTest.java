package dev.remap.jobs.stage.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.catalogue.file.ByteRange;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.stage.snapshot.SnapshotTasks.SortKey;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.SnapshotRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import scala.Tuple2;

/** Random listings beside random snapshots, compared with what maps say. */
class ListingMergeTest {
  private static final int KEYS = 30;

  private final TreeMap<SortKey, ListedImage> listing = new TreeMap<>();
  private final TreeMap<SortKey, SnapshotRow> before = new TreeMap<>();

  /**
   * Keys that are shared by ids in the listing, as until the snapshot gives one of them another.
   */
  private void fill(Random random) {
    listing.clear();
    before.clear();
    for (long key = 0; key < KEYS; key++) {
      if (random.nextInt(3) > 0) {
        SnapshotRow row = row(key, "id" + key + random.nextInt(2), random);
        before.put(new SortKey(key, row.imageId()), row);
      }
      for (int id = 0; id < 2; id++) {
        SortKey at = new SortKey(key, "id" + key + id);
        if (random.nextInt(3) > 0) {
          listing.put(at, image(at.imageId(), before.get(at), random));
        }
      }
    }
  }

  private static SnapshotRow row(long key, String id, Random random) {
    boolean put = random.nextInt(4) > 0;
    OptionalLong place =
        put && random.nextBoolean() ? OptionalLong.of(random.nextInt(2)) : OptionalLong.empty();
    return new SnapshotRow(
        key,
        put ? Change.PUT : Change.DELETE,
        id,
        put ? "/" + id : "",
        put ? "v" + random.nextInt(2) : "",
        place,
        place);
  }

  /** Often as it was, or with another version, place or URI. */
  private static ListedImage image(String id, SnapshotRow before, Random random) {
    String version = random.nextInt(6) == 0 ? "unreachable" : "v" + random.nextInt(2);
    ByteRange range =
        random.nextBoolean()
            ? ByteRange.WHOLE
            : new ByteRange(random.nextInt(2), random.nextInt(2));
    String uri = random.nextInt(8) == 0 ? "/moved/" + id : "/" + id;
    boolean asBefore = before != null && before.change() == Change.PUT && random.nextBoolean();
    return asBefore
        ? new ListedImage(
            id, before.uri(), before.version(), 1, ByteRange.of(before.offset(), before.length()))
        : new ListedImage(id, uri, version, 1, range);
  }

  private List<ListingMerge.Pair> merged() {
    List<ListingMerge.Pair> pairs = new ArrayList<>();
    new ListingMerge(
            listing.entrySet().stream()
                .map(entry -> new Tuple2<>(entry.getKey(), entry.getValue()))
                .iterator(),
            before.values().iterator())
        .forEachRemaining(pairs::add);
    return pairs;
  }

  @Test
  void everyIdOfEitherComesOnceInOrderWithBothOfItsSides() {
    for (int seed = 0; seed < 300; seed++) {
      fill(new Random(seed));
      TreeSet<SortKey> all = new TreeSet<>(listing.keySet());
      all.addAll(before.keySet());

      assertThat(merged())
          .as("seed %d", seed)
          .isEqualTo(
              all.stream()
                  .map(key -> new ListingMerge.Pair(key, listing.get(key), before.get(key)))
                  .toList());
    }
  }

  @Test
  void theDifferencesMakeTheListingOfTheSnapshotBefore() {
    for (int seed = 0; seed < 300; seed++) {
      fill(new Random(seed));
      Map<SortKey, SnapshotRow> live = new TreeMap<>(before);
      live.values().removeIf(row -> row.change() == Change.DELETE);
      Map<SortKey, SnapshotRow> wanted = new TreeMap<>();
      listing.forEach(
          (key, image) -> {
            boolean keeps = live.containsKey(key) && image.isUnreachable();
            wanted.put(key, keeps ? live.get(key) : SnapshotTasks.row(key.key(), image));
          });

      for (ListingMerge.Pair pair : merged()) {
        Optional<Difference> difference = pair.difference();
        Optional<SnapshotRow> row = difference.map(Difference::row);
        SnapshotRow was = live.get(pair.key());
        assertThat(difference.map(Difference::kind))
            .as("seed %d, %s", seed, pair)
            .isEqualTo(kind(was, wanted.get(pair.key())));
        row.filter(it -> it.change() == Change.PUT).ifPresent(it -> live.put(pair.key(), it));
        row.filter(it -> it.change() == Change.DELETE).ifPresent(it -> live.remove(pair.key()));
      }
      assertThat(live).as("seed %d", seed).isEqualTo(wanted);
    }
  }

  private static Optional<Difference.Kind> kind(SnapshotRow was, SnapshotRow now) {
    if (was == null) {
      return now == null ? Optional.empty() : Optional.of(Difference.Kind.ADDED);
    } else if (now == null) {
      return Optional.of(Difference.Kind.REMOVED);
    }
    return now.equals(was) ? Optional.empty() : Optional.of(Difference.Kind.CHANGED);
  }
}
