package dev.remap.jobs.upkeep.gc;

import dev.remap.jobs.run.Console;
import dev.remap.jobs.store.StoreFile;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How much garbage of which kind there is. */
final class GcTally {
  private final Map<GcKind, Sum> kinds = new EnumMap<>(GcKind.class);
  private Sum waiting = Sum.NONE;
  private Sum unknown = Sum.NONE;

  /**
   * Files together.
   *
   * @param oldest when the oldest was written
   */
  record Sum(long files, long bytes, long oldest) {
    private static final Sum NONE = new Sum(0, 0, Long.MAX_VALUE);

    private Sum plus(Sum other) {
      return new Sum(files + other.files, bytes + other.bytes, Math.min(oldest, other.oldest));
    }

    private static Sum of(StoreFile file) {
      return new Sum(1, file.bytes(), file.modified());
    }

    private static Sum of(List<StoreFile> files) {
      return files.stream().map(Sum::of).reduce(NONE, Sum::plus);
    }
  }

  void add(GcFolder folder) {
    folder.garbage().forEach(found -> kinds.merge(found.kind(), Sum.of(found.file()), Sum::plus));
    waiting = waiting.plus(Sum.of(folder.waiting()));
    unknown = unknown.plus(Sum.of(folder.unknown()));
  }

  Sum garbage() {
    return kinds.values().stream().reduce(Sum.NONE, Sum::plus);
  }

  Sum waiting() {
    return waiting;
  }

  Sum unknown() {
    return unknown;
  }

  /** A row for each kind. */
  List<List<String>> rows(GcAge age) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("garbage", "files", "bytes", "oldest"));
    kinds.forEach((kind, sum) -> rows.add(row(kind.toString(), sum, age)));
    if (kinds.size() > 1) {
      rows.add(row("all", garbage(), age));
    }
    return rows;
  }

  private static List<String> row(String name, Sum sum, GcAge age) {
    return List.of(
        name,
        String.format(Locale.ROOT, "%,d", sum.files),
        Console.bytes(sum.bytes),
        age.ago(sum.oldest));
  }
}
