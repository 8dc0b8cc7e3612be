package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.IndexOption;
import dev.remap.jobs.cli.option.LocalFile;
import dev.remap.jobs.cli.option.ProbingOptions;
import dev.remap.jobs.evaluate.SearchJob;
import dev.remap.jobs.report.HitsPage;
import dev.remap.jobs.run.JobContext;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "search",
    description = {"Finds the images most like the given ones.", ""})
final class SearchCommand implements Callable<Integer> {
  /** The methods with their parameters as they are where nothing is said. */
  static final String METHODS =
      "exact:n=400 (by stored vectors), aqe:k=10 and alpha-qe:k=50,alpha=3 (expanded queries ask"
          + " again), dba:k=20 (vectors augmented by their neighbours; exact search only; first),"
          + " k-reciprocal:n=400,k1=20,k2=6,lambda=0.3,"
          + " diffusion:kq=10,kd=50,n=1000,alpha=0.99,gamma=3,local=0,"
          + " super-global:n=400,k=9,beta=0.15, heat:n=800,ground=0.1. dba and diffusion need a k-NN graph (knn); prepare"
          + " writes what they make of it."
          + " docs/reranking.md says what they are.";

  private static final String RERANK =
      "What follows the search, one method after the other: "
          + METHODS
          + " Setting: search.rerank.";

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

  @Mixin private ProbingOptions probing = new ProbingOptions();

  @Option(
      names = "--exact",
      paramLabel = "N",
      description = "Re-rank the N best by their stored vectors.")
  private int exact;

  @Option(names = "--rerank", paramLabel = "METHOD[:NAME=VALUE,…][+…]", description = RERANK)
  private String rerank;

  @Option(
      names = "--graph",
      paramLabel = "ID",
      description =
          "With dba or diffusion: the k-NN graph they take, where the generation has several: status"
              + " has their ids.")
  private String graph;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description =
          "Also write the queries and their hits as small pictures: one page that opens from disk and"
              + " takes nothing from elsewhere. Without pictures: report.pictures = false.")
  private String html;

  @Override
  public Integer call() {
    String place = asked.image == null ? asked.vectors : asked.image;
    index.over(common);
    probing.over(common);
    common.with("search.k", k).with("search.rerank", rerank);
    Optional<Path> file = Optional.ofNullable(html).map(it -> LocalFile.of("--html", it));
    try (JobContext context = common.openSaying("search")) {
      Optional<HitsPage> page = file.map(it -> new HitsPage(context, it));
      SearchJob.Found found =
          new SearchJob(
                  context,
                  place,
                  exact,
                  graph,
                  common.json() ? SearchJob.Format.JSON : SearchJob.Format.TABLE)
              .execute();
      page.ifPresent(it -> it.write(found, common.console()));
      return 0;
    }
  }
}
