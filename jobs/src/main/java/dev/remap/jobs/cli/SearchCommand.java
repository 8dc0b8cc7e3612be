package dev.remap.jobs.cli;

import dev.remap.jobs.evaluate.SearchJob;
import dev.remap.jobs.run.JobContext;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "search",
    description = {"Finds the images most like the given ones.", ""})
final class SearchCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(
      names = {"--image", "--vectors"},
      required = true,
      paramLabel = "FILE|FOLDER",
      description = {
        "The query image, or a folder of them; of a catalogue of embeddings, a file or folder of vectors."
      })
  private String image;

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
    index.over(common);
    common.with("search.k", k).with("search.nprobe", nprobe);
    try (JobContext context = common.openSaying("search")) {
      new SearchJob(
              context, image, exact, common.json() ? SearchJob.Format.JSON : SearchJob.Format.TABLE)
          .execute();
      return 0;
    }
  }
}
