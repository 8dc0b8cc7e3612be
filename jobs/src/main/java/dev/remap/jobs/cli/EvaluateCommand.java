package dev.remap.jobs.cli;

import dev.remap.jobs.evaluate.EvaluateCopiesJob;
import dev.remap.jobs.evaluate.EvaluateGroupsJob;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.table.Generation;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "evaluate",
    description = {"Measures how well an index finds what it should.", ""})
final class EvaluateCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @ArgGroup(multiplicity = "1")
  private Truth truth;

  static final class Truth {
    @Option(
        names = "--copies",
        paramLabel = "N",
        description =
            "Distorts N images in eight ways (crop, scale, rotate, re-compress, blur, darken, text,"
                + " mirror); each copy must find its original.")
    private Integer copies;

    @Option(
        names = "--groups",
        paramLabel = "FOLDER|FILE",
        description =
            "Leave-one-out mAP: images of one group must find each other. Groups are the folders"
                + " below one of the catalogue (its own path, or '.' for all), or a table with"
                + " columns image_id and group.")
    private String groups;
  }

  @Mixin private IndexOption index;

  @Option(
      names = "--generation",
      paramLabel = "G",
      converter = Ordinal.class,
      description = "The generation to evaluate; the newest by default.")
  private Integer generation;

  @Option(
      names = "--nprobe",
      paramLabel = "N",
      description = "Inverted lists visited per shard; 0 chooses. Setting: search.nprobe.")
  private Integer nprobe;

  @Override
  public Integer call() {
    index.over(common);
    common.with("search.nprobe", nprobe);
    try (JobContext context = common.open("evaluate")) {
      Generation chosen = Generation.choose(context, generation);
      if (truth.copies != null) {
        new EvaluateCopiesJob(context, chosen, truth.copies).execute();
      } else {
        new EvaluateGroupsJob(context, chosen, truth.groups).execute();
      }
      return 0;
    }
  }
}
