package dev.remap.jobs.stage.weigh;

import dev.remap.core.entropy.RegionLayout;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.jobs.run.Console;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Region weights as tables: per tap, the positions of each level as on a landscape image. */
final class WeightTables {
  private WeightTables() {}

  static void print(Console console, RegionWeights weights, List<String> taps) {
    RegionLayout layout = RegionLayout.of(weights);
    for (int tap = 0; tap < taps.size(); tap++) {
      console.say("\n  %s, as on a landscape image (longer side across):", taps.get(tap));
      console.table(rows(layout, weights.perTap()[tap]));
    }
    console.say("");
  }

  private static List<List<String>> rows(RegionLayout layout, float[] weights) {
    int columns = layout.levels().stream().mapToInt(RegionLayout.Level::along).max().orElse(0);
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("level", "row"));
    for (int column = 1; column <= columns; column++) {
      head.add(Integer.toString(column));
    }
    rows.add(head);
    for (RegionLayout.Level level : layout.levels()) {
      for (int across = 0; across < level.across(); across++) {
        List<String> row = new ArrayList<>();
        row.add(across == 0 ? Integer.toString(level.level()) : "");
        row.add(Integer.toString(across + 1));
        for (int along = 0; along < columns; along++) {
          row.add(
              along < level.along()
                  ? String.format(Locale.ROOT, "%.3f", weights[level.region(along, across)])
                  : "");
        }
        rows.add(row);
      }
    }
    return rows;
  }
}
