package dev.remap.jobs.report;

import dev.remap.index.shard.Shard;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.LocalCache;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.table.Generation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How long the inverted lists of a generation are, over all its shards.
 *
 * @param lengths entries of each list, the longest first
 */
@SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
record ListLengths(long[] lengths) {
  private static final int MOST_POINTS = 400;

  /** Opens every shard, each in a task. */
  static ListLengths of(JobContext context, Generation generation) {
    String folder = generation.folder();
    int shards = generation.shards(context.store()).size();
    List<long[]> parts =
        new UnitRunner(context, "shards")
            .run(
                new ArrayList<>(IntStream.range(0, shards).boxed().toList()),
                0,
                (shard, task) -> sizes(task.store(), folder, shard));
    long[] sums = new long[parts.stream().mapToInt(part -> part.length).max().orElse(0)];
    for (long[] part : parts) {
      for (int list = 0; list < part.length; list++) {
        sums[list] += part[list];
      }
    }
    Arrays.sort(sums);
    return new ListLengths(
        IntStream.range(0, sums.length).mapToLong(i -> sums[sums.length - 1 - i]).toArray());
  }

  private static long[] sizes(Store store, String folder, int shard) {
    FileRef file =
        Ledgers.of(store, folder)
            .segments(TableKind.SHARDS.rows(), KeyRange.ALL)
            .skip(shard)
            .findFirst()
            .orElseThrow()
            .segment()
            .file();
    try (Shard open = Shard.open(LocalCache.fetch(store, file), file.sha256(), file.bytes())) {
      return open.listSizes();
    }
  }

  /** In a sentence; empty if there are none. */
  String text() {
    if (lengths.length == 0) {
      return "";
    }
    long empty = Arrays.stream(lengths).filter(length -> length == 0).count();
    return String.format(
        Locale.ROOT,
        "%,d inverted lists hold %,d entries: the longest %,d, the middling one %,d; %,d are empty.",
        lengths.length,
        Arrays.stream(lengths).sum(),
        lengths[0],
        lengths[lengths.length / 2],
        empty);
  }

  /** The lengths, the longest first. */
  List<LineChart> charts() {
    int step = Math.max(1, (lengths.length + MOST_POINTS - 1) / MOST_POINTS);
    List<LineChart.Point> points = new ArrayList<>();
    for (int i = 0; i < lengths.length; i += step) {
      points.add(new LineChart.Point("list " + (i + 1), lengths[i]));
    }
    return points.size() < 2
        ? List.of()
        : List.of(LineChart.of("Entries of the inverted lists, the longest first", points));
  }
}
