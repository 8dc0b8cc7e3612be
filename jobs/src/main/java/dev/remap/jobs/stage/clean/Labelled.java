package dev.remap.jobs.stage.clean;

import dev.remap.jobs.evaluate.Groups;
import dev.remap.jobs.evaluate.LeaveOneOut;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Snapshots;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;

/** A listed image that has a label. */
record Labelled(long key, String imageId, String group) implements LeaveOneOut.Image {
  /**
   * Those of a snapshot, by key.
   *
   * @param option that gave the labels
   */
  static List<Labelled> of(JobContext context, int snapshot, Groups groups, String option) {
    Snapshots snapshots = new Snapshots(context.store());
    long listed = snapshots.images(snapshot);
    LayerChain chain = snapshots.chain(snapshot);
    List<Unit> units = KeyPartitioner.even(listed, context.unitSize().ofRows(listed));
    return LeaveOneOut.Found.<Labelled>read(
            context,
            option,
            Groups.MOST_ROWS,
            units,
            listed,
            (store, unit, each) -> {
              try (TableReader<SnapshotRow> rows =
                  chain.table(store, RowFormat.snapshot()).read(unit.range(), Verification.FULL)) {
                rows.forEachRemaining(
                    row ->
                        groups
                            .of(row.imageId())
                            .ifPresent(
                                group ->
                                    each.accept(new Labelled(row.key(), row.imageId(), group))));
              }
              return unit.images();
            })
        .labelled()
        .stream()
        .sorted(Comparator.comparingLong(Labelled::key))
        .toList();
  }

  /** Identifies labels by what they say and by where they are from. */
  static String digest(List<Labelled> labels, String source) {
    MessageDigest digest = Sha256.digest();
    digest.update((source + "\n").getBytes(StandardCharsets.UTF_8));
    for (Labelled label : labels) {
      String text = label.imageId.length() + " " + label.imageId + " " + label.group + "\n";
      digest.update(text.getBytes(StandardCharsets.UTF_8));
    }
    return Sha256.format(digest.digest());
  }
}
