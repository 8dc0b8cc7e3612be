package dev.remap.jobs.tune;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Probing;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.ExactSearcher;
import dev.remap.jobs.evaluate.QueryVectors;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import dev.remap.jobs.run.Job;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.search.Counted;
import dev.remap.jobs.search.DistributedSearch;
import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.search.Searcher;
import dev.remap.jobs.search.ShardSearcher;
import dev.remap.jobs.spark.Progress;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.TunedPoints;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;

/**
 * Recall against time over {@code nprobe}: what the index finds of real queries is compared with
 * exact search over the stored vectors; images of the index are left out of what they find.
 */
public final class TuneJob extends Job<TuneJob.Todo, TuneJob.Curve> {
  /** Fewer say little: with so many a recall of .95 is known to within ±.01 or .02. */
  private static final int LEAST_QUERIES = 100;

  /** What the driver holds of a search at once: 12 bytes each. */
  private static final long MOST_FOUND = 20_000_000;

  /** What is no gain, of which twice running ends the trials. */
  private static final double WORTH = 0.0005;

  private static final int MOST_IDLE = 2;

  /** Of {@code efSearch}, which is doubled from the least to the most while it gains. */
  private static final int NARROWEST_BEAM = 16;

  private static final int WIDEST_BEAM = 1024;

  private final Generation generation;
  private final Wish wish;

  /** What becomes of the point that is found for the target. */
  public enum Keeping {
    TOLD,
    /** Searches take it from then on. */
    KEPT
  }

  /**
   * What is asked for.
   *
   * @param source of the queries
   * @param codes other codes to try, as {@code PQ16,PQ32}; blank: none
   * @param svg a file for the curves, if they are wanted
   */
  public record Wish(
      QuerySource source, Target target, Keeping keeping, String codes, Optional<Path> svg) {}

  public TuneJob(JobContext context, Generation generation, Wish wish) {
    super(context);
    this.generation = generation;
    this.wish = wish;
  }

  /**
   * What is compared.
   *
   * @param entries of the generation
   * @param k wanted of each
   * @param depths of which recall is told, ascending from {@code k}
   * @param codes to try beside the index's own
   */
  record Todo(
      TuneQueries queries,
      long entries,
      int k,
      List<Integer> depths,
      IndexSpec spec,
      List<IndexSpec> codes) {
    /** How deep a search is, to find so many others. */
    int deep(int others) {
      return others + queries.out().most();
    }

    int deepest() {
      return depths.get(depths.size() - 1);
    }
  }

  /**
   * What came of it.
   *
   * @param points by lists and then by depth
   * @param compared queries
   * @param failed queries that could not be described
   * @param codes what others would find
   */
  record Curve(
      List<OperatingPoint> points, int compared, int failed, List<CodeTrials.Trial> codes) {}

  @Override
  protected String name() {
    return KeptCurve.JOB;
  }

  @Override
  protected Map<String, String> asked() {
    return Map.of(
        KeptCurve.INDEX,
        generation.index(),
        "generation",
        Integer.toString(generation.number()),
        "queries",
        wish.source.kind().text());
  }

  @Override
  protected Todo plan() {
    TuneQueries.requireNumber(wish.source);
    wish.svg.ifPresent(TuneReport::requireWritable);
    // Refuses what settings ask of its index in vain.
    ShardSearcher.of(context(), generation);
    List<IndexSpec> codes =
        wish.codes.isBlank()
            ? List.of()
            : Codes.parse(wish.codes, generation.vectors().dimension());
    long entries = generation.entries(context().store());
    if (entries < 2) {
      throw new InputException(
          "Generation %d of '%s' has %s: there is nothing to find",
          generation.number(), generation.index(), Console.count(entries, "entry"));
    }
    // An image has all others as its nearest at the most.
    long found = wish.source.kind().isIndexed() ? entries - 1 : entries;
    int k = (int) Math.min(found, context().settings().integer("search.k", 1, 1 << 30));
    List<Integer> depths = depths(k, found);
    requireFew(TuneQueries.most(wish.source, entries), depths.get(depths.size() - 1));
    IndexSpec spec = IndexSpec.parse(generation.inputs().spec());
    if (!codes.isEmpty()) {
      new CodeTrials(context(), generation, spec, k).requireEnough(codes, entries);
    }
    TuneQueries queries = TuneQueries.of(context(), generation, wish.source);
    requireFew(queries.count(), depths.get(depths.size() - 1));
    if (wish.keeping == Keeping.KEPT && isFew(entries, queries.count())) {
      throw new InputException(
          "%d queries say too little for a point that is kept: ask with %d or more, or leave out"
              + " --keep",
          queries.count(), LEAST_QUERIES);
    }
    context()
        .console()
        .say(
            "tune generation %d of '%s' (%s, %s of code a vector): %s ask for their %d nearest%s",
            generation.number(),
            generation.index(),
            spec,
            Console.count(spec.codeBytes(), "byte"),
            queries.text(),
            k,
            wish.source.kind().isIndexed()
                ? ", themselves left out"
                : Plain.format(" among %,d images", entries));
    return new Todo(queries, entries, k, depths, spec, codes);
  }

