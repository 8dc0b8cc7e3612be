package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.IndexOption;
import dev.remap.jobs.evaluate.SearchJob;
import dev.remap.jobs.run.JobContext;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "search",
    description = {"Finds the images most like the given ones.", ""})
final class SearchCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @ArgGroup(multiplicity = "1")
  private Asked asked;

  static final class Asked {
    @Option(
        names = "--image",
        paramLabel = "FILE|FOLDER",
        description = "The query image, or a folder of them.")
    private String image;

    @Option(
        names = "--vectors",
        paramLabel = "FILE|FOLDER",
        description = "Of an index of vectors that were given: vectors to search with.")
    private String vectors;
  }

  @Mixin private IndexOption index;

  @Option(names = "-k", paramLabel = "K", description = "Neighbours per query. Setting: search.k.")
  private Integer k;

  @Option(
      names = "--nprobe",
      paramLabel = "N",
      description = "Inverted lists visited per shard; 0 chooses. Setting: search.nprobe.")
  private Integer nprobe;

  @Option(
      names = "--exact",
      paramLabel = "N",
      description = "Re-rank the N best by their stored vectors.")
  private int exact;

  @Override
  public Integer call() {
    String place = asked.image == null ? asked.vectors : asked.image;
    index.over(common);
    common.with("search.k", k).with("search.nprobe", nprobe);
    try (JobContext context = common.openSaying("search")) {
      new SearchJob(
              context, place, exact, common.json() ? SearchJob.Format.JSON : SearchJob.Format.TABLE)
          .execute();
      return 0;
    }
  }
}
