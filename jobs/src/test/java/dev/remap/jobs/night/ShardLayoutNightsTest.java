package dev.remap.jobs.night;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.index.quantizer.Probing;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.search.DistributedSearch;
import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.search.ShardSearcher;
import dev.remap.jobs.stage.build.BuildJob;
import dev.remap.jobs.stage.knn.KnnJob;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.row.NeighborRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentReader;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.IndexInputs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shards of lists hold, find and become what shards of keys do. */
class ShardLayoutNightsTest {
  private static final int SEED = 20261130;
  private static final int DIMENSION = 8;
  private static final int K = 7;

  @TempDir private Path folder;

  private Nights keys;
  private Nights lists;
  private float[][] vectors;

  @BeforeEach
  void prepare() {
    keys = nights("keys");
    lists = nights("lists").set("index.layout", "list");
    Random random = new Random(SEED);
    vectors = new float[700][DIMENSION];
    for (float[] vector : vectors) {
      for (int i = 0; i < DIMENSION; i++) {
        vector[i] = (float) random.nextGaussian();
      }
    }
  }

  private Nights nights(String name) {
    return new Nights(folder, name, KeyHash.SHA_256)
        .set("catalogue.format", "embeddings")
        .set("embeddings.dimension", DIMENSION)
        .set("whitening.method", "none")
        .set("quantizer.spec", "IVF16,PQ4x4np")
        .set("publish.min-self-retrieval", 0)
        .set("search.nprobe", 3)
        .set("unit.images", 100)
        .set("index.shards", 3);
  }

