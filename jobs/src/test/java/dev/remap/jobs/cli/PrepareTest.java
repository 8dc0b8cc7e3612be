package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.row.FlowRow;
import dev.remap.jobs.store.row.NeighborRow;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.RowFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What searches take of all images, prepared and read; against what they make when asked. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PrepareTest {
  private static final int DIMENSION = 8;
  private static final int IMAGES = 120;
  private static final int K = 4;
  private static final String DBA = "dba:k=4";
  private static final String DIFFUSION = "diffusion:kd=6,n=20,alpha=0.9,gamma=3,local=0";
  private static final String LOCAL = "diffusion:kd=6,n=20,alpha=0.9,gamma=3,local=1";
  private static final String GRAPH = "default-k30-nprobe8-depth60";
  private static final String AUGMENTED = "augmented/" + GRAPH + "-dba-k4";
  private static final String FLOWS =
      "flows/" + GRAPH + "-diffusion-kd6-n20-alpha0.9-gamma3-local0";
  private static final String[] EVALUATE = {
    "--groups",
    ".",
    "--rerank",
    DBA + "+aqe:k=2",
    "--rerank",
    "diffusion:kq=3,kd=6,n=20,alpha=0.9",
    "--rerank",
    "diffusion:kq=3,kd=6,n=20,alpha=0.9,local=1"
  };

  private Path folder;
  private Path catalogue;

  /** With a graph, and nothing prepared. */
  private Remap bare;

  /** The same, and all of it prepared. */
  private Remap remap;

  @BeforeAll
  void build(@TempDir Path temporary) throws IOException {
    folder = temporary;
    catalogue = Files.createDirectories(folder.resolve("catalogue"));
    write(IMAGES);
    bare = settings(folder.resolve("store"));
    bare.succeed("reindex", "--catalogue", catalogue.toString());
    bare.succeed("knn", "-k", "30", "--depth", "60", "--nprobe", "8");
    remap = copy(bare);
    for (String method : List.of(DBA, DIFFUSION, LOCAL)) {
      remap.succeed("prepare", "--rerank", method);
    }
  }

  private static Remap settings(Path store) {
    return new Remap(store)
        .set("catalogue.format", "embeddings")
        .set("embeddings.dimension", DIMENSION)
        .set("whitening.method", "none")
        .set("quantizer.spec", "IVF8,PQ4x4np")
        .set("unit.images", 50)
        .set("publish.copies", 0)
        .set("publish.min-self-retrieval", 0)
        .set("search.nprobe", 8);
  }

  /** Groups of images that are near each other. */
  private void write(int images) throws IOException {
    Random random = new Random(31);
    float[][] vectors = new float[images][DIMENSION];
    for (int i = 0; i < images; i++) {
      for (int d = 0; d < DIMENSION; d++) {
        float near = i < 12 ? 0 : vectors[i % 12][d];
        vectors[i][d] = near + (float) random.nextGaussian() * (i < 12 ? 1 : 0.7f);
      }
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(images * (4 + 4 * DIMENSION)).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : vectors) {
      bytes.putInt(DIMENSION);
      for (float value : row) {
        bytes.putFloat(value);
      }
    }
    List<String> ids = IntStream.range(0, images).mapToObj(i -> "g" + i % 12 + "/i" + i).toList();
    Files.write(catalogue.resolve("a.fvecs.ids"), ids);
    Files.write(catalogue.resolve("a.fvecs"), bytes.array());
  }

  private Remap copy(Remap of) {
    Path copy = folder.resolve(UUID.randomUUID().toString());
    FiveNights.tree(of.store(), copy);
    return settings(copy);
  }

  /** The lines of its table: what is found, in numbers. */
  private static List<String> table(String said) {
    return said.lines().filter(line -> line.matches(".* 0\\.\\d{3} .*")).toList();
  }

  @Test
  void searchesAndEvaluationsFindTheSameByWhatWasPreparedAndSayWhichItWas() {
    String made = bare.succeed("evaluate", EVALUATE).out();
    String read = remap.succeed("evaluate", EVALUATE).out();

    assertThat(made)
        .contains("dba:k=4 is made now: it is not prepared of generation 1 (`remap prepare ")
        .containsPattern("`remap prepare .*--graph " + GRAPH + " .*--rerank " + DBA)
        .contains(DIFFUSION + " is made now");
    assertThat(read)
        .contains(DBA + " is read as it was prepared of generation 1")
        .contains(DIFFUSION + " is read as", LOCAL + " is read as")
        .doesNotContain("is made now");
    assertThat(table(read)).hasSizeGreaterThan(3).isEqualTo(table(made));
    for (String method : List.of(DBA, DIFFUSION, LOCAL)) {
      String[] search = {"--vectors", catalogue.toString(), "--rerank", method, "-k", "20"};
      String found = remap.succeed("search", search).out();
      assertThat(found).contains(method + " is read as it was prepared");
      assertThat(hits(found)).hasSize(IMAGES * 20).isEqualTo(hits(bare.succeed("search", search)));
    }
  }

  private static List<String> hits(Remap.Ran ran) {
    return hits(ran.out());
  }

  private static List<String> hits(String said) {
    return said.lines().filter(line -> line.matches(" +g\\d+/i\\d+ .*")).toList();
  }

  @Test
  void aQueryInJsonHasNothingButItsHitsOnStandardOutput() {
    String said =
        remap.succeed("search", "--vectors", catalogue.toString(), "--rerank", DBA, "--json").out();
    assertThat(said.lines()).hasSize(IMAGES).allMatch(line -> line.startsWith("{"));
  }

  private List<NeighborRow> graph() {
    Tables tables = new Tables(remap.store());
    return tables.rows(
        tables.ledger("graphs/" + GRAPH + "/00000001"), "neighbors", RowFormat.neighbors());
  }

  @Test
  void anAugmentedVectorIsTheSumOfItsOwnAndItsNearestByTheirRank() {
    Tables tables = new Tables(remap.store());
    String vectors = tables.only("vectors") + "/00000001";
    Map<Long, float[]> own =
        tables.rows(tables.ledger(vectors), "vectors", RowFormat.vectors(DIMENSION)).stream()
            .collect(Collectors.toMap(VectorRow::key, VectorRow::vector));
    Map<Long, VectorRow> augmented =
        tables
            .rows(
                tables.ledger(AUGMENTED + "/00000001"), "augmented", RowFormat.augmented(DIMENSION))
            .stream()
            .collect(Collectors.toMap(VectorRow::key, Function.identity()));

    assertThat(augmented).hasSize(IMAGES);
    for (NeighborRow row : graph()) {
      double[] sum = new double[DIMENSION];
      double squares = 0;
      for (int d = 0; d < DIMENSION; d++) {
        sum[d] = own.get(row.key())[d];
        for (int rank = 0; rank < K; rank++) {
          sum[d] += own.get(row.neighbors().get(rank).key())[d] * (K - rank) / K;
        }
        squares += sum[d] * sum[d];
      }
      VectorRow found = augmented.get(row.key());
      assertThat(found.imageId()).isEqualTo(row.imageId());
      for (int d = 0; d < DIMENSION; d++) {
        assertThat(found.vector()[d])
            .isCloseTo((float) (sum[d] / Math.sqrt(squares)), within(1e-6f));
      }
    }
  }

  @Test
  void aRowOfFlowsBeginsWithItsImageAndStaysInItsList() {
    Tables tables = new Tables(remap.store());
    List<FlowRow> rows =
        tables.rows(tables.ledger(FLOWS + "/00000001"), "flows", RowFormat.flows());
    List<NeighborRow> graph = graph();

    assertThat(rows).hasSize(IMAGES);
    for (int i = 0; i < IMAGES; i++) {
      List<Long> list = new ArrayList<>(List.of(graph.get(i).key()));
      graph.get(i).neighbors().stream().limit(19).forEach(near -> list.add(near.key()));
      List<Long> keys = Arrays.stream(rows.get(i).keys()).boxed().toList();
      assertThat(keys).isSubsetOf(list).startsWith(graph.get(i).key());
      assertThat(rows.get(i).flows()[0]).isGreaterThanOrEqualTo(1);
    }
    assertThat(rows).anyMatch(row -> row.keys().length > 5);
  }

  private static List<String> digests(Remap of) {
    Tables tables = new Tables(of.store());
    List<String> digests = new ArrayList<>();
    digests.addAll(Tables.digests(tables.ledger(AUGMENTED + "/00000001"), "augmented"));
    digests.addAll(Tables.digests(tables.ledger(FLOWS + "/00000001"), "flows"));
    return digests;
  }

  @Test
  void whatWasKilledIsNotReadUntilItWasGoneOnWithAndIsTheSame() throws IOException {
    Remap one = copy(remap);
    for (String table : List.of(AUGMENTED, FLOWS)) {
      Path layer = one.store().resolve(table + "/00000001");
      Files.delete(layer.resolve("ledger.json"));
      Files.delete(layer.resolve("records/u000001.json"));
    }

    assertThat(one.succeed("status").out()).contains("2 of 3 units");
    String[] search = {"--vectors", catalogue.toString(), "--rerank", DBA};
    assertThat(one.succeed("search", search).out()).contains("dba:k=4 is made now");
    LocalSpark.use("local[3]");
    String said = one.succeed("prepare", "--rerank", DBA).out();
    one.succeed("prepare", "--rerank", DIFFUSION);

    assertThat(said).contains("books: 120 images = 120 vectors, to which 480 of their nearest");
    assertThat(digests(one)).hasSize(6).isEqualTo(digests(remap));
    assertThat(one.succeed("verify").out()).contains("all is well");
    assertThat(one.succeed("prepare", "--rerank", DBA).out()).contains("it is there already");
    assertThat(one.succeed("search", search).out()).contains("dba:k=4 is read as it was prepared");
  }

  @AfterAll
  void usualSpark() {
    LocalSpark.use("local[2]");
  }

  @Test
  void aNightMakesItStaleAndGarbageCollectionTakesItWithItsGeneration() throws IOException {
    Remap one = copy(remap);
    write(IMAGES + 5);
    one.succeed("reindex", "--catalogue", catalogue.toString());
    write(IMAGES);

    assertThat(one.succeed("status").out())
        .containsPattern("augmented vectors of generation 1 +" + GRAPH + "-dba-k4 +stale")
        .containsPattern(
            "augmented \\S+ is not of the live generation, 2, .*`remap knn .*--generation 2 -k 30"
                + " --depth 60 .*` makes its graph, and then `remap prepare .*--generation 2 --rerank "
                + DBA);
    assertThat(one.run("status", "--json").out()).contains("\"stale\" : true");
    String[] search = {"--vectors", catalogue.toString(), "--rerank", DBA};
    one.run("search", search)
        .assertRefused(2, "no complete table of neighbors of generation 2", "remap knn");
    one.succeed("knn", "-k", "30", "--depth", "60", "--nprobe", "8");
    assertThat(one.succeed("search", search).out())
        .contains("dba:k=4 is made now: it is not prepared of generation 2, but of 1 (`remap prep");
    assertThat(one.succeed("status").out())
        .containsPattern("2, and its searches do without it: `remap prepare .*--graph " + GRAPH);
    one.succeed("prepare", "--rerank", DBA);
    assertThat(one.succeed("search", search).out())
        .contains("dba:k=4 is read as it was prepared of generation 2");
    assertThat(one.succeed("status").out())
        .doesNotContainPattern("augmented \\S+ is not of the live");

    one.succeed("gc", "--grace", "0s", "--keep", "0", "--delete");

    assertThat(one.store().resolve(AUGMENTED + "/00000001")).doesNotExist();
    assertThat(one.store().resolve(AUGMENTED + "/00000002")).exists();
    assertThat(one.store().resolve(FLOWS)).doesNotExist();
    assertThat(one.succeed("verify").out()).contains("all is well");
  }

  @Test
  void damageIsFoundAndTheCommandNamedThatMakesItAgain() throws IOException {
    Remap one = copy(remap);
    for (String table : List.of(AUGMENTED, FLOWS)) {
      String segments = table + "/00000001/segments";
      Path segment = one.store().resolve(segments).resolve(FiveNights.list(one, segments).get(0));
      byte[] bytes = Files.readAllBytes(segment);
      bytes[bytes.length / 2] ^= 4;
      Files.write(segment, bytes);
    }

    String repaired = one.run("verify", "--repair").out();

    assertThat(repaired)
        .containsPattern("remap prepare .* --graph " + GRAPH + " --rerank " + DBA + " --gen")
        .containsPattern("remap prepare .* --rerank " + DIFFUSION + " --generation 1");
    one.succeed("prepare", "--rerank", DBA);
    one.succeed("prepare", "--rerank", DIFFUSION);
    assertThat(digests(one)).isEqualTo(digests(remap));
  }

  @Test
  void filesNameWhatWasPrepared() {
    assertThat(remap.succeed("files", "--table", "augmented").out().lines())
        .hasSize(3)
        .allMatch(line -> line.contains(AUGMENTED));
    remap
        .run("files", "--table", "flows")
        .assertRefused(2, "several tables of flows of generation 1", "--id");
  }

  @Test
  void foldersThatAreNoTablesDoNotKeepStatusFromBeingTold() throws IOException {
    Remap one = copy(bare);
    Files.createDirectories(one.store().resolve("augmented/stray/00000001"));
    Files.createDirectories(one.store().resolve("flows/default-k3-nprobe1-depth9-dba-q1/00000001"));

    assertThat(one.succeed("status").out()).contains("stray");
    one.succeed("status", "--json");
  }

  @Test
  void withTooLongANameItIsMadeWhenItIsAskedForAndOnlyPrepareRefuses() {
    Remap one = copy(bare);
    String name = "n".repeat(150);
    one.succeed("build", "--name", name, "--new-index");
    one.succeed("knn", "--name", name, "-k", "30", "--depth", "60", "--nprobe", "8");

    String[] evaluate = {
      "--name", name, "--generation", "1", "--groups", ".", "--rerank", DIFFUSION
    };
    assertThat(one.succeed("evaluate", evaluate).out())
        .contains(DIFFUSION + " is made now: the name of index 'n");
    one.run("prepare", "--name", name, "--rerank", DIFFUSION)
        .assertRefused(2, "has too long a name", "200 are possible");
  }

  @Test
  void whatCannotBePreparedIsOneSentence() {
    remap
        .run("prepare", "--rerank", "aqe:k=3")
        .assertRefused(2, "nothing to prepare for aqe:k=3: dba and diffusion alone", "--rerank");
    remap.run("prepare").assertRefused(2, "nothing to prepare for a search that nothing follows");
    remap
        .run("prepare", "--rerank", "dba:k=31")
        .assertRefused(2, "needs the 31 nearest of every image", "remap knn");
    remap
        .run("prepare", "--rerank", DIFFUSION + "+" + LOCAL)
        .assertRefused(2, "has 2 methods that something is prepared for", "--rerank diffusion:");
    remap.run("prepare", "--rerank", "dbb").assertRefused(2, "search.rerank", "no method 'dbb'");
  }
}
