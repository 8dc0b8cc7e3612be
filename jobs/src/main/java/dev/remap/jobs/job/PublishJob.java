package dev.remap.jobs.job;

import dev.remap.index.shard.Shard;
import dev.remap.jobs.search.DistributedSearch;
import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.KillPoint;
import dev.remap.jobs.store.Publication;
import dev.remap.jobs.store.Published;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.segment.KeyRange;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;

/** Checks a generation from its files and makes it the live one. */
public final class PublishJob extends Job<PublishJob.Todo, PublishJob.Checks> {
  private static final int NEIGHBOURS = 10;
  private static final int BLOCK = 256;

  private final Integer number;

  /**
   * @param generation to publish; null for the newest; an older one rolls back
   */
  public PublishJob(JobContext context, Integer generation) {
    super(context);
    this.number = generation;
  }

  record Todo(
      Generation generation,
      Publication publication,
      Optional<Published> live,
      boolean alreadyLive) {}

  /**
   * What was found: entries read from the shards, and how many sampled vectors found themselves.
   */
  record Checks(long entries, long canaries, long found) {}

  @Override
  String name() {
    return "publish";
  }

  @Override
  Todo plan() {
    Generation generation = Generation.choose(context(), number);
    Publication publication = new Publication(context().store(), generation.index());
    Optional<Published> live = publication.latest();
    boolean already =
        live.map(l -> l.manifest().equals(generation.manifestRef(context().store()))).orElse(false);
    context()
        .console()
        .say(
            "publish generation %d of '%s' (%s)",
            generation.number(),
            generation.index(),
            live.map(l -> "live now: generation " + Generation.number(l))
                .orElse("nothing is live yet"));
    return new Todo(generation, publication, live, already);
  }

  @Override
  Checks run(Todo todo) {
    if (todo.alreadyLive) {
      return new Checks(todo.generation.entries(context().store()), 0, 0);
    }
    long entries =
        new Units(context(), "shards")
                .run(
                    shards(todo.generation.ledger(context().store())),
                    0,
                    (shard, task) -> {
                      Natives.loadFaiss();
                      FileRef file = new FileRef(shard.path, shard.bytes, shard.sha256);
                      try (Shard open =
                          Shard.open(
                              LocalCache.fetch(task.store(), file), shard.sha256, shard.bytes)) {
                        return checked(open.size(), shard);
                      }
                    })
                .stream()
                .mapToLong(Long::longValue)
                .sum();
    return selfRetrieval(todo.generation, entries);
  }

  private record ShardEntry(String path, long bytes, String sha256, long rows)
      implements java.io.Serializable {}

  private static List<ShardEntry> shards(Ledger ledger) {
    return ledger
        .segments(Generation.TABLE, KeyRange.ALL)
        .map(
            placed ->
                new ShardEntry(
                    placed.segment().path(),
                    placed.segment().file().bytes(),
                    placed.segment().file().sha256(),
                    placed.segment().rows()))
        .toList();
  }

  private static long checked(long entries, ShardEntry shard) {
    if (entries != shard.rows) {
      throw new JobFailedException(
          "%s has %,d entries; %,d were recorded", shard.path, entries, shard.rows);
    }
    return entries;
  }

  /** Every n-th vector, by the order of a hash, must be among its own nearest neighbours. */
  private Checks selfRetrieval(Generation generation, long entries) {
    int every = context().settings().integer("publish.self-retrieval-every", 1, Integer.MAX_VALUE);
    List<VectorSample.Entry> canaries =
        VectorSample.draw(
            context(), generation.vectors(), Math.max(NEIGHBOURS, entries / every), 1);
    List<QueryBlock> blocks =
        QueryBlock.split(canaries, BLOCK, VectorSample.Entry::key, VectorSample.Entry::vector);
    JavaRDD<QueryBlock> queries = context().spark().parallelize(blocks, Math.max(1, blocks.size()));
    long found =
        TaskFailures.unwrap(
            () ->
                DistributedSearch.run(
                        queries,
                        ShardSearcher.of(context(), generation),
                        NEIGHBOURS,
                        context().spark().defaultParallelism())
                    .map(PublishJob::foundThemselves)
                    .fold(0L, Long::sum));
    return new Checks(entries, canaries.size(), found);
  }

  private static long foundThemselves(Neighbors neighbors) {
    long found = 0;
    for (int q = 0; q < neighbors.queryIds().length; q++) {
      found += neighbors.rank(q, neighbors.queryIds()[q]) >= 0 ? 1 : 0;
    }
    return found;
  }

  @Override
  void verify(Todo todo, Checks checks) {
    long vectors = todo.generation.vectors().rows(context());
    if (checks.entries != vectors) {
      throw new JobFailedException(
          "Generation %d is not published: its shards hold %,d entries, the vectors are %,d",
          todo.generation.number(), checks.entries, vectors);
    }
    double least = context().settings().number("publish.min-self-retrieval", 0, 1);
    if (checks.found < least * checks.canaries) {
      throw new JobFailedException(
          "Generation %d is not published: %,d of %,d sampled vectors find themselves, publish.min-self-retrieval"
              + " asks for %.1f %%. Look at the quantizer (codes too short?) and at search.nprobe",
          todo.generation.number(), checks.found, checks.canaries, 100 * least);
    }
  }

  @Override
  void commit(Todo todo, Checks checks) {
    if (todo.alreadyLive) {
      context().console().say("  it is live already");
      return;
    }
    KillPoint.reach("publish.before-publication");
    Published published =
        todo.publication
            .publish(
                todo.generation.manifestRef(context().store()),
                context().run(),
                todo.live,
                // Somebody else's publication of these very files is as good as ours.
                live ->
                    !live.map(
                            l ->
                                l.manifest().equals(todo.generation.manifestRef(context().store())))
                        .orElse(false))
            .orElseGet(() -> todo.publication.latest().orElseThrow());
    KillPoint.reach("publish.after-publication");
    context()
        .console()
        .say(
            "  checked: %,d entries, %,d of %,d sampled vectors find themselves",
            checks.entries, checks.found, checks.canaries);
    context()
        .console()
        .say(
            "  live: generation %d of '%s' (publication %d)",
            todo.generation.number(), todo.generation.index(), published.number());
  }

  @Override
  Books books(Checks checks) {
    return new Books()
        .add("entries", checks.entries)
        .add("canaries", checks.canaries)
        .add("found", checks.found);
  }
}
