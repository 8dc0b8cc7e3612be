package dev.remap.jobs.evaluate;

import dev.remap.core.extraction.Described;
import dev.remap.core.extraction.Extractor;
import dev.remap.core.extraction.Rejected;
import dev.remap.core.whitening.Whitening;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.TaskStore;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.spark.Progress;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.table.ExecutorExtractors;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Whitenings;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;

/**
 * The images of queries as vectors of a generation's extractor and whitening.
 *
 * @param block the queries that could be described
 * @param failures those that could not
 */
public record QueryVectors(QueryBlock block, List<Failure> failures) implements Serializable {
  private static final int BLOCK = 64;

  /** A query without a vector, and why. */
  record Failure(long id, String reason) implements Serializable {}

  /**
   * Describes and projects queries on the executors; the result is kept, as searches read it more
   * than once.
   */
  public static <Q extends Query> JavaRDD<QueryVectors> of(
      JobContext context, Generation generation, List<Q> queries) {
    return of(context, generation, queries, context.spark().sc().longAccumulator());
  }

  /**
   * The same, with progress.
   *
   * @param done is told how many queries have been looked at
   */
  public static <Q extends Query> JavaRDD<QueryVectors> of(
      JobContext context, Generation generation, List<Q> queries, LongAccumulator done) {
    List<List<Q>> blocks = new ArrayList<>();
    for (int i = 0; i < queries.size(); i += BLOCK) {
      blocks.add(new ArrayList<>(queries.subList(i, Math.min(queries.size(), i + BLOCK))));
    }
    TaskStore store = context.taskStore();
    String extractor = Layout.extractor(generation.inputs().extractor());
    String whitening = generation.inputs().whitening();
    ExecutorExtractors.Options options = ExecutorExtractors.Options.of(context);
    return context
        .spark()
        .parallelize(blocks, Math.max(1, blocks.size()))
        .map(
            block -> {
              Store opened = store.open();
              Extractor network =
                  ExecutorExtractors.open(
                      opened, new Artifacts(opened).require(extractor), options);
              return describe(
                  network, Whitenings.load(opened, whitening), block, store.hadoop(), done);
            })
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  private static <Q extends Query> QueryVectors describe(
      Extractor network,
      Whitening whitening,
      List<Q> queries,
      Configuration hadoop,
      LongAccumulator done)
      throws InterruptedException {
    List<Vector> vectors = new ArrayList<>();
    List<Failure> failures = new ArrayList<>();
    network.extract(
        queries.stream().map(query -> query.source(hadoop)).iterator(),
        outcome -> {
          done.add(1);
          long id = queries.get(outcome.index()).id();
          if (outcome instanceof Described described) {
            vectors.add(new Vector(id, whitening.project(described.descriptor())));
          } else {
            failures.add(new Failure(id, ((Rejected) outcome).reason()));
          }
        });
    return new QueryVectors(QueryBlock.of(vectors, Vector::id, Vector::values), failures);
  }

  private record Vector(long id, float[] values) {}

  /**
   * Describes queries, and takes in those that could be.
   *
   * @throws InputException if none could
   */
  public static <Q extends Query> List<QueryVectors> collect(
      JobContext context, Generation generation, List<Q> queries) {
    try (Progress progress =
        new Progress(context.spark(), context.console(), "queries", queries.size())) {
      JavaRDD<QueryVectors> vectors = of(context, generation, queries, progress.done());
      List<QueryVectors> all = TaskFailures.unwrap(vectors::collect);
      vectors.unpersist(false);
      List<Failure> failures = all.stream().flatMap(one -> one.failures.stream()).toList();
      if (failures.size() == queries.size()) {
        throw new InputException(
            "No query could be described, of %,d; the first: %s",
            queries.size(), failures.get(0).reason);
      }
      return all;
    }
  }

  /** How many could not be described. */
  public int failed() {
    return failures.size();
  }

  /** The blocks that have queries, for the search. */
  public static JavaRDD<QueryBlock> blocks(JavaRDD<QueryVectors> vectors) {
    return vectors.map(QueryVectors::block).filter(block -> block.size() > 0);
  }

  /** The queries that could not be described. */
  static List<Failure> failures(JavaRDD<QueryVectors> vectors) {
    return TaskFailures.unwrap(
        () -> vectors.flatMap(block -> block.failures().iterator()).collect());
  }
}
