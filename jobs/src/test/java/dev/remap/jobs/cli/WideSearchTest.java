package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remap.jobs.run.LocalSpark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** An index whose lists are found through a graph over their centroids. */
@TestInstance(Lifecycle.PER_CLASS)
class WideSearchTest {
  private static final int IMAGES = 400;
  private static final int DIMENSION = 8;

  private Path catalogue;
  private Remap remap;

  @BeforeAll
  void index(@TempDir Path folder) throws IOException {
    LocalSpark.use("local[2]");
    catalogue = Files.createDirectories(folder.resolve("catalogue"));
    Random random = new Random(41);
    ByteBuffer bytes = ByteBuffer.allocate(8 + 4 * IMAGES * DIMENSION);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putInt(IMAGES).putInt(DIMENSION);
    for (int i = 0; i < IMAGES * DIMENSION; i++) {
      bytes.putFloat((float) random.nextGaussian());
    }
    Files.write(catalogue.resolve("a.fbin"), bytes.array());
    remap =
        new Remap(folder.resolve("store"))
            .set("catalogue.format", "embeddings")
            .set("embeddings.dimension", DIMENSION)
            .set("whitening.method", "none")
            .set("quantizer.spec", "IVF100_HNSW4,PQ4x4np")
            .set("index.shards", 2)
            .set("publish.min-self-retrieval", 0)
            .set("catalogue.uri", catalogue);
    remap.succeed("reindex");
  }

  @Test
  void tuningTriesHowWidelyTheGraphIsSearchedAndSearchesTakeWhatItKeeps() throws IOException {
    JsonNode tables =
        new ObjectMapper()
            .readTree(remap.run("tune", "-k", "5", "--recall", "0.2", "--keep", "--json").out())
            .path("tables");

    assertThat(tables.get(0))
        .allSatisfy(line -> assertThat(line.path("efSearch").asInt()).isGreaterThanOrEqualTo(16));
    assertThat(tables.get(0).findValuesAsText("efSearch")).contains("16", "32", "128");
    JsonNode kept = tables.get(1).get(0);
    String wide =
        "nprobe %s, efSearch %s"
            .formatted(kept.path("search.nprobe").asText(), kept.path("search.ef-search").asText());
    assertThat(kept.path("met").asText()).isEqualTo("yes");
    String search = remap.succeed("search", "--vectors", catalogue.toString()).out();
    assertThat(search)
        .contains(wide + ", no re-ranking: the point that tune --keep has left, by sample@5");
    assertThat(remap.succeed("status").out())
        .contains("searched with " + wide + " (tune by sample@5)");
    assertThat(
            remap.succeed("search", "--vectors", catalogue.toString(), "--ef-search", "64").out())
        .doesNotContain("tune --keep");
  }

  @Test
  void graphsOfOneWidthAreATableOfTheirOwn() throws IOException {
    remap.succeed("knn", "-k", "3", "--nprobe", "4", "--depth", "10");
    String wide =
        remap
            .succeed("knn", "-k", "3", "--nprobe", "4", "--depth", "10", "--ef-search", "100")
            .out();

    assertThat(wide).contains("nprobe 4, efSearch 100", "graph default-k3-nprobe4-ef100-depth10");
    assertThat(FiveNights.list(remap, "graphs"))
        .containsExactlyInAnyOrder(
            "default-k3-nprobe4-depth10", "default-k3-nprobe4-ef100-depth10");
  }

  @Test
  void anEvaluationNamesHowWidelyItSearched() {
    String said =
        remap
            .succeed(
                "evaluate",
                "--protocol",
                "ann",
                "--images",
                "50",
                "--nprobe",
                "2",
                "--ef-search",
                "32")
            .out();
    assertThat(said).containsPattern("again: `remap evaluate .*--nprobe 2 --ef-search 32");
  }
}
