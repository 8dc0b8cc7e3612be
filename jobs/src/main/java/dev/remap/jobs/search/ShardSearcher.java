package dev.remap.jobs.search;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Probing;
import dev.remap.index.shard.SearchResult;
import dev.remap.index.shard.Shard;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.TaskStore;
import dev.remap.jobs.spark.LocalCache;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Ledger;
import dev.remap.jobs.store.layer.Ledgers;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.table.ShardLayout;
import java.util.List;

/**
 * Approximate search: the parts are the shards of a generation.
 *
 * @param folder the generation's layer
 * @param quantizer its id, where a shard holds some of the lists; empty where each holds all
 * @param parts number of shards
 * @param probing which lists are visited
 * @param queries what is searched for
 * @param order how a part goes through several queries
 */
public record ShardSearcher(
    TaskStore store,
    String folder,
    String quantizer,
    int parts,
    Probing probing,
    Queries queries,
    Order order)
    implements Searcher {
  /**
   * From so many queries for each list on, going through the lists is faster than through the
   * queries, whose results are the same; below it is slower, alone up to seven times.
   */
  private static final int QUERIES_FOR_A_LIST = 6;

  /** What is searched for. */
  public enum Queries {
    /** Vectors from anywhere, whose ids are any numbers. */
    ANY,
    /** Stored vectors, whose ids are their keys: results tell of their own entries too. */
    STORED
  }

  /** How a part goes through several queries; the results are the same. */
  public enum Order {
    FASTEST,
    /** As queries come to a service, whose time is what is to be known. */
    ONE_BY_ONE
  }

  /** A searcher of that generation with the settings' {@link Probing}. */
  public static ShardSearcher of(JobContext context, Generation generation) {
    return of(context, generation, Queries.ANY);
  }

  /** Searches a generation's shards with queries of that kind. */
  public static ShardSearcher of(JobContext context, Generation generation, Queries queries) {
    IndexSpec spec = IndexSpec.parse(generation.inputs().spec());
    return new ShardSearcher(
        context.taskStore(),
        generation.folder(),
        ShardLayout.of(generation.inputs()) == ShardLayout.LIST
            ? generation.inputs().quantizer()
            : "",
        generation.shards(context.store()).size(),
        probing(context.settings(), spec),
        queries,
        Order.FASTEST);
  }

  private static Probing probing(Settings settings, IndexSpec spec) {
    int wanted = settings.integer("search.nprobe", 0, 1 << 30);
    int efSearch = settings.integer("search.ef-search", 0, Probing.MOST_CANDIDATES);
    if (spec.hnswLinks() == 0) {
      // A file may be for other indexes, too.
      if (efSearch > 0 && settings.isOfCommandLine("search.ef-search")) {
        throw new InputException(
            "search.ef-search is %d, and the index has no graph over its centroids (%s) to search so"
                + " widely: leave it out (--ef-search), or give 0",
            efSearch, spec);
      }
      efSearch = 0;
    }
    return new Probing(
        wanted == 0 ? spec.advisedProbes() : Math.min(wanted, spec.lists()), efSearch);
  }

  /** Of the same shards, with other lists visited. */
  public ShardSearcher visiting(Probing lists) {
    return new ShardSearcher(store, folder, quantizer, parts, lists, queries, order);
  }

  /** Of the same shards, with such lists visited for one query after the other. */
  public ShardSearcher oneByOne(Probing lists) {
    return new ShardSearcher(store, folder, quantizer, parts, lists, queries, Order.ONE_BY_ONE);
  }

  @Override
  public Router router() {
    if (quantizer.isEmpty()) {
      return Router.ALL;
    }
    Store opened = store.open();
    return new ListRouter(
        Quantizers.open(opened, Quantizers.require(opened, quantizer), probing.efSearch()),
        shards(opened).stream().mapToLong(placed -> placed.range().to()).toArray(),
        probing.nprobe());
  }

  private List<Ledger.Placed> shards(Store opened) {
    return Ledgers.of(opened, folder).segments(TableKind.SHARDS.rows(), KeyRange.ALL).toList();
  }

  @Override
  public Part open(int part) {
    Store opened = store.open();
    FileRef file = shards(opened).get(part).segment().file();
    return new OpenShard(
        Shard.open(LocalCache.fetch(opened, file), file.sha256(), file.bytes(), probing.efSearch()),
        probing.nprobe(),
        queries,
        order);
  }

  record OpenShard(Shard shard, int nprobe, Queries queries, Order order) implements Part {
    @Override
    public int entries() {
      return Math.toIntExact(shard.size());
    }

    @Override
    public Neighbors search(QueryBlock block, int k) {
      long start = System.nanoTime();
      SearchResult found = isWorthABatch(block.size()) ? batch(block, k) : oneByOne(block, k);
      return new Neighbors(block.ids(), found, System.nanoTime() - start);
    }

    private boolean isWorthABatch(int size) {
      return order == Order.FASTEST
          && (long) size * nprobe >= (long) QUERIES_FOR_A_LIST * shard.spec().lists();
    }

    private SearchResult batch(QueryBlock block, int k) {
      return queries == Queries.STORED
          ? shard.searchOwnBatch(block.vectors(), block.ids(), block.size(), k, nprobe, 1)
          : shard.searchBatch(block.vectors(), block.size(), k, nprobe, 1);
    }

    private SearchResult oneByOne(QueryBlock block, int k) {
      return queries == Queries.STORED
          ? shard.searchOwn(block.vectors(), block.ids(), block.size(), k, nprobe)
          : shard.search(block.vectors(), block.size(), k, nprobe);
    }

    @Override
    public void close() {
      shard.close();
    }
  }
}
