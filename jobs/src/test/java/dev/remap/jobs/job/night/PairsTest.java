package dev.remap.jobs.job.night;

import dev.remap.jobs.job.night.Pairs.Command;
import dev.remap.jobs.job.night.Pairs.Outcome;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairsTest {
  @Test
  void time(@TempDir Path folder) throws Exception {
    long t = System.nanoTime();
    java.io.PrintStream out =
        new java.io.PrintStream(new java.io.FileOutputStream("/tmp/live-out.txt"), true);
    try (Pairs pairs = new Pairs(folder)) {
      out.println("TIME setup " + (System.nanoTime() - t) / 1e9);
      for (Command first : Command.values()) {
        for (String point :
            first.points().subList(first.points().size() - 2, first.points().size())) {
          for (Command second : Command.values()) {
            t = System.nanoTime();
            Outcome o = pairs.run(first, point, second);
            out.println(
                "TIME "
                    + first
                    + " "
                    + point
                    + " "
                    + second
                    + " "
                    + (System.nanoTime() - t) / 1e9
                    + "\n   "
                    + o.generations()
                    + "\n   "
                    + o.first().failure()
                    + "\n   "
                    + (o.second() == null ? "NOT REACHED" : o.second().failure()));
          }
        }
      }
    }
  }
}
