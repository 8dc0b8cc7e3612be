package dev.remap.jobs.cli.option;

import picocli.CommandLine.Option;

/** Which lists a search visits. */
public final class ProbingOptions {
  @Option(
      names = "--nprobe",
      paramLabel = "N",
      description = "Inverted lists visited per shard; 0 chooses. Setting: search.nprobe.")
  private Integer nprobe;

  @Option(
      names = "--ef-search",
      paramLabel = "N",
      description =
          "Candidates kept on the way through a graph over the centroids (IVF…_HNSW…); 0: as the"
              + " index has it. Setting: search.ef-search.")
  private Integer efSearch;

  public boolean isSaid() {
    return nprobe != null || efSearch != null;
  }

  public void over(CommonOptions common) {
    common.with("search.nprobe", nprobe).with("search.ef-search", efSearch);
  }
}
