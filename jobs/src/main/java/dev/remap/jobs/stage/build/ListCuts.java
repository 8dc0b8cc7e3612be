package dev.remap.jobs.stage.build;

import dev.remap.index.quantizer.Quantizer;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.KeySample;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.table.ShardLayout;
import dev.remap.jobs.table.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which lists each shard owns: neighbouring ones, that have about as many entries together as those
 * of the others. Cut once for a quantizer and a number of shards: nights keep the cuts, so that
 * shards can be merged.
 */
record ListCuts(JobContext context, Vectors vectors, ArtifactManifest quantizer, int shards) {
  private static final int RANGES = 16;
  private static final int BATCH = 1024;

  /** Enough vectors to know what a shard of lists will have, to about a percent. */
  private static final long VECTORS_OF_A_SHARD = 10_000;

  /** Those of the newest generation that was cut so, else new ones. */
  List<Unit> units(String index, long rows) {
    Store store = context.store();
    List<Integer> numbers = Generation.numbers(store, index);
    for (int i = numbers.size() - 1; i >= 0; i--) {
      Optional<Plan> plan =
          new Layer(store, Generation.folder(index, numbers.get(i))).plan().filter(this::isSame);
      if (plan.isPresent()) {
        return scaled(plan.get().units(), rows);
      }
    }
    return cut(shards == 1 ? new long[] {1} : counts(rows), shards, rows);
  }

  private boolean isSame(Plan plan) {
    return ShardLayout.of(plan.inputs()) == ShardLayout.LIST
        && plan.units().size() == shards
        && plan.inputs().find(Inputs.QUANTIZER).equals(Optional.of(quantizer.id()));
  }

  private static List<Unit> scaled(List<Unit> units, long rows) {
    double all = Math.max(1, units.stream().mapToLong(Unit::images).sum());
    return units.stream()
        .map(unit -> new Unit(unit.number(), unit.range(), Math.round(unit.images() / all * rows)))
        .toList();
  }

  /** How many vectors of a sample fall to each list. */
  private long[] counts(long rows) {
    long[] counts = new long[Math.toIntExact(lists())];
    double share = KeySample.share(VECTORS_OF_A_SHARD * shards, rows);
    Vectors all = vectors;
    String id = quantizer.id();
    context.console().say("  counting the vectors of lists, %.1f %% of all", 100 * share);
    new UnitRunner(context, "ranges")
        .forEach(
            KeySample.ranges(RANGES, share),
            0,
            (range, task) -> counted(task.store(), all, id, range),
            (position, some) -> Arrays.setAll(counts, list -> counts[list] + some[list]));
    return counts;
  }

  private int lists() {
    return Quantizers.spec(quantizer).lists();
  }

  private static long[] counted(Store store, Vectors vectors, String id, KeyRange range) {
    int dimension = vectors.dimension();
    float[] values = new float[BATCH * dimension];
    try (Quantizer model = Quantizers.open(store, Quantizers.require(store, id));
        TableReader<VectorRow> rows =
            vectors.chain(store).table(store, vectors.format()).read(range, Verification.FULL)) {
      long[] counts = new long[model.spec().lists()];
      int filled = 0;
      while (rows.hasNext()) {
        System.arraycopy(rows.next().vector(), 0, values, filled++ * dimension, dimension);
        if (filled == BATCH || !rows.hasNext()) {
          Arrays.stream(model.encode(values, filled).lists()).forEach(list -> counts[list]++);
          filled = 0;
        }
      }
      return counts;
    }
  }

  /**
   * Cuts lists into as many ranges as there are shards, at most one for each list.
   *
   * @param counts entries of each list in a sample; one without any weighs a little
   * @param rows of all shards together, for what is expected of each
   */
  static List<Unit> cut(long[] counts, int shards, long rows) {
    double[] until = new double[counts.length + 1];
    for (int list = 0; list < counts.length; list++) {
      until[list + 1] = until[list] + counts[list] + 1e-3;
    }
    double all = until[counts.length];
    List<Unit> units = new ArrayList<>();
    int from = 0;
    for (int shard = 0; shard < shards; shard++) {
      int to = from + 1;
      int most = counts.length - (shards - shard - 1);
      while (to < most && nearer(until, to, all * (shard + 1) / shards)) {
        to++;
      }
      to = shard == shards - 1 ? counts.length : to;
      long end = shard == shards - 1 ? Long.MAX_VALUE : to - 1;
      long expected = Math.round((until[to] - until[from]) / all * rows);
      units.add(new Unit(shard, new KeyRange(from, end), expected));
      from = to;
    }
    return units;
  }

  /** Whether one list more comes nearer to what is wanted. */
  private static boolean nearer(double[] until, int to, double wanted) {
    return Math.abs(until[to + 1] - wanted) < Math.abs(until[to] - wanted);
  }
}
