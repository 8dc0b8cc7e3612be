package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.IndexOption;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.compact.CompactJob;
import dev.remap.jobs.store.layer.NumberedTable;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.table.Vectors;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "compact",
    description = {
      "Writes the layers that nights have left as one.",
      "Looks at the tables that the live index rests on, where the settings compact.* "
          + "call for it. Every night does so by itself.",
      ""
    })
final class CompactCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Mixin private IndexOption index;

  @Option(names = "--full", description = "All layers into one, whatever the thresholds say.")
  private boolean full;

  @Override
  public Integer call() {
    index.over(common);
    try (JobContext context = common.open("compact")) {
      CompactJob.Depth depth = full ? CompactJob.Depth.FULL : CompactJob.Depth.AS_NEEDED;
      Generation live = Generation.live(context);
      if (tables(context, live).noneMatch(table -> CompactJob.isDue(context, table, depth))) {
        context
            .console()
            .say(
                full
                    ? "nothing to compact: every table of the live index is one layer"
                    : "nothing to compact: no table of the live index is beyond compact.*");
      }
      CompactJob.run(context, live, depth);
      return 0;
    }
  }

  private static Stream<NumberedTable> tables(JobContext context, Generation live) {
    Vectors vectors = live.vectors();
    Stream<NumberedTable> descriptors =
        Descriptors.find(context, live.inputs().extractor(), vectors.snapshot()).stream()
            .map(Descriptors::table);
    return Stream.concat(
        descriptors, Stream.of(Snapshots.numbered(vectors.snapshot()), vectors.table()));
  }
}