  private static List<Integer> depths(int k, long found) {
    TreeSet<Integer> depths = new TreeSet<>();
    for (int times : new int[] {1, 2, 5, 10}) {
      depths.add((int) Math.min(found, (long) times * k));
    }
    return List.copyOf(depths);
  }

  private void requireFew(long queries, int deepest) {
    if (queries * (deepest + 1) > MOST_FOUND) {
      throw new InputException(
          "%,d queries that are searched %,d deep find more than the %,d entries that are taken in:"
              + " ask with fewer (%s), or for fewer (-k)",
          queries,
          deepest,
          MOST_FOUND,
          wish.source.kind() == QuerySource.Kind.COPIES ? "--copies" : "--queries");
    }
  }

  @Override
  protected Curve run(Todo todo) {
    List<QueryVectors> vectors = todo.queries.vectors().get();
    int failed = vectors.stream().mapToInt(QueryVectors::failed).sum();
    if (failed > 0) {
      context().console().say("  %,d of them could not be described, and do not count", failed);
    }
    List<QueryBlock> described =
        vectors.stream().map(QueryVectors::block).filter(block -> block.size() > 0).toList();
    int queries = described.stream().mapToInt(QueryBlock::size).sum();
    if (isFew(todo.entries, queries)) {
      context()
          .console()
          .say("  %d queries are few: what follows is rough, see the errors", queries);
    }
    JavaRDD<QueryBlock> blocks = context().spark().parallelize(described, described.size());
    context().console().say("  exact search first, through all vectors");
    Map<Long, long[]> exact = exact(blocks, queries, todo);
    int deepest = todo.deep(todo.deepest());
    ShardSearcher shards = ShardSearcher.of(context(), generation);
    List<OperatingPoint> points = new ArrayList<>();
    int compared = 0;
    double before = -1;
    int idle = 0;
    for (int nprobe : probes(todo.spec.lists())) {
      double now = -1;
      for (int efSearch : beams(todo.spec, nprobe)) {
        Probing probing = new Probing(nprobe, efSearch);
        // The first of them fills caches.
        double cold = millis(search(blocks, shards.oneByOne(probing), deepest));
        List<Neighbors> found = search(blocks, shards.oneByOne(probing), deepest);
        RecallCurve curve = RecallCurve.of(found, exact, todo.k, todo.depths, todo.queries.out());
        double millis = Math.min(cold, millis(found)) / queries;
        for (int d = 0; d < todo.depths.size(); d++) {
          points.add(curve.point(probing, todo.depths.get(d), d, millis));
        }
        compared = curve.truths().length;
        double narrower = now;
        now = points.get(points.size() - 1).recall();
        context().console().say("  %s: %.3f of them within %d", probing, now, todo.deepest());
        if (now - narrower < WORTH) {
          break;
        }
      }
      idle = now - before < WORTH ? idle + 1 : 0;
      if (idle == MOST_IDLE) {
        break;
      }
      before = now;
    }
    List<CodeTrials.Trial> codes =
        todo.codes.isEmpty()
            ? List.of()
            : new CodeTrials(context(), generation, todo.spec, todo.k)
                .run(todo.codes, todo.depths, described, todo.queries.out());
    return new Curve(points, compared, failed, codes);
  }

