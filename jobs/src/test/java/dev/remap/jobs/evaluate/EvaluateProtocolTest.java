package dev.remap.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.evaluation.Protocol;
import dev.remap.jobs.cli.Pictures;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.night.Nights;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.table.Generation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateProtocolTest {
  private static final int DIMENSION = 8;
  private static final int IMAGES = 120;

  @TempDir private Path folder;

  private static String evaluate(
      Nights nights, Protocol protocol, Optional<String> truth, Optional<String> queries) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (JobContext context = nights.context(said)) {
      Generation generation = Generation.live(context);
      new EvaluateProtocolJob(context, generation, protocol, truth, queries, EvaluationOptions.NONE)
          .execute();
    }
    return said.toString(StandardCharsets.UTF_8);
  }

  private Nights vectors() {
    return new Nights(folder, "store", KeyHash.SHA_256)
        .set("catalogue.format", "embeddings")
        .set("embeddings.dimension", DIMENSION)
        .set("whitening.method", "none");
  }

  private static float[][] random(int rows) {
    Random random = new Random(11);
    float[][] vectors = new float[rows][DIMENSION];
    for (float[] vector : vectors) {
      for (int i = 0; i < DIMENSION; i++) {
        vector[i] = (float) random.nextGaussian();
      }
    }
    return vectors;
  }

  private Path write(String name, float[][] rows, List<String> ids) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(rows.length * (4 + 4 * DIMENSION)).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : rows) {
      bytes.putInt(DIMENSION);
      for (float value : row) {
        bytes.putFloat(value);
      }
    }
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(Path.of(file + ".ids"), String.join("\n", ids) + "\n");
    return Files.write(file, bytes.array());
  }

  private static double cosine(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < DIMENSION; i++) {
      ab += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }

  /** By sorting all, taking out what is ignored, and adding trapezoids: nothing of the code. */
  private static double precision(
      float[][] vectors, int query, Set<Integer> relevant, Set<Integer> ignored) {
    List<Integer> ranking =
        IntStream.range(0, vectors.length)
            .filter(i -> !ignored.contains(i))
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -cosine(vectors[query], vectors[i])))
            .toList();
    double sum = 0;
    int found = 0;
    for (int rank = 0; rank < ranking.size(); rank++) {
      if (relevant.contains(ranking.get(rank))) {
        double before = rank == 0 ? 1 : (double) found / rank;
        found++;
        sum += (before + (double) found / (rank + 1)) / 2;
      }
    }
    return sum / relevant.size();
  }

  @Test
  void theRevisitedProtocolScoresAsBruteForceDoes() throws IOException {
    float[][] vectors = random(IMAGES);
    List<String> ids = IntStream.range(0, IMAGES).mapToObj(i -> "d/i" + i + ".jpg").toList();
    Nights nights = vectors();
    nights.reindex(write("catalogue/a.fvecs", vectors, ids));
    // Queries are the last two; the first has nothing easy to find.
    String images =
        String.join(", ", IntStream.range(0, 118).mapToObj(i -> "\"i" + i + "\"").toList());
    Path truth =
        Files.writeString(
            folder.resolve("truth.json"),
            "{\"imlist\": ["
                + images
                + "], \"qimlist\": [\"i118\", \"i119\"], \"gnd\": [{\"easy\": [], \"hard\": [3, 40,"
                + " 77], \"junk\": [5, 6]}, {\"easy\": [10, 20], \"hard\": [30], \"junk\": []}]}");

    String said =
        evaluate(nights, Protocol.ROXFORD5K, Optional.of(truth.toString()), Optional.empty());

    Set<Integer> queries = Set.of(118, 119);
    double easy = precision(vectors, 119, Set.of(10, 20), with(queries, 30));
    double medium =
        (precision(vectors, 118, Set.of(3, 40, 77), with(queries, 5, 6))
                + precision(vectors, 119, Set.of(10, 20, 30), queries))
            / 2;
    assertThat(said)
        .containsPattern("easy +1 +exact +" + text(easy))
        .containsPattern("medium +2 +exact +" + text(medium))
        .contains("1 query has nothing to find in a setup: left out of it (i118)");
  }

  private static Set<Integer> with(Set<Integer> some, int... others) {
    List<Integer> all = new ArrayList<>(some);
    IntStream.of(others).forEach(all::add);
    return Set.copyOf(all);
  }

  private static String text(double score) {
    return String.format(Locale.ROOT, "%.4f", score).replace(".", "\\.");
  }

  @Test
  void queriesMayBeVectorsOfAnotherFile() throws IOException {
    float[][] vectors = random(IMAGES);
    List<String> ids = IntStream.range(0, IMAGES).mapToObj(i -> "i" + i).toList();
    Nights nights = vectors();
    nights.reindex(write("catalogue/a.fvecs", vectors, ids));
    float[][] asked = {vectors[7], vectors[8]};
    Path queries = write("queries/q.fvecs", asked, List.of("q7", "q8"));
    Path truth = Files.writeString(folder.resolve("t.csv"), "id,images,Usage\nq7,i7,Public\n");

    assertThat(
            evaluate(
                nights,
                Protocol.GLDV2,
                Optional.of(truth.toString()),
                Optional.of(queries.toString())))
        .containsPattern("all +1 +exact +1\\.0000");

    Files.writeString(truth, "id,images,Usage\nq7,i7 gone,Public\n");
    assertThat(
            evaluate(
                nights,
                Protocol.GLDV2,
                Optional.of(truth.toString()),
                Optional.of(queries.toString())))
        .contains(
            "1 of 2 images that should be found are not indexed, and count as not found (gone)")
        .containsPattern("all +1 +exact +0\\.5000");

    Files.writeString(truth, "id,images,Usage\nq9,i7,Public\n");
    refused(nights, truth, queries, "1 of 1 query is not in", "q9");
    Files.writeString(truth, "id,images,Usage\nq7,gone,Public\n");
    refused(nights, truth, queries, "None of the 1 image that", "gone");
  }

  private static void refused(Nights nights, Path truth, Path queries, String... words) {
    assertThatThrownBy(
            () ->
                evaluate(
                    nights,
                    Protocol.GLDV2,
                    Optional.of(truth.toString()),
                    Optional.of(queries.toString())))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void namesThatDifferInFoldersOnlyAreRefused() throws IOException {
    float[][] vectors = random(IMAGES);
    List<String> ids =
        IntStream.range(0, IMAGES).mapToObj(i -> (i < 2 ? i + "/same" : "i" + i)).toList();
    Nights nights = vectors();
    nights.reindex(write("catalogue/a.fvecs", vectors, ids));
    Path truth = Files.writeString(folder.resolve("t.txt"), "i5\tsame\n");

    assertThatThrownBy(
            () -> evaluate(nights, Protocol.CDVS, Optional.of(truth.toString()), Optional.empty()))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("name same may be", "0/same", "1/same");
  }

  @Test
  void queriesOfImagesAreWhatTheirBoxesHold() throws IOException {
    Path catalogue = folder.resolve("pictures");
    Pictures.folders(catalogue, 3, 8, 5);
    Nights nights = new Nights(folder, "store", KeyHash.SHA_256);
    nights.reindex(catalogue);
    Path whole = truth("-3 -2 160 120");
    Path part = truth("0 0 40 30");

    String all =
        evaluate(nights, Protocol.OXFORD5K, Optional.of(whole.toString()), Optional.empty());
    String some =
        evaluate(nights, Protocol.OXFORD5K, Optional.of(part.toString()), Optional.empty());

    // The box of all of it finds the image itself first; a corner is another picture.
    assertThat(all).containsPattern("all +1 +exact +1\\.0000");
    assertThat(some).doesNotContainPattern("all +1 +exact +1\\.0000");
    Path outside = truth("200 0 240 30");
    assertThatThrownBy(
            () ->
                evaluate(
                    nights, Protocol.OXFORD5K, Optional.of(outside.toString()), Optional.empty()))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("cannot be described", "p000", "has nothing of an image");
  }

  /** A folder of texts by which the picture g01/p000 should find itself alone. */
  private Path truth(String box) throws IOException {
    Path texts = Files.createTempDirectory(folder, "truth");
    Files.writeString(texts.resolve("x_query.txt"), "g01/p000.jpg " + box + "\n");
    Files.writeString(texts.resolve("x_good.txt"), "g01/p000.jpg\n");
    Files.writeString(texts.resolve("x_ok.txt"), "");
    Files.writeString(texts.resolve("x_junk.txt"), "");
    return texts;
  }
}
