package dev.remap.jobs.report;

import dev.remap.core.evaluation.Protocol;
import dev.remap.core.whitening.Metric;
import dev.remap.index.shard.Neighbor;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.evaluate.EvaluationList;
import dev.remap.jobs.evaluate.Groups;
import dev.remap.jobs.evaluate.record.EvaluationRecord;
import dev.remap.jobs.evaluate.record.Way;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.VectorsByKey;
import dev.remap.jobs.search.DistributedSearch;
import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.search.ShardSearcher;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.store.keys.KeyExceptions;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.keys.Keys;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.TunedPoints;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The evaluations there are; and of the newest by groups the queries that found their groups worst,
 * middling and best, with what the live index finds for them now.
 */
final class RetrievalPart {
  private static final int EACH = 3;
  private static final int HITS = 10;

  private final JobContext context;
  private final Generation live;
  private final boolean pictures;
  private final Thumbnails thumbnails;

  /**
   * @param pictures whether images are shown, or their ids alone
   * @param thumbnails of the page
   */
  RetrievalPart(JobContext context, Generation live, boolean pictures, Thumbnails thumbnails) {
    this.thumbnails = thumbnails;
    this.context = context;
    this.live = live;
    this.pictures = pictures;
  }

  /** One query's result as its evaluation left it. */
  record Scored(String imageId, String group, double precision) {}

  /** Queries under one heading. */
  record Some(String title, List<Query> queries) {
    Some {
      queries = List.copyOf(queries);
    }
  }

  record Query(
      String imageId,
      String group,
      String precision,
      String firstRight,
      Thumbnails.Thumbnail picture,
      List<Hit> hits) {
    Query {
      hits = List.copyOf(hits);
    }
  }

  record Hit(int rank, String imageId, boolean right, String score, Thumbnails.Thumbnail picture) {}

  /** The part's model. */
  Map<String, Object> of() {
    List<EvaluationList.Evaluation> all =
        EvaluationList.of(context).stream()
            .filter(one -> one.index().isEmpty() || one.index().get().equals(live.index()))
            .toList();
    Map<String, Object> model = new HashMap<>();
    model.put("unshown", "");
    model.put("evaluations", all);
    model.put("hasEvaluations", !all.isEmpty());
    model.put("how", context.line("evaluate", live.index()).with("--groups", ".").toString());
    model.put("pictures", pictures);
    model.put("changed", ChangedPart.of(context, all).map(List::of).orElse(List.of()));
    model.put("recalls", recalls(all));
    model.put("tuned", tuned());
    model.put("curves", CurvePart.of(context, live.index()).map(List::of).orElse(List.of()));
    Optional<EvaluationList.Evaluation> byGroups =
        all.stream().filter(one -> one.groups().isPresent()).reduce((one, later) -> later);
    List<Some> some = List.of();
    try {
      some = byGroups.map(this::some).orElse(List.of());
    } catch (InputException e) {
      // Labels that have moved since cost the rows of pictures, not the page.
      model.put("unshown", e.getMessage());
    }
    model.put("some", some);
    model.put("hasSome", !some.isEmpty());
    model.put("of", byGroups.map(EvaluationList.Evaluation::at).orElse(""));
    return model;
  }

  /** How searches are done that say nothing else, if tune has left it; empty otherwise. */
  private String tuned() {
    Settings settings = context.settings();
    return Stream.of("search.nprobe", "search.ef-search", "search.rerank").anyMatch(settings::says)
        ? ""
        : TunedPoints.of(settings)
            .of(live.inputs().quantizer())
            .map(
                point ->
                    "Searches visit %s%s and %s, unless they say otherwise: the point that tune --keep has left."
                        .formatted(
                            Console.count(point.probing().nprobe(), "list"),
                            point.probing().efSearch() == 0
                                ? ""
                                : ", found with efSearch " + point.probing().efSearch(),
                            point.depth() == 0
                                ? "rank nothing again"
                                : "rank the %,d best again by their stored vectors"
                                    .formatted(point.depth())))
            .orElse("");
  }

  /** What evaluations by ann have measured at several nprobe, the newest of each. */
  private List<LineChart> recalls(List<EvaluationList.Evaluation> all) {
    TreeMap<Integer, Double> recalls = new TreeMap<>();
    for (EvaluationList.Evaluation one : all) {
      boolean isLive = one.generation().equals(Integer.toString(live.number()));
      if (isLive && one.by().equals("protocol " + Protocol.ANN.label())) {
        EvaluationRecord.find(context.store(), one.run())
            .filter(record -> record.fact(EvaluationRecord.TRUTH).equals(EvaluationRecord.EXACT))
            .filter(record -> record.fact(EvaluationRecord.QUERIES).equals("catalogue"))
            .filter(record -> !record.facts().containsKey(EvaluationRecord.EF_SEARCH))
            .map(record -> Integer.parseInt(record.fact(EvaluationRecord.NPROBE)))
            .ifPresent(nprobe -> recalls.put(nprobe, Double.parseDouble(one.found())));
      }
    }
    List<LineChart.Point> points = new ArrayList<>();
    recalls.forEach(
        (nprobe, recall) -> points.add(new LineChart.Point("nprobe " + nprobe, recall)));
    return points.size() < 2
        ? List.of()
        : List.of(LineChart.of("1-recall@1 of the live index against exact search", points));
  }

