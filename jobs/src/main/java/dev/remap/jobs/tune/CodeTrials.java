package dev.remap.jobs.tune;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Probing;
import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.shard.Shard;
import dev.remap.index.shard.ShardBuilder;
import dev.remap.index.shard.ShardFile;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.rerank.LeftOut;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.KeySample;
import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.search.VectorRange;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.table.Generation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What codes of other lengths would find: each is trained and searched on a sample of the stored
 * vectors, by the driver, with every list visited, so that nothing but the code is at fault.
 */
record CodeTrials(JobContext context, Generation generation, IndexSpec own, int k) {
  /** Vectors of the sample, as far as the driver may hold them. */
  private static final int VECTORS = 20_000;

  /** However little the driver may hold: a smaller sample tells nothing. */
  private static final int FEWEST = 4_096;

  /** Of the queries, so many are asked at the most. */
  private static final int QUERIES = 1_000;

  /** What training takes of each list, at the least. */
  private static final int EACH_LIST = 39;

  private static final long SEED = 20180814;

  /**
   * What a code finds.
   *
   * @param spec of the trial
   * @param points by depth
   */
  record Trial(IndexSpec spec, List<OperatingPoint> points) {
    /** The code alone, as it is written in a spec. */
    String code() {
      return Codes.text(spec);
    }
  }

  /** The sample, and what exact search finds in it. */
  private record Truth(
      List<KeySample.Drawn> vectors,
      List<QueryBlock> queries,
      LeftOut out,
      Map<Long, long[]> exact,
      List<Integer> depths) {}

  /**
   * Tries the index's own code and others, the shortest first.
   *
   * @param codes in place of its own
   * @param depths of which recall is told
   * @param queries of which some are asked
   * @param out which images they are
   */
  List<Trial> run(
      List<IndexSpec> codes, List<Integer> depths, List<QueryBlock> queries, LeftOut out) {
    Truth truth = truth(depths, some(queries), out);
    List<IndexSpec> all = new ArrayList<>(codes);
    all.add(own);
    List<Trial> trials = new ArrayList<>();
    all.stream()
        .map(code -> Codes.with(code, lists(truth.vectors.size())))
        .distinct()
        .sorted(Comparator.comparingInt(IndexSpec::codeBytes).thenComparing(IndexSpec::toString))
        .forEach(
            spec -> {
              trials.add(trial(spec, truth));
              context.console().say("  %s tried", Codes.text(spec));
            });
    return trials;
  }

  /**
   * Refuses codes that so many vectors cannot train, before anything is measured.
   *
   * @param entries of the generation
   */
  void requireEnough(List<IndexSpec> codes, long entries) {
    int sample = (int) Math.min(entries, room(generation.vectors().dimension()));
    if (k >= sample) {
      throw new InputException(
          "--codes are tried on a sample of %,d vectors, which have no %,d others: give a smaller"
              + " search.k",
          sample, k);
    }
    for (IndexSpec code : codes) {
      int needed = Codes.with(code, lists(sample)).minimumTrainingVectors();
      if (sample < needed) {
        throw new InputException(
            "--codes %s: at least %,d vectors train it, and the sample has %,d: give codes of fewer"
                + " bits, such as PQ16x4",
            Codes.text(code), needed, sample);
      }
    }
  }

  private int room(int dimension) {
    long room = context.settings().bytes("quantizer.driver-sample") / (4L * dimension);
    return (int) Math.max(FEWEST, Math.min(VECTORS, room));
  }

  private static List<QueryBlock> some(List<QueryBlock> queries) {
    List<QueryBlock> some = new ArrayList<>();
    int taken = 0;
    for (QueryBlock block : queries) {
      if (taken < QUERIES) {
        some.add(block);
        taken += block.size();
      }
    }
    return some;
  }

  private Truth truth(List<Integer> depths, List<QueryBlock> queries, LeftOut out) {
    int dimension = generation.vectors().dimension();
    // A shard takes its entries by rising keys.
    List<KeySample.Drawn> vectors =
        KeySample.vectors(context, generation.vectors(), room(dimension), SEED).stream()
            .sorted(Comparator.comparingLong(KeySample.Drawn::key))
            .toList();
    context
        .console()
        .say(
            "  codes: trained on %s of the index, among which %,d of the queries search",
            Console.count(vectors.size(), "vector"),
            queries.stream().mapToInt(QueryBlock::size).sum());
    VectorRange range =
        new VectorRange(
            vectors.stream().mapToLong(KeySample.Drawn::key).toArray(),
            vectors.stream().map(KeySample.Drawn::vector).toArray(float[][]::new));
    List<Integer> within = depths.stream().filter(depth -> depth < vectors.size()).toList();
    List<Neighbors> exact =
        queries.stream().map(block -> range.search(block, k + out.most())).toList();
    return new Truth(vectors, queries, out, Truths.of(exact), within);
  }

  /** No more than the sample can train. */
  private int lists(int sample) {
    return Math.max(1, Math.min(own.lists(), sample / EACH_LIST));
  }

  private Trial trial(IndexSpec spec, Truth truth) {
    int dimension = generation.vectors().dimension();
    QueryBlock all = QueryBlock.of(truth.vectors, KeySample.Drawn::key, KeySample.Drawn::vector);
    try (Quantizer quantizer =
        Quantizer.train(spec, dimension, all.vectors(), all.size(), SEED, line -> {})) {
      RecallCurve curve =
          RecallCurve.of(found(quantizer, all, truth), truth.exact, k, truth.depths, truth.out);
      List<OperatingPoint> points = new ArrayList<>();
      for (int d = 0; d < truth.depths.size(); d++) {
        points.add(curve.point(new Probing(spec.lists(), 0), truth.depths.get(d), d, 0));
      }
      return new Trial(spec, points);
    } catch (IllegalArgumentException e) {
      throw new InputException("--codes %s: %s", Codes.text(spec), e.getMessage());
    }
  }

  private static List<Neighbors> found(Quantizer quantizer, QueryBlock all, Truth truth) {
    Path folder = folder();
    Path file = folder.resolve("trial.faiss");
    try (Shard shard = Shard.open(written(quantizer, all, file))) {
      int deepest = truth.depths.get(truth.depths.size() - 1) + truth.out.most();
      int lists = quantizer.spec().lists();
      List<Neighbors> found = new ArrayList<>();
      for (QueryBlock block : truth.queries) {
        found.add(
            new Neighbors(
                block.ids(),
                shard.searchBatch(block.vectors(), block.size(), deepest, lists, 1),
                0));
      }
      return found;
    } finally {
      delete(file);
      delete(folder);
    }
  }

  private static ShardFile written(Quantizer quantizer, QueryBlock all, Path file) {
    try (ShardBuilder builder = new ShardBuilder(quantizer)) {
      builder.add(all.ids(), all.vectors(), all.size());
      return builder.write(file);
    }
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("remap-codes");
    } catch (IOException e) {
      throw StoreException.of("use the temporary folder", System.getProperty("java.io.tmpdir"), e);
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw StoreException.of("delete", path, e);
    }
  }
}