  /** Some rows as {@code .fvecs}, whose places in the file are their names. */
  private Path catalogue(int rows) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(rows * (4 + 4 * DIMENSION)).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < rows; row++) {
      bytes.putInt(DIMENSION);
      for (float value : vectors[row]) {
        bytes.putFloat(value);
      }
    }
    return Files.write(folder.resolve("a.fvecs"), bytes.array());
  }

  @Test
  void theyAreWhatShardsOfKeysAreNightAfterNight() throws IOException {
    keys.reindex(catalogue(600));
    assertThat(lists.reindex(catalogue(600)))
        .contains("3 shards of lists")
        .contains("600 vectors = 600 entries in 3 shards");
    assertSameEntries("first");

    // The layout is that of the generation before, until another is asked for.
    lists.set("index.layout", "auto");
    for (int row = 3; row < 600; row += 50) {
      vectors[row][1] += 2;
    }
    keys.reindex(catalogue(640));
    assertThat(lists.reindex(catalogue(640)))
        .contains("3 shards of lists")
        .contains("merged from generation 1: at most 52 codes are new");
    assertSame("second");

    // Another number of shards is cut anew, another layout built anew.
    lists.set("index.shards", 4);
    keys.reindex(catalogue(500));
    assertThat(lists.reindex(catalogue(500)))
        .contains("500 entries in 4 shards", "4 shards of lists")
        .doesNotContain("merged from");
    assertSameEntries("third");
    lists.set("index.layout", "key");
    assertThat(lists.reindex(catalogue(490))).contains("4 shards\n").doesNotContain("merged from");
    assertThat(lists.verify()).contains("all is well");
  }

  @Test
  void aGenerationOfWhichNothingTellsDecidesNothing() throws IOException {
    lists.reindex(catalogue(600));
    lists.set("index.layout", "auto");
    // A run that was killed while it wrote its plan.
    Files.createDirectories(lists.store().resolve("indexes/default/00000002"));
    assertThat(lists.reindex(catalogue(610))).contains("generation 2", "3 shards of lists");
    // A trial that nobody has published.
    lists.set("index.layout", "key");
    try (JobContext context = lists.context(new ByteArrayOutputStream())) {
      new BuildJob(context, IndexInputs.choose(context, null)).execute();
    }
    lists.set("index.layout", "auto");
    assertThat(lists.reindex(catalogue(600))).contains("generation 4", "3 shards of lists");
  }

  /** The entries, what searches find, and the graph of neighbours. */
  private void assertSame(String night) throws IOException {
    assertSameEntries(night);
    assertThat(found(lists)).isEqualTo(found(keys));
    assertThat(graph(lists)).isEqualTo(graph(keys)).isNotEmpty();
  }

  private void assertSameEntries(String night) throws IOException {
    assertThat(Files.mismatch(merged(keys, night), merged(lists, night))).isEqualTo(-1);
  }

  private Path merged(Nights nights, String night) {
    return nights.merged(folder.resolve(night + "-" + nights.store().getFileName()));
  }

  private List<String> found(Nights nights) {
    try (JobContext context = nights.context(new ByteArrayOutputStream())) {
      ShardSearcher searcher = ShardSearcher.of(context, Generation.live(context));
      List<QueryBlock> blocks =
          QueryBlock.split(
              IntStream.range(0, vectors.length).boxed().toList(),
              40,
              row -> row,
              row -> vectors[row]);
      List<Neighbors> found =
          DistributedSearch.run(context.spark().parallelize(blocks, 3), searcher, K, 2).collect();
      List<String> lines = new ArrayList<>();
      for (Neighbors block : found) {
        for (int i = 0; i < block.queryIds().length; i++) {
          lines.add(block.queryIds()[i] + ": " + block.result().neighbors(i));
        }
      }
      assertThat(lines).hasSize(vectors.length);
      return lines.stream().sorted().toList();
    }
  }

  private static List<NeighborRow> graph(Nights nights) {
    nights.set("knn.k", 5).set("knn.depth", 10);
    List<NeighborRow> rows = new ArrayList<>();
    try (JobContext context = nights.context(new ByteArrayOutputStream())) {
      new KnnJob(context, Generation.live(context))
          .execute()
          .segments(TableKind.GRAPHS.rows(), KeyRange.ALL)
          .map(
              placed ->
                  SegmentReader.open(context.store(), placed.segment(), RowFormat.neighbors()))
          .forEach(
              reader -> {
                try (reader) {
                  reader.forEachRemaining(rows::add);
                }
              });
    }
    return rows;
  }

  @Test
  void whatARunLeavesUnfinishedTheNextOneFinishesToTheSameShards() throws IOException {
    lists.reindex(catalogue(600));
    for (int generation = 1; generation <= 2; generation++) {
      // The second is merged from the first.
      List<String> expected = lists.shards();
      for (int unit : new int[] {0, 2}) {
        try (JobContext context = lists.context(new ByteArrayOutputStream())) {
          Store store = context.store();
          Layer layer = new Layer(store, Generation.folder("default", generation));
          store.deleteQuietly(layer.ledgerPath());
          store.deleteQuietly(layer.recordPath(unit));
          BuildJob.ofBegun(context, generation).execute();
        }
        assertThat(lists.shards()).isEqualTo(expected);
      }
      if (generation == 1) {
        vectors[7][0] += 1;
        lists.reindex(catalogue(590));
      }
    }
  }

  @Test
  void aQueryAsksTheShardsAloneThatOwnItsLists() throws IOException {
    lists.reindex(catalogue(600));
    try (JobContext context = lists.context(new ByteArrayOutputStream())) {
      assertThat(Generation.live(context).inputs().find(Inputs.LAYOUT)).contains("list");
      QueryBlock all =
          QueryBlock.of(
              IntStream.range(0, vectors.length).boxed().toList(), row -> row, row -> vectors[row]);
      ShardSearcher searcher =
          ShardSearcher.of(context, Generation.live(context)).visiting(new Probing(1, 0));
      try (var router = searcher.router()) {
        int[][] asked = router.rows(all).orElseThrow();
        // With one list to visit each query has one shard.
        assertThat(Arrays.stream(asked).flatMapToInt(Arrays::stream).sorted().toArray())
            .isEqualTo(IntStream.range(0, vectors.length).toArray());
        assertThat(List.of(asked)).allSatisfy(rows -> assertThat(rows).isSorted().isNotEmpty());
      }
      try (var router = searcher.visiting(new Probing(16, 0)).router()) {
        assertThat(router.rows(all)).isEmpty();
      }
    }
  }
}
