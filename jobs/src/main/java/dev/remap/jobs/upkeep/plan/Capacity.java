package dev.remap.jobs.upkeep.plan;

import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.ClusterSlots;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.MomentUnits;
import dev.remap.jobs.stage.compact.CompactionNeed;
import dev.remap.jobs.upkeep.plan.Workload.Compaction;
import dev.remap.jobs.upkeep.plan.Workload.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * What an index of many images takes: to make, to keep, and to bring up to date in a night as
 * catalogues have them. Figures of an image are those of the store, where it has any.
 */
record Capacity(
    JobContext context,
    NightState outset,
    Estimates estimates,
    RowSizes sizes,
    ClusterSlots offer,
    Cost cost) {
  private static final double ADDED = 0.01;
  private static final double CHANGED = 0.005;
  private static final double REMOVED = 0.005;

  void print(long images) {
    Console console = context.console();
    IndexShape shape = IndexShape.fresh(settings(), outset.dimension(), images);
    console.say(
        "plan for an index of %,d images: descriptors of %,d components, vectors of %,d",
        images, outset.dimension(), shape.dimension());
    console.say("  index: %s", shape);
    holdings(images, shape);
    console.say("\nto make it");
    StageTable first = table(first(images, shape));
    first.print();
    console.say(
        "\n"
            + "a night of %.1f %% added, %.1f %% changed and %.1f %% removed; compactions in the"
            + " mean of many nights",
        100 * ADDED, 100 * CHANGED, 100 * REMOVED);
    StageTable night = table(night(images, shape));
    night.print();
    night.assumptions(NightPlanner.offered(settings()));
    console.say(
        "  bytes of a row: snapshot %.0f, descriptor %.0f, vector %.0f, %s",
        sizes.snapshot(),
        sizes.descriptor(),
        sizes.vector(shape.dimension()),
        sizes.measured() ? "measured in this store" : "assumed: the store has none yet");
    console.say("  no image is rejected; how many bytes an image has only a catalogue can tell");
  }

  private Settings settings() {
    return context.settings();
  }

  private StageTable table(Workload night) {
    return new StageTable(context.console(), estimates.of(night), offer, cost);
  }

  private Part part(long rows) {
    return Part.of(rows, context.unitImages());
  }

  private Workload first(long images, IndexShape shape) {
    return new Workload(
        true, images, 0, part(images), part(images), -1, part(images), Compaction.NONE, shape);
  }

  private Workload night(long images, IndexShape shape) {
    long tried = Math.round(images * (ADDED + CHANGED));
    long rows = Math.round(images * (ADDED + CHANGED + REMOVED));
    Part merged = part(CompactionNeed.of(settings()).perNight(images, rows));
    return new Workload(
        false,
        images,
        images,
        part(rows),
        new Part(tried, part(rows).units()),
        -1,
        part(rows),
        new Compaction(merged, merged, merged),
        shape);
  }

  private void holdings(long images, IndexShape shape) {
    long units = part(images).units();
    int components = outset.dimension();
    long kept = Math.min(units, part(MomentUnits.images(components)).units());
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("table", "rows", "bytes", "objects"));
    double[] bytes = {
      images * sizes.snapshot(),
      images * sizes.descriptor(),
      (double) kept * Float.BYTES * components * components,
      images * sizes.vector(shape.dimension()),
      shape.bytes()
    };
    // A segment and a record each, which descriptors and moments share.
    long[] objects = {2 * units, 2 * units, units, 2 * units, 2L * shape.shards()};
    String[] names = {"snapshot", "descriptors", "moments", "vectors", "shards"};
    double total = 0;
    long all = 0;
    for (int i = 0; i < names.length; i++) {
      rows.add(row(names[i], names[i].equals("moments") ? kept : images, bytes[i], objects[i]));
      total += bytes[i];
      all += objects[i];
    }
    rows.add(List.of("total", "", Console.bytes(Math.round(total)), StageTable.number(all)));
    context.console().say("\nwhat the store then holds");
    context.console().table(rows);
  }

  private static List<String> row(String name, long rows, double bytes, long objects) {
    return List.of(
        name,
        StageTable.number(rows),
        Console.bytes(Math.round(bytes)),
        StageTable.number(objects));
  }
}
