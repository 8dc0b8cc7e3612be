package dev.remap.jobs.cli;

import dev.remap.core.evaluation.Protocol;
import dev.remap.jobs.cli.option.BackboneOption;
import dev.remap.jobs.cli.option.CommonOptions;
import dev.remap.jobs.cli.option.IndexOption;
import dev.remap.jobs.cli.option.Ordinal;
import dev.remap.jobs.cli.option.ProbingOptions;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.CompareAggregatorsJob;
import dev.remap.jobs.evaluate.EvaluateCopiesJob;
import dev.remap.jobs.evaluate.EvaluateGroupsJob;
import dev.remap.jobs.evaluate.EvaluateProtocolJob;
import dev.remap.jobs.evaluate.EvaluationList;
import dev.remap.jobs.evaluate.EvaluationOptions;
import dev.remap.jobs.evaluate.ProtocolInputs;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.table.Generation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "evaluate",
    description = {
      "Measures how well an index finds what it should, or compares aggregators without " + "one.",
      ""
    })
final class EvaluateCommand implements Callable<Integer> {
  private static final int MOST_IMAGES = 2_000;

  private static final String RERANK =
      "With --protocol or --groups: scores what follows the search beside the search alone, with the"
          + " interval of the difference; may be repeated, a row each (default: search.rerank). "
          + SearchCommand.METHODS;

  @Mixin private CommonOptions common;

  @Mixin private BackboneOption backbone;

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

    @Option(
        names = "--list",
        description = "Lists earlier evaluations, and where their results are.")
    private boolean list;

