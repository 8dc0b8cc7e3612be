package dev.remap.jobs.evaluate;

import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.KeySample;
import dev.remap.jobs.sample.SplitMix64;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Snapshots;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * Images of a snapshot that are in groups, whole groups as far as they fit, and as many that are in
 * none; the same at any number of units and executors.
 *
 * @param labelled by key
 * @param groups how many they are in
 * @param leftOut images in groups of two or more that were not drawn
 * @param alone images whose group has no other
 * @param others by key, in no group
 */
record LabelledSample(
    List<Member> labelled, int groups, int leftOut, int alone, List<CopyQuery.Original> others) {

  /** An image and its group. */
  record Member(CopyQuery.Original image, String group) implements Serializable {}

  private record Found(ArrayList<Member> labelled, ArrayList<CopyQuery.Original> others)
      implements Serializable {}

  /**
   * Reads the snapshot once.
   *
   * @param given what the user named the groups by, for messages
   * @param wanted of labelled images, and again of others
   */
  static LabelledSample draw(
      JobContext context, int snapshot, Groups labels, String given, int wanted, long seed) {
    long rows = new Snapshots(context.store()).images(snapshot);
    List<Unit> units = KeyPartitioner.even(rows, context.unitSize().ofRows(rows));
    double share = KeySample.share(wanted, rows);
    long most = Groups.mostOfUnit(Groups.MOST_ROWS, units.size());
    List<Found> found =
        new UnitRunner(context, "listed images")
            .run(
                units,
                rows,
                (unit, task) -> {
                  Found here = read(task.store(), snapshot, unit, labels, share, seed, most);
                  task.done().accept(unit.images());
                  return here;
                });
    TreeMap<String, List<Member>> byGroup = new TreeMap<>();
    List<CopyQuery.Original> others = new ArrayList<>();
    for (Found each : found) {
      each.labelled.forEach(
          member -> byGroup.computeIfAbsent(member.group, group -> new ArrayList<>()).add(member));
      others.addAll(each.others);
    }
    Groups.requireFewer(
        "--groups",
        byGroup.values().stream().mapToLong(List::size).sum(),
        Groups.MOST_ROWS,
        Groups.MOST_ROWS);
    if (byGroup.values().stream().allMatch(members -> members.size() < 2)) {
      throw new InputException(
          "--groups %s gives no group of two or more listed images: name a folder of the catalogue"
              + " with subfolders ('.' for all), or a table with columns image_id and group",
          given);
    }
    return of(byGroup, others, wanted, seed);
  }

  private static Found read(
      Store store, int snapshot, Unit unit, Groups labels, double share, long seed, long most) {
    Found found = new Found(new ArrayList<>(), new ArrayList<>());
    try (TableReader<SnapshotRow> rows =
        new Snapshots(store).table(snapshot).read(unit.range(), Verification.FULL)) {
      rows.forEachRemaining(
          row -> {
            Optional<String> group = labels.of(row.imageId());
            if (group.isPresent()) {
              found.labelled.add(new Member(CopyQuery.Original.of(row), group.get()));
              Groups.requireFewer("--groups", found.labelled.size(), most, Groups.MOST_ROWS);
            } else if (SplitMix64.unit(row.key(), seed) < share) {
              found.others.add(CopyQuery.Original.of(row));
            }
          });
    }
    return found;
  }

  /** Whole groups, drawn in an order of chance, as long as they fit; of one at the least a part. */
  static LabelledSample of(
      Map<String, List<Member>> byGroup, List<CopyQuery.Original> others, int wanted, long seed) {
    List<String> order = new ArrayList<>(byGroup.keySet());
    order.sort(
        Comparator.comparingDouble((String group) -> SplitMix64.unit(group.hashCode(), seed))
            .thenComparing(Comparator.naturalOrder()));
    List<Member> drawn = new ArrayList<>();
    int groups = 0;
    int all = 0;
    int alone = 0;
    for (String group : order) {
      List<Member> members = byGroup.get(group);
      if (members.size() < 2) {
        alone++;
        continue;
      }
      all += members.size();
      if (drawn.isEmpty()) {
        drawn.addAll(lowest(members, wanted, member -> member.image.key(), seed));
        groups++;
      } else if (drawn.size() + members.size() <= wanted) {
        drawn.addAll(members);
        groups++;
      }
    }
    drawn.sort(Comparator.comparingLong(member -> member.image.key()));
    List<CopyQuery.Original> kept =
        new ArrayList<>(lowest(others, wanted, CopyQuery.Original::key, seed));
    kept.sort(Comparator.comparingLong(CopyQuery.Original::key));
    return new LabelledSample(
        List.copyOf(drawn), groups, all - drawn.size(), alone, List.copyOf(kept));
  }

  private static <T> List<T> lowest(List<T> all, int wanted, ToLongFunction<T> key, long seed) {
    return all.stream()
        .sorted(
            Comparator.comparingDouble((T each) -> SplitMix64.unit(key.applyAsLong(each), seed))
                .thenComparingLong(key))
        .limit(wanted)
        .toList();
  }
}
