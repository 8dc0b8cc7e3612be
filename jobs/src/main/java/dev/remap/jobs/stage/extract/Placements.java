package dev.remap.jobs.stage.extract;

import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.spark.Placement;
import dev.remap.jobs.table.BatchSize;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which devices did the work of a run: for the user, and for the run's record. */
final class Placements {
  private final List<Placement> units;

  Placements(List<Placement> units) {
    this.units = List.copyOf(units);
  }

  /**
   * Says it, a line per device; a fall-back is a warning.
   *
   * @param batch of a pass
   */
  void say(Console console, int batch) {
    SortedMap<String, Long> extractors = new TreeMap<>();
    extractorsByExecutor()
        .forEach((where, count) -> extractors.merge(where.device, count, Long::sum));
    SortedMap<String, Long> counts = new TreeMap<>();
    units.forEach(unit -> counts.merge(unit.device(), 1L, Long::sum));
    counts.forEach(
        (device, count) ->
            console.say(
                "  on %s: %,d units by %,d extractors", device, count, extractors.get(device)));
    long fellBack = units.stream().filter(Placement::fellBack).count();
    if (fellBack > 0) {
      console.say(
          "  WARNING: %,d of %,d units fell back to the CPU, since libtorch cannot use the GPUs that Spark"
              + " assigned and extract.fallback is cpu",
          fellBack, units.size());
    }
    if (counts.keySet().stream().anyMatch(device -> device.startsWith("gpu"))) {
      BatchSize.warnWhereGpusWait(console, batch);
    }
  }

  /** Counts them by device and executor. */
  void addTo(Counts books) {
    for (Placement unit : units) {
      books.add("units on " + unit.device() + ", executor " + unit.executor(), 1);
    }
    extractorsByExecutor()
        .forEach(
            (where, count) ->
                books.add("extractors on " + where.device + ", executor " + where.executor, count));
  }

  private record Where(String executor, String device) implements Comparable<Where> {
    @Override
    public int compareTo(Where other) {
      int order = executor.compareTo(other.executor);
      return order == 0 ? device.compareTo(other.device) : order;
    }
  }

  private SortedMap<Where, Long> extractorsByExecutor() {
    SortedMap<Where, Long> counts = new TreeMap<>();
    for (Placement unit : units) {
      counts.merge(new Where(unit.executor(), unit.device()), (long) unit.extractors(), Long::max);
    }
    return counts;
  }
}