  /** Whether that many say little, and are not all that there are. */
  private boolean isFew(long entries, int queries) {
    boolean isAll = wish.source.kind() == QuerySource.Kind.SAMPLE && queries == entries;
    return queries < LEAST_QUERIES && !isAll;
  }

  /** The point that searches are to take. */
  private Optional<TunedPoints.Point> kept(Todo todo, Curve curve) {
    return isFew(todo.entries, curve.compared)
        ? Optional.empty()
        : report(todo, curve, List.of()).kept(wish.target);
  }

  /** Powers of two, and all lists. */
  private static List<Integer> probes(int lists) {
    List<Integer> probes = new ArrayList<>();
    for (int nprobe = 1; nprobe < lists; nprobe *= 2) {
      probes.add(nprobe);
    }
    probes.add(lists);
    return probes;
  }

  /** What a graph over the centroids is tried with for so many lists, if there is one. */
  private static List<Integer> beams(IndexSpec spec, int nprobe) {
    if (spec.hnswLinks() == 0) {
      return List.of(0);
    }
    // The least power of two that holds so many lists; what it holds no more of is no wider.
    int narrowest = Math.max(NARROWEST_BEAM, Integer.highestOneBit(2 * nprobe - 1));
    int widest = Math.max(WIDEST_BEAM, narrowest);
    return IntStream.iterate(narrowest, beam -> beam <= widest, beam -> 2 * beam)
        .map(beam -> Math.min(beam, Probing.MOST_CANDIDATES))
        .distinct()
        .boxed()
        .toList();
  }

  private static double millis(List<Neighbors> found) {
    return found.stream().mapToLong(Neighbors::nanos).sum() / 1e6;
  }

  private Map<Long, long[]> exact(JavaRDD<QueryBlock> blocks, int queries, Todo todo) {
    ExactSearcher searcher = ExactSearcher.of(context(), generation.vectors());
    long searches = (long) queries * searcher.parts();
    try (Progress progress =
        new Progress(
            context().spark(), context().console(), "exact searches of a unit", searches)) {
      return Truths.of(search(blocks, new Counted(searcher, progress.done()), todo.deep(todo.k)));
    }
  }

  private List<Neighbors> search(JavaRDD<QueryBlock> blocks, Searcher searcher, int k) {
    int parallelism = context().spark().defaultParallelism();
    return TaskFailures.unwrap(
        () -> DistributedSearch.run(blocks, searcher, k, parallelism).collect());
  }

  @Override
  protected void verify(Todo todo, Curve curve) {
    if (curve.compared + curve.failed != todo.queries.count()) {
      throw new JobFailedException(
          "Books of tuning do not balance: %d queries, %d compared, %d failed",
          todo.queries.count(), curve.compared, curve.failed);
    }
  }

  @Override
  protected void commit(Todo todo, Curve curve) {
    new KeptCurve(
            generation.number(), wish.source.kind().text(), curve.compared, todo.k, curve.points)
        .write(context().store(), context().run());
    if (wish.keeping == Keeping.KEPT) {
      kept(todo, curve)
          .ifPresent(
              point -> TunedPoints.keep(context().store(), generation.inputs().quantizer(), point));
    }
  }

  @Override
  protected void report(Todo todo, Curve curve) {
    TuneReport report = report(todo, curve, curve.codes);
    report.print(wish.target);
    if (wish.keeping == Keeping.KEPT) {
      if (isFew(todo.entries, curve.compared)) {
        context()
            .console()
            .say(
                "  nothing is kept, as %d queries say too little: ask with %d or more",
                curve.compared, LEAST_QUERIES);
      } else {
        report.sayKept(wish.target, generation);
      }
    }
    wish.svg.ifPresent(file -> report.draw(file, generation));
  }

  private TuneReport report(Todo todo, Curve curve, List<CodeTrials.Trial> codes) {
    return new TuneReport(context(), wish.source.kind(), todo.depths, curve.points, codes);
  }

  @Override
  protected Counts books(Curve curve) {
    return new Counts()
        .add("queries", curve.compared)
        .add("failed", curve.failed)
        .add("points", curve.points.size());
  }
}