    @Option(
        names = "--protocol",
        paramLabel = "NAME",
        description =
            "Scores a public collection by its own protocol: oxford5k, paris6k, roxford5k, rparis6k,"
                + " holidays, ukbench, cdvs, gldv2 or ilias; or the recall of an approximate search: ann."
                + " docs/protocols.md says how.")
    private String protocol;
  }

  @Option(
      names = "--truth",
      paramLabel = "FILE",
      description =
          "With --protocol: its ground truth as published; a pickle as bin/convert-truth converts"
              + " it. Without it the truth of ann is exact search over the stored vectors.")
  private String file;

  @Option(
      names = "--queries",
      paramLabel = "FILE|FOLDER",
      description =
          "With --protocol: images (or vectors, where those of the catalogue were given) that are"
              + " queries. Without it they are images of the catalogue.")
  private String queries;

  @Option(
      names = "--matching",
      paramLabel = "FILE",
      description =
          "With --protocol cdvs: pairs of images that match, two names on each line. Beside its means,"
              + " the share of them is scored that a threshold finds (TPR) which takes at most 1 %% of"
              + " --non-matching for matching (FPR).")
  private String matching;

  @Option(
      names = "--non-matching",
      paramLabel = "FILE",
      description = "With --matching: pairs of images that do not match.")
  private String nonMatching;

  @Option(
      names = "--aggregators",
      paramLabel = "NAME,…",
      split = ",",
      description =
          "With --groups: describes a labelled sample of the newest snapshot once and scores these"
              + " aggregators side by side by exact search, raw and whitened; needs no index. See"
              + " extract --help for their names; each takes its own settings.")
  private List<String> aggregators;

  @Option(
      names = "--images",
      paramLabel = "N",
      description =
          "With --aggregators: how many labelled images to score, and how many of no group to fit"
              + " whitenings on (default: 2000). With --protocol ann: how many images of the catalogue"
              + " are queries (default: 1000).")
  private Integer images;

  @Mixin private IndexOption index;

  @Option(
      names = "--generation",
      paramLabel = "G",
      converter = Ordinal.class,
      description = "The generation to evaluate; the newest by default.")
  private Integer generation;

  @Mixin private ProbingOptions probing = new ProbingOptions();

  @Option(names = "--rerank", paramLabel = "METHOD[:NAME=VALUE,…][+…]", description = RERANK)
  private List<String> reranks = List.of();

  @Option(
      names = "--graph",
      paramLabel = "ID",
      description =
          "With dba or diffusion: the k-NN graph they take, where the generation has several: status"
              + " has their ids.")
  private String graph;

  @Option(
      names = "--against",
      paramLabel = "RUN",
      description =
          "With --protocol or --groups: also compares with an earlier evaluation of the same queries"
              + " and truth (--list shows their runs; the beginning of an id is enough): differences"
              + " with their 95 %% intervals, and which queries changed.")
  private String against;

  @Override
  public Integer call() {
    backbone.over(common);
    requireMatching();
    index.over(common);
    probing.over(common);
    if (truth.list) {
      return list();
    }
    if (aggregators != null) {
      return compare();
    }
    try (JobContext context = common.open("evaluate")) {
      Generation chosen = Generation.choose(context, generation);
      EvaluationOptions options = options(context.settings().string("search.rerank"));
      if (truth.protocol != null) {
        new EvaluateProtocolJob(context, chosen, inputs(), options).execute();
      } else if (truth.copies != null) {
        new EvaluateCopiesJob(context, chosen, truth.copies).execute();
      } else {
        new EvaluateGroupsJob(context, chosen, truth.groups, options).execute();
      }
      return 0;
    }
  }

  /**
   * As given.
   *
   * @param setting what follows a search by the settings, where the line does not say
   */
  private EvaluationOptions options(String setting) {
    return new EvaluationOptions(
        reranks.isEmpty() && !setting.equals("none")
            ? EvaluationOptions.chains("search.rerank", List.of(setting))
            : EvaluationOptions.chains("--rerank", reranks),
        Optional.ofNullable(graph),
        Optional.ofNullable(against));
  }

  private int list() {
    try (JobContext context = common.open("evaluate")) {
      new EvaluationList(context).execute();
      return 0;
    }
  }

  private Protocol protocol() {
    try {
      return Protocol.of(truth.protocol);
    } catch (IllegalArgumentException e) {
      throw new InputException("--protocol: %s", e.getMessage());
    }
  }

  private ProtocolInputs inputs() {
    if ((matching == null) != (nonMatching == null)) {
      throw new InputException(
          "--matching and --non-matching belong together: a threshold needs pairs of both kinds");
    }
    return new ProtocolInputs(
        protocol(),
        Optional.ofNullable(file),
        Optional.ofNullable(queries),
        matching == null
            ? Optional.empty()
            : Optional.of(new ProtocolInputs.Pairs(matching, nonMatching)),
        images == null ? OptionalInt.empty() : OptionalInt.of(images));
  }

  private void requireMatching() {
    boolean isSaid =
        aggregators != null
            || images != null
            || generation != null
            || probing.isSaid()
            || index.name() != null;
    if (truth.list && (isSaid || backbone.backbone() != null)) {
      throw new InputException("--list shows all evaluations of the store: leave the rest out");
    }
    boolean isScored = truth.protocol != null || (truth.groups != null && aggregators == null);
    if (!isScored && (!reranks.isEmpty() || graph != null || against != null)) {
      throw new InputException(
          "%s is for --protocol, or for --groups without --aggregators",
          !reranks.isEmpty() ? "--rerank" : graph != null ? "--graph" : "--against");
    }
    options("none");
    if (truth.protocol == null
        && (file != null || queries != null || matching != null || nonMatching != null)) {
      throw new InputException(
          "%s is for --protocol: name one of %s",
          file != null
              ? "--truth"
              : queries != null ? "--queries" : matching != null ? "--matching" : "--non-matching",
          Protocol.labels());
    }
    if (truth.protocol != null) {
      inputs();
    }
    if (aggregators == null) {
      boolean isLost = images != null && truth.protocol == null;
      if (isLost || backbone.backbone() != null) {
        throw new InputException(
            "%s is for --aggregators: name those to compare, too",
            isLost ? "--images" : "--backbone");
      }
      return;
    }
    if (truth.groups == null) {
      throw new InputException(
          "--aggregators are scored by groups: give --groups rather than --copies");
    }
    if (generation != null || probing.isSaid() || index.name() != null) {
      throw new InputException(
          "--aggregators are scored without an index: leave out --generation, --nprobe,"
              + " --ef-search and --name");
    }
  }

  private int compare() {
    try (JobContext context = common.comparing(aggregators).open("evaluate")) {
      new CompareAggregatorsJob(
              context, aggregators, truth.groups, images == null ? MOST_IMAGES : images)
          .execute();
      return 0;
    }
  }
}
