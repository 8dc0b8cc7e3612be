package dev.remap.jobs.evaluate;

import dev.remap.core.evaluation.Protocol;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.ProtocolQueries.Asked;
import dev.remap.jobs.evaluate.truth.NearestTruth;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.KeySample;
import dev.remap.jobs.sample.VectorsByKey;
import dev.remap.jobs.search.Counted;
import dev.remap.jobs.search.DistributedSearch;
import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.spark.Progress;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.table.Generation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Queries whose truth is exact search over the stored vectors: images of the catalogue, each
 * without itself, or those of a file.
 */
final class NearestQueries {
  private static final long SEED = 20181123;
  private static final int BLOCK = 64;
  private static final int MOST_QUERIES = 100_000;

  private final JobContext context;
  private final Generation generation;
  private final Map<String, Long> keys = new HashMap<>();

  NearestQueries(JobContext context, Generation generation) {
    this.context = context;
    this.generation = generation;
  }

  /** Searches exactly, for as many as the protocol asks for. */
  ProtocolQueries of(ProtocolInputs inputs) {
    long entries = generation.entries(context.store());
    if (entries < 2) {
      throw new InputException(
          "Generation %d of '%s' has %s: there is nothing to find",
          generation.number(), generation.index(), Console.count(entries, "entry"));
    }
    List<Asked> asked =
        inputs.queries().isPresent()
            ? ProtocolQueries.all(context, generation, inputs.queries().get())
            : drawn(inputs.images().orElse(ProtocolInputs.IMAGES));
    Map<String, List<String>> nearest = exact(asked);
    return new ProtocolQueries(NearestTruth.of(nearest), keys, asked, List.of(), Map.of());
  }

  /** Images of the catalogue, drawn by their keys: the same ones every time. */
  private List<Asked> drawn(int images) {
    if (images < 1 || images > MOST_QUERIES) {
      throw new InputException(
          "--images is %d: give a number of images from 1 to %,d", images, MOST_QUERIES);
    }
    List<Long> drawn = KeySample.draw(context, generation.vectors(), images, SEED);
    List<Asked> asked = new ArrayList<>();
    for (var image : VectorsByKey.collect(context, generation.vectors(), drawn)) {
      asked.add(new Asked(asked.size(), image.imageId(), image.vector()));
      keys.put(image.imageId(), image.key());
    }
    return asked;
  }

  private Map<String, List<String>> exact(List<Asked> asked) {
    Map<Long, String> names = new HashMap<>();
    asked.forEach(one -> names.put(one.id(), one.name()));
    Map<String, List<String>> nearest = new LinkedHashMap<>();
    asked.forEach(one -> nearest.put(one.name(), List.of()));
    for (Neighbors block : search(asked)) {
      int k = block.result().k();
      for (int q = 0; q < block.queryIds().length; q++) {
        String name = names.get(block.queryIds()[q]);
        long self = keys.getOrDefault(name, -1L);
        List<String> found = new ArrayList<>();
        Arrays.stream(block.result().keys(), q * k, (q + 1) * k)
            .filter(key -> key >= 0 && key != self)
            .limit(Protocol.MOST_NEAREST)
            .forEach(key -> found.add(named(key)));
        nearest.put(name, found);
      }
    }
    return nearest;
  }

  /** What the truth calls an image that a query should find. */
  private String named(long key) {
    String name = "key " + key;
    keys.put(name, key);
    return name;
  }

  private List<Neighbors> search(List<Asked> asked) {
    List<QueryBlock> blocks = QueryBlock.split(asked, BLOCK, Asked::id, Asked::vector);
    ExactSearcher searcher = ExactSearcher.of(context, generation.vectors());
    long searches = (long) asked.size() * searcher.parts();
    context.console().say("  the truth first: exact search, through all vectors");
    try (Progress progress =
        new Progress(context.spark(), context.console(), "exact searches of a unit", searches)) {
      return TaskFailures.unwrap(
          () ->
              DistributedSearch.run(
                      context.spark().parallelize(blocks, blocks.size()),
                      new Counted(searcher, progress.done()),
                      Protocol.MOST_NEAREST + 1,
                      context.spark().defaultParallelism())
                  .collect());
    }
  }
}
