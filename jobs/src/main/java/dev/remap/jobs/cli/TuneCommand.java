package dev.remap.jobs.cli;

import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.IndexOption;
import dev.remap.jobs.cli.option.LocalFile;
import dev.remap.jobs.cli.option.Ordinal;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.tune.QuerySource;
import dev.remap.jobs.tune.QuerySource.Kind;
import dev.remap.jobs.tune.Target;
import dev.remap.jobs.tune.TuneJob;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "tune",
    description = {
      "Measures recall against time over nprobe, and says which nprobe to take.",
      "Sampled images of the index are queries, each without itself, or what --copies, --groups,"
          + " --image or --vectors give: take queries like those that people ask. What the index finds"
          + " is compared with exact search over the stored vectors, alone and as re-ranking by these"
          + " would leave it."
          + " Nothing is changed without --keep: put the settings that it names into remap.conf,"
          + " or let searches take the point from the store.",
      ""
    })
final class TuneCommand implements Callable<Integer> {
  private static final int QUERIES = 1_000;
  private static final double RECALL = 0.95;

  @Mixin private CommonOptions common;

  @Mixin private IndexOption index;

  @Option(
      names = "--generation",
      paramLabel = "G",
      converter = Ordinal.class,
      description = "The generation that is measured; the newest by default.")
  private Integer generation;

  @Option(
      names = "--queries",
      paramLabel = "N",
      description =
          "How many images are queries (default: 1000), or how many of those that --groups, --image or"
              + " --vectors give. They are the same every time.")
  private Integer queries;

  @ArgGroup private Given given = new Given();

  /** Queries that are not sampled from the index. */
  static final class Given {
    @Option(
        names = "--copies",
        paramLabel = "N",
        description =
            "Queries are copies of N images, distorted in eight ways as those of evaluate --copies."
                + " The image itself counts among the nearest.")
    private Integer copies;

    @Option(
        names = "--groups",
        paramLabel = "FOLDER|FILE",
        description =
            "Queries are images of groups of two or more, each without itself. Groups are named as"
                + " evaluate --groups names them.")
    private String groups;

    @Option(
        names = "--image",
        paramLabel = "FILE|FOLDER",
        description = "Queries are these images, as those of search --image.")
    private String image;

    @Option(
        names = "--vectors",
        paramLabel = "FILE|FOLDER",
        description =
            "Of an index of vectors that were given: queries are these vectors, as those of search"
                + " --vectors.")
    private String vectors;

    private QuerySource source(Integer queries) {
      if (copies != null && queries != null) {
        throw new InputException(
            "--copies and --queries both say how many are queries: leave out --queries");
      }
      int number = queries == null ? QUERIES : queries;
      if (copies != null) {
        return new QuerySource(Kind.COPIES, "", copies);
      }
      if (groups != null) {
        return new QuerySource(Kind.GROUPS, groups, number);
      }
      if (image != null) {
        return new QuerySource(Kind.IMAGES, image, number);
      }
      return vectors == null
          ? new QuerySource(Kind.SAMPLE, "", number)
          : new QuerySource(Kind.VECTORS, vectors, number);
    }
  }

  @Option(
      names = "-k",
      paramLabel = "K",
      description = "How many nearest images a query wants. Setting: search.k.")
  private Integer k;

  @Option(
      names = "--keep",
      description =
          "Keep the point that meets what is wanted: search takes it for what the same quantizer has"
              + " cut into lists, unless --nprobe, --rerank, --exact or a setting says otherwise.")
  private boolean keep;

  @Option(
      names = "--codes",
      paramLabel = "PQm[xb],…",
      description =
          "Try these codes too, such as PQ16,PQ32,OPQ32_128,PQ32: each is trained and searched on a"
              + " sample of the stored vectors, beside the index's own.")
  private String codes;

  @Option(
      names = "--svg",
      paramLabel = "FILE",
      description = "A drawing of the curves, which is written, or written anew.")
  private String svg;

  @ArgGroup private Wanted wanted = new Wanted();

  static final class Wanted {
    @Option(
        names = "--recall",
        paramLabel = "SHARE",
        description = "The cheapest point that finds this share of the nearest (default: 0.95).")
    private Double recall;

    @Option(
        names = "--millis",
        paramLabel = "MS",
        description = "The point that finds most and takes at most so long for a query.")
    private Double millis;

    private Target target() {
      if (millis == null) {
        double least = recall == null ? RECALL : recall;
        if (!(least > 0 && least <= 1)) {
          throw new InputException("--recall is %s: give a share above 0 and at most 1", least);
        }
        return new Target.Recall(least);
      }
      if (!(millis > 0 && millis < Double.POSITIVE_INFINITY)) {
        throw new InputException("--millis is %s: give milliseconds above 0", millis);
      }
      return new Target.Millis(millis);
    }
  }

  @Override
  public Integer call() {
    index.over(common);
    common.with("search.k", k);
    Target target = wanted.target();
    QuerySource source = given.source(queries);
    Optional<Path> file = Optional.ofNullable(svg).map(given -> LocalFile.of("--svg", given));
    if (codes != null && codes.isBlank()) {
      throw new InputException("--codes is empty: give codes such as PQ16,PQ32");
    }
    try (JobContext context = common.open("tune")) {
      Generation chosen = Generation.choose(context, generation);
      new TuneJob(
              context,
              chosen,
              new TuneJob.Wish(
                  source,
                  target,
                  keep ? TuneJob.Keeping.KEPT : TuneJob.Keeping.TOLD,
                  codes == null ? "" : codes,
                  file))
          .execute();
      return 0;
    }
  }
}
