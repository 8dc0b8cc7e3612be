package dev.remap.jobs.report;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.KeySample;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Generation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Lengths of a sample of a generation's descriptors, before whitening.
 *
 * @param lengths rising
 */
@SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
record Norms(double[] lengths) {
  private static final int WANTED = 2_000;
  private static final int RANGES = 4;
  private static final int STEPS = 50;

  /** Reads ranges of keys, which are hashes, and not the table. */
  static Norms of(JobContext context, Generation generation) {
    Descriptors descriptors = generation.descriptors(context.store());
    double share = KeySample.share(WANTED, generation.entries(context.store()));
    List<double[]> parts =
        new UnitRunner(context, "descriptors")
            .run(
                new ArrayList<>(KeySample.ranges(RANGES, share)),
                0,
                (range, task) -> lengths(task.store(), descriptors, range));
    return new Norms(parts.stream().flatMapToDouble(Arrays::stream).sorted().toArray());
  }

  private static double[] lengths(Store store, Descriptors descriptors, KeyRange range) {
    List<Double> lengths = new ArrayList<>();
    try (TableReader<VectorRow> rows =
        descriptors
            .chain(store)
            .table(store, descriptors.format())
            .read(range, Verification.LENGTH)) {
      rows.forEachRemaining(row -> lengths.add(length(row.vector())));
    }
    return lengths.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double length(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }

  /** In a sentence; empty if there are none. */
  String text() {
    return lengths.length == 0
        ? ""
        : String.format(
            Locale.ROOT,
            "%,d sampled descriptors have lengths from %.4g to %.4g, the middling one %.4g.",
            lengths.length,
            lengths[0],
            lengths[lengths.length - 1],
            lengths[lengths.length / 2]);
  }

  /** Which length so many per cent of them do not exceed. */
  List<LineChart> charts() {
    if (lengths.length < 2) {
      return List.of();
    }
    List<LineChart.Point> points = new ArrayList<>();
    for (int i = 0; i <= STEPS; i++) {
      int at = (int) Math.round((double) i / STEPS * (lengths.length - 1));
      points.add(new LineChart.Point(100 * i / STEPS + " %", lengths[at]));
    }
    return List.of(
        LineChart.of("Norms of descriptors: the length that so many do not exceed", points));
  }
}
