package dev.remap.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.evaluation.Protocol;
import dev.remap.jobs.cli.Pictures;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.night.Nights;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.search.QueryBlock;
import dev.remap.jobs.search.Searcher;
import dev.remap.jobs.search.ShardSearcher;
import dev.remap.jobs.store.keys.KeyExceptions;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.keys.Keys;
import dev.remap.jobs.table.Generation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateProtocolTest {
  private static final int DIMENSION = 8;
  private static final int IMAGES = 120;

  private static Nights shared;

  @TempDir private Path folder;

  /** A collection of sixty in one folder, as many distractors in another. */
  @BeforeAll
  static void build(@TempDir Path common) throws IOException {
    float[][] vectors = random(IMAGES);
    write(common, "catalogue/a.fvecs", Arrays.copyOf(vectors, 60), ids(0, 60));
    write(common, "catalogue/b.fvecs", Arrays.copyOfRange(vectors, 60, IMAGES), ids(60, IMAGES));
    shared =
        vectors(common).set("quantizer.spec", "IVF8,PQ4x4np").set("publish.min-self-retrieval", 0);
    shared.reindex(common.resolve("catalogue"));
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(EvaluateProtocolTest::id).toList();
  }

  private static String id(int i) {
    return i < 60 ? "ox/I" + i + ".jpg" : "r1m/" + i + ".jpg";
  }

  private static String evaluate(
      Nights nights, Protocol protocol, Optional<String> truth, Optional<String> queries) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (JobContext context = nights.context(said)) {
      Generation generation = Generation.live(context);
      new EvaluateProtocolJob(
              context,
              generation,
              ProtocolInputs.of(protocol, truth, queries),
              EvaluationOptions.NONE)
          .execute();
    }
    return said.toString(StandardCharsets.UTF_8);
  }

  private Nights vectors() {
    return vectors(folder);
  }

  private static Nights vectors(Path folder) {
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
    return write(folder, name, rows, ids);
  }

  private static Path write(Path folder, String name, float[][] rows, List<String> ids)
      throws IOException {
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

  private static String run(Nights nights, ProtocolInputs inputs, String... chains) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (JobContext context = nights.context(said)) {
      EvaluationOptions options =
          new EvaluationOptions(
              EvaluationOptions.chains("--rerank", List.of(chains)),
              Optional.empty(),
              Optional.empty());
      new EvaluateProtocolJob(context, Generation.live(context), inputs, options).execute();
    }
    return said.toString(StandardCharsets.UTF_8);
  }

  private static ProtocolInputs ann(
      Optional<String> truth, Optional<String> queries, OptionalInt images) {
    return new ProtocolInputs(Protocol.ANN, truth, queries, Optional.empty(), images);
  }

  /** The nearest by cosine, the query itself left out if it has a number. */
  private static List<Integer> nearest(float[][] vectors, float[] query, int self) {
    return IntStream.range(0, vectors.length)
        .filter(i -> i != self)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -cosine(query, vectors[i])))
        .toList();
  }

  /** 1-recall@1 and 10-recall@10 of the index, by comparing lists of numbers. */
  private static double[] naiveRecalls(Nights nights, float[][] vectors) {
    double first = 0;
    double ten = 0;
    try (JobContext context = nights.context(new ByteArrayOutputStream());
        Searcher.Part index = ShardSearcher.of(context, Generation.live(context)).open(0)) {
      Keys keys = new Keys(KeyHash.SHA_256, KeyExceptions.load(context.store()));
      Map<Long, Integer> numbers = new HashMap<>();
      IntStream.range(0, IMAGES).forEach(i -> numbers.put(keys.key(id(i)), i));
      for (int i = 0; i < IMAGES; i++) {
        int query = i;
        double[] unit = NaiveMethods.unit(vectors[i]);
        float[] asked = new float[DIMENSION];
        for (int d = 0; d < DIMENSION; d++) {
          asked[d] = (float) unit[d];
        }
        QueryBlock block = new QueryBlock(new long[] {i}, asked);
        List<Integer> found =
            index.search(block, IMAGES).result().neighbors(0).stream()
                .map(neighbor -> numbers.get(neighbor.key()))
                .filter(number -> number != query)
                .toList();
        List<Integer> exact = nearest(vectors, vectors[i], i);
        first += !found.isEmpty() && found.get(0).equals(exact.get(0)) ? 1 : 0;
        Set<Integer> both = new HashSet<>(found.subList(0, Math.min(10, found.size())));
        both.retainAll(exact.subList(0, 10));
        ten += both.size() / 10.0;
      }
    }
    return new double[] {first / IMAGES, ten / IMAGES};
  }

  @Test
  void recallOfAnExactIndexIsOneAndOfFewListsIsLessAndSaysWhy() {
    float[][] vectors = random(IMAGES);
    Nights nights = shared;

    String all =
        run(
            nights.set("search.nprobe", 8),
            ann(Optional.empty(), Optional.empty(), OptionalInt.of(IMAGES)),
            "exact:n=" + (IMAGES - 1));
    String one =
        run(
            nights.set("search.nprobe", 1),
            ann(Optional.empty(), Optional.empty(), OptionalInt.empty()));

    String ranked = "exact:n=" + (IMAGES - 1);
    for (String recall : List.of("1-recall@1", "1-recall@10", "1-recall@100", "10-recall@10")) {
      // All lists are visited, and all that is found is ranked by stored vectors.
      assertThat(all)
          .containsPattern(recall + " +120 +index +" + ranked + " +1\\.0000 +1\\.0000 to 1\\.0000")
          .containsPattern(recall + " +120 +exact +– +1\\.0000");
    }
    assertThat(all).doesNotContain("lists that are visited");
    double[] naive = naiveRecalls(nights, vectors);
    assertThat(one)
        .containsPattern("1-recall@1 +120 +index +– +" + text(naive[0]))
        .containsPattern("10-recall@10 +120 +index +– +" + text(naive[1]));
    assertThat(one)
        .containsPattern("10-recall@10 +120 +index +– +0\\.[0-9]{4} +0\\.[0-9]{4} to 0\\.[0-9]{4}")
        .contains(
            "the lists that are visited at nprobe 1 hold fewer than 100 images for 120 of 120"
                + " queries");
    assertThatThrownBy(
            () ->
                run(
                    nights,
                    ann(Optional.empty(), Optional.empty(), OptionalInt.empty()),
                    "aqe:k=3"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("aqe:k=3 ranks otherwise than exact search");
  }

  @Test
  void recallByTheNearestOfAFileIsWhatANaiveSearchCounts() throws IOException {
    float[][] vectors = random(IMAGES);
    Nights nights = vectors();
    Path base = write("catalogue/a.fvecs", vectors, List.of());
    Files.delete(Path.of(base + ".ids"));
    nights.reindex(base);
    float[][] asked = Arrays.copyOfRange(random(IMAGES + 20), IMAGES, IMAGES + 20);
    Path queries = write("queries/q.fvecs", asked, List.of());
    Files.delete(Path.of(queries + ".ids"));
    // The truth is wrong for the first five: their second nearest stands first.
    ByteBuffer truth = ByteBuffer.allocate(20 * 4 * 13).order(ByteOrder.LITTLE_ENDIAN);
    double first = 0;
    for (int q = 0; q < asked.length; q++) {
      List<Integer> found = new ArrayList<>(nearest(vectors, asked[q], -1).subList(0, 12));
      if (q < 5) {
        Collections.swap(found, 0, 1);
      } else {
        first++;
      }
      truth.putInt(12);
      found.forEach(truth::putInt);
    }
    Path ivecs = Files.write(folder.resolve("gnd.ivecs"), truth.array());

    String said =
        run(
            nights,
            ann(
                Optional.of(ivecs.toString()),
                Optional.of(queries.toString()),
                OptionalInt.empty()));

    assertThat(said)
        .containsPattern("1-recall@1 +20 +exact +– +" + text(first / 20))
        .containsPattern("1-recall@10 +20 +exact +– +1\\.0000")
        .containsPattern("10-recall@10 +20 +exact +– +1\\.0000");
    // By the file's own search the truth is right.
    assertThat(
            run(
                nights,
                ann(Optional.empty(), Optional.of(queries.toString()), OptionalInt.empty())))
        .containsPattern("1-recall@1 +20 +exact +– +1\\.0000");
    assertThatThrownBy(() -> ann(Optional.of("x.ivecs"), Optional.empty(), OptionalInt.empty()))
        .hasMessageContaining("name it with --queries");

    // Numbers of other images are no truth of these vectors; a shorter file is one of other
    // queries.
    byte[] wrong = truth.array().clone();
    for (int i = 0; i < wrong.length; i += 4) {
      wrong[i] = (byte) (i % (4 * 13) == 0 ? 12 : i / 4 % 13);
    }
    Files.write(ivecs, wrong);
    ProtocolInputs given =
        ann(Optional.of(ivecs.toString()), Optional.of(queries.toString()), OptionalInt.empty());
    assertThat(run(nights, given))
        .containsPattern("exact search has only 0\\.[0-9]{4} of the truth's nearest")
        .doesNotContain("distractors");
    Files.write(ivecs, Arrays.copyOf(wrong, 19 * 4 * 13));
    assertThatThrownBy(() -> run(nights, given))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("has 20 queries, and the truth has the nearest of 19");
  }

  @Test
  void iliasTakesItsQueriesOutAndCountsDistractors() throws IOException {
    float[][] vectors = random(IMAGES);
    Nights nights = shared.set("search.nprobe", 8);
    Path truth = Files.createDirectories(folder.resolve("ilias/image_ids"));
    Files.writeString(
        truth.resolve("image_query_ids.txt"), "cup_0/query/I0.jpg,a\ncup_0/query/I1.jpg,b\n");
    Files.writeString(
        truth.resolve("positive_ids.txt"),
        String.join(
            "",
            IntStream.of(2, 3, 4, 5, 500)
                .mapToObj(i -> "cup_0/pos/I" + i + ".jpg,0.1,3\n")
                .toList()));

    String said =
        evaluate(
            nights,
            Protocol.ILIAS,
            Optional.of(folder.resolve("ilias").toString()),
            Optional.empty());

    double sum = 0;
    for (int query = 0; query < 2; query++) {
      List<Integer> ranking = new ArrayList<>(nearest(vectors, vectors[query], -1));
      ranking.removeAll(List.of(0, 1));
      int found = 0;
      for (int rank = 0; rank < ranking.size(); rank++) {
        if (ranking.get(rank) >= 2 && ranking.get(rank) < 6) {
          sum += (double) ++found / (rank + 1) / 5 / 2;
        }
      }
    }
    assertThat(said)
        .containsPattern("all +2 +exact +" + text(sum))
        .contains("indexed images: 120, of which the truth names 6 and not 114 (distractors")
        .contains("1 of 5 images that should be found are not indexed");
  }

  @Test
  void distractorsOfASecondFolderAreWrongWhereverTheyStand() throws IOException {
    float[][] vectors = random(IMAGES);
    Nights both = shared.set("search.nprobe", 8);
    String images =
        String.join(", ", IntStream.range(0, 62).mapToObj(i -> "\"I" + i + "\"").toList());
    Path truth =
        Files.writeString(
            folder.resolve("ox.json"),
            "{\"imlist\": ["
                + images
                + "], \"qimlist\": [\"I7\"], \"gnd\": [{\"easy\": [3, 40], \"hard\": [], \"junk\":"
                + " [5]}]}");

    String said =
        evaluate(both, Protocol.ROXFORD5K, Optional.of(truth.toString()), Optional.empty());

    assertThat(said)
        .containsPattern(
            "easy +1 +exact +" + text(precision(vectors, 7, Set.of(3, 40), Set.of(5, 7))))
        .contains("indexed images: 120, of which the truth names 60 and not 60 (distractors")
        .contains(
            "2 of 60 images that the truth lists and no query should find are not indexed (I60, I61)");
  }

  @Test
  void pairsAreToldApartByAThresholdOnTheirStoredVectors() throws IOException {
    float[][] vectors = random(IMAGES);
    Nights nights = shared.set("search.nprobe", 8);
    Path truth = Files.writeString(folder.resolve("t.txt"), "i5\ti6\n");
    List<double[]> matching = new ArrayList<>();
    List<double[]> nonMatching = new ArrayList<>();
    Random random = new Random(3);
    StringBuilder matchingText = new StringBuilder("ox/i1.jpg,none\n");
    StringBuilder nonMatchingText = new StringBuilder("none,i1\n");
    for (int one = 0; one < IMAGES; one++) {
      int near = nearest(vectors, vectors[one], one).get(0);
      int any = (one + 1 + random.nextInt(IMAGES - 1)) % IMAGES;
      matching.add(new double[] {cosine(vectors[one], vectors[near])});
      nonMatching.add(new double[] {cosine(vectors[one], vectors[any])});
      matchingText.append(stem(one) + "\t" + id(near).toUpperCase(Locale.ROOT) + "\n");
      nonMatchingText.append(stem(one) + ";" + stem(any) + "\n");
    }
    Path right = Files.writeString(folder.resolve("m.txt"), matchingText);
    Path wrong = Files.writeString(folder.resolve("n.txt"), nonMatchingText);
    assertPairs(nights, truth, right, wrong, matching, nonMatching);
  }

  private static String stem(int image) {
    return image < 60 ? "i" + image : Integer.toString(image);
  }

  private void assertPairs(
      Nights nights,
      Path truth,
      Path right,
      Path wrong,
      List<double[]> matching,
      List<double[]> nonMatching) {
    // Of 120, one may be above the threshold.
    double threshold = nonMatching.stream().mapToDouble(s -> -s[0]).sorted().toArray()[1];
    double found = matching.stream().filter(score -> score[0] > -threshold).count() / 121.0;

    String said =
        run(
            nights,
            new ProtocolInputs(
                Protocol.CDVS,
                Optional.of(truth.toString()),
                Optional.empty(),
                Optional.of(new ProtocolInputs.Pairs(right.toString(), wrong.toString())),
                OptionalInt.empty()));

    assertThat(said)
        .containsPattern(
            "stored vectors +121 +120 +"
                + text(-threshold)
                + " +0\\.0083 +"
                + text(found)
                + " +0\\.[0-9]{4} to")
        .contains(
            "matching pairs with an image that is not indexed, which are not found to match: 1")
        .contains("non-matching pairs with an image that is not indexed, which are left out: 1");
  }

  @Test
  void aTruthMayNameFilesWithTheirEndingsAndAsksForSomething() throws IOException {
    Path truth = Files.writeString(folder.resolve("files.txt"), "I5.JPG\tI6.jpg\ti5.jpg\n");
    Path stems = Files.writeString(folder.resolve("stems.txt"), "i5\ti6\n");
    Path nothing = Files.writeString(folder.resolve("none.csv"), "id,images,Usage\n");

    String said = evaluate(shared, Protocol.CDVS, Optional.of(truth.toString()), Optional.empty());

    assertThat(said)
        .contains("among what they should find: 1 (i5.jpg)")
        .contains(
            row(evaluate(shared, Protocol.CDVS, Optional.of(stems.toString()), Optional.empty())));
    assertThatThrownBy(
            () ->
                evaluate(shared, Protocol.GLDV2, Optional.of(nothing.toString()), Optional.empty()))
        .isInstanceOf(InputException.class)
        .hasMessage("No query of " + nothing + " has anything to find: is this the right truth?");
  }

  /** What the table says of exact search. */
  private static String row(String said) {
    return said.lines().filter(line -> line.contains(" exact ")).findFirst().orElseThrow();
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
    Path huge = truth("-1e300 -2147483649 1e300 9223372036854775808");
    assertThat(evaluate(nights, Protocol.OXFORD5K, Optional.of(huge.toString()), Optional.empty()))
        .containsPattern("all +1 +exact +1\\.0000");
    for (String box : List.of("200 0 240 30", "2147483647 0 -2147483648 600")) {
      Path outside = truth(box);
      assertThatThrownBy(
              () ->
                  evaluate(
                      nights, Protocol.OXFORD5K, Optional.of(outside.toString()), Optional.empty()))
          .isInstanceOf(InputException.class)
          .hasMessageContainingAll("cannot be described", "p000", "has nothing of an image");
    }
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