  private List<Some> some(EvaluationList.Evaluation evaluation) {
    Groups groups = Groups.of(context, evaluation.groups().orElseThrow());
    List<Scored> scored = scored(evaluation, groups);
    if (scored.isEmpty()) {
      return List.of();
    }
    Map<String, List<Scored>> chosen = chosen(scored);
    Set<String> ids =
        chosen.values().stream()
            .flatMap(List::stream)
            .map(Scored::imageId)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    Keys keys = new Keys(KeyHash.SHA_256, KeyExceptions.load(context.store()));
    Map<Long, VectorsByKey.Entry> queries = entries(ids.stream().map(keys::key).toList());
    Map<Long, List<Neighbor>> found = search(List.copyOf(queries.values()));
    Set<Long> hits =
        found.values().stream()
            .flatMap(List::stream)
            .map(Neighbor::key)
            .collect(Collectors.toSet());
    Shown shown = new Shown(groups, entries(hits), thumbnails);
    return chosen.entrySet().stream()
        .map(
            part ->
                new Some(
                    part.getKey(),
                    part.getValue().stream()
                        .filter(one -> queries.containsKey(keys.key(one.imageId)))
                        .map(
                            one ->
                                query(
                                    one,
                                    keys.key(one.imageId),
                                    found.get(keys.key(one.imageId)),
                                    shown))
                        .toList()))
        .filter(part -> !part.queries.isEmpty())
        .toList();
  }

  private record Shown(Groups groups, Map<Long, VectorsByKey.Entry> hits, Thumbnails thumbnails) {}

  /** Of the plain search of the index, worst first; none of what an earlier build has left. */
  private List<Scored> scored(EvaluationList.Evaluation evaluation, Groups groups) {
    Dataset<Row> rows = context.session().read().parquet(evaluation.results());
    if (!Set.of(rows.columns()).containsAll(List.of("query", "search", "rerank", "score"))) {
      return List.of();
    }
    return rows.collectAsList().stream()
        .filter(row -> row.getAs("search").equals(Way.INDEX) && row.getAs("rerank").equals(""))
        .flatMap(
            row -> {
              String imageId = row.getAs("query");
              return groups.of(imageId).stream()
                  .map(group -> new Scored(imageId, group, row.<Double>getAs("score")));
            })
        .sorted(Comparator.comparingDouble(Scored::precision).thenComparing(Scored::imageId))
        .toList();
  }

  /** The ends and the middle of a list that is sorted by precision; of few, no query twice. */
  private static Map<String, List<Scored>> chosen(List<Scored> scored) {
    int each = Math.min(EACH, Math.max(1, scored.size() / 3));
    int middle = (scored.size() - each) / 2;
    Map<String, List<Scored>> chosen = new LinkedHashMap<>();
    chosen.put("The worst queries", scored.subList(0, Math.min(each, scored.size())));
    if (scored.size() >= 3 * each) {
      chosen.put("Queries in the middle", scored.subList(middle, middle + each));
      chosen.put("The best queries", scored.subList(scored.size() - each, scored.size()));
    }
    return chosen;
  }

  private Map<Long, VectorsByKey.Entry> entries(Collection<Long> keys) {
    return VectorsByKey.collect(context, live.vectors(), keys).stream()
        .collect(Collectors.toMap(VectorsByKey.Entry::key, Function.identity()));
  }

  private Map<Long, List<Neighbor>> search(List<VectorsByKey.Entry> queries) {
    QueryBlock block = QueryBlock.of(queries, VectorsByKey.Entry::key, VectorsByKey.Entry::vector);
    List<Neighbors> found =
        TaskFailures.unwrap(
            () ->
                DistributedSearch.run(
                        context.spark().parallelize(List.of(block), 1),
                        ShardSearcher.of(context, live, ShardSearcher.Queries.STORED),
                        HITS + 1,
                        context.spark().defaultParallelism())
                    .collect());
    Map<Long, List<Neighbor>> byKey = new HashMap<>();
    for (Neighbors one : found) {
      for (int q = 0; q < one.queryIds().length; q++) {
        long self = one.queryIds()[q];
        byKey.put(
            self,
            one.result().neighbors(q).stream()
                .filter(neighbor -> neighbor.key() != self)
                .limit(HITS)
                .toList());
      }
    }
    return byKey;
  }

  private Query query(Scored scored, long key, List<Neighbor> found, Shown shown) {
    List<Hit> hits = new ArrayList<>();
    Metric metric = live.metric(context.store());
    for (Neighbor neighbor : found) {
      String imageId = shown.hits.get(neighbor.key()).imageId();
      boolean right = shown.groups.of(imageId).filter(scored.group::equals).isPresent();
      hits.add(
          new Hit(
              hits.size() + 1,
              imageId,
              right,
              String.format(Locale.ROOT, "%.3f", metric.measured(neighbor.distance())),
              picture(neighbor.key(), shown.thumbnails)));
    }
    return new Query(
        scored.imageId,
        scored.group,
        String.format(Locale.ROOT, "%.3f", scored.precision),
        hits.stream()
            .filter(Hit::right)
            .findFirst()
            .map(hit -> "first right hit at rank " + hit.rank)
            .orElse("no right hit among the first " + HITS),
        picture(key, shown.thumbnails),
        hits);
  }

  private Thumbnails.Thumbnail picture(long key, Thumbnails thumbnails) {
    return pictures ? thumbnails.of(key) : new Thumbnails.Thumbnail("", "pictures are off");
  }
}
