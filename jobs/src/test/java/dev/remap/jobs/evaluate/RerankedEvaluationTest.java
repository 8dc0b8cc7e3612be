package dev.remap.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.evaluation.Protocol;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.record.EvaluationRecord;
import dev.remap.jobs.evaluate.truth.TruthFiles;
import dev.remap.jobs.night.Nights;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.stage.knn.KnnJob;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.table.Generation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Ways to rank beside each other, against naive methods; and two evaluations compared. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RerankedEvaluationTest {
  private static final int DIMENSION = 8;
  private static final int IMAGES = 120;

  /** The last two, which are in the catalogue and taken out of everything. */
  private static final int ASKED = 118;

  private static final Set<Integer> FIRST = Set.of(3, 40, 77);
  private static final Set<Integer> SECOND = Set.of(10, 20, 30);

  private Path folder;
  private Nights nights;
  private final float[][] vectors = random();

  @BeforeAll
  void build(@TempDir Path temporary) throws IOException {
    folder = temporary;
    nights =
        new Nights(folder, "store", KeyHash.SHA_256)
            .set("catalogue.format", "embeddings")
            .set("embeddings.dimension", DIMENSION)
            .set("whitening.method", "none")
            .set("quantizer.spec", "IVF8,PQ4x4np")
            .set("unit.images", 50)
            .set("publish.min-self-retrieval", 0)
            .set("search.nprobe", 8)
            .set("knn.k", IMAGES)
            .set("knn.depth", IMAGES);
    nights.reindex(write());
  }

  private void graph() {
    try (JobContext context = nights.context(new ByteArrayOutputStream())) {
      new KnnJob(context, Generation.live(context)).execute();
    }
  }

  private static float[][] random() {
    Random random = new Random(29);
    float[][] vectors = new float[IMAGES][DIMENSION];
    for (int i = 0; i < IMAGES; i++) {
      float[] near = i < 10 ? null : vectors[random.nextInt(i)];
      for (int d = 0; d < DIMENSION; d++) {
        vectors[i][d] = (float) random.nextGaussian() + (near == null ? 0 : near[d]);
      }
    }
    return vectors;
  }

  private Path write() throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(IMAGES * (4 + 4 * DIMENSION)).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : vectors) {
      bytes.putInt(DIMENSION);
      for (float value : row) {
        bytes.putFloat(value);
      }
    }
    Path file = Files.createDirectories(folder.resolve("catalogue")).resolve("a.fvecs");
    List<String> ids = IntStream.range(0, IMAGES).mapToObj(i -> "g" + i % 12 + "/i" + i).toList();
    Files.writeString(Path.of(file + ".ids"), String.join("\n", ids) + "\n");
    return Files.write(file, bytes.array());
  }

  private Path truth(String name, String more) throws IOException {
    String images =
        String.join(", ", IntStream.range(0, ASKED).mapToObj(i -> "\"i" + i + "\"").toList());
    return Files.writeString(
        folder.resolve(name),
        "{\"imlist\": ["
            + images
            + "], \"qimlist\": [\"i118\", \"i119\"], \"gnd\": [{\"easy\": [], \"hard\": [3, 40,"
            + " 77], \"junk\": []}, {\"easy\": [], \"hard\": [10, 20, 30], \"junk\": ["
            + more
            + "]}]}");
  }

  private static EvaluationOptions options(String against, String... chains) {
    return new EvaluationOptions(
        EvaluationOptions.chains("--rerank", List.of(chains)),
        Optional.empty(),
        Optional.ofNullable(against));
  }

  /** What was said, and the run. */
  private record Said(String text, String run) {}

  private Said evaluate(Nights of, Path truth, EvaluationOptions options) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (JobContext context = of.context(said)) {
      new EvaluateProtocolJob(
              context,
              Generation.live(context),
              ProtocolInputs.of(
                  Protocol.ROXFORD5K, Optional.of(truth.toString()), Optional.empty()),
              options)
          .execute();
      return new Said(said.toString(StandardCharsets.UTF_8), context.run());
    }
  }

  private static double precision(List<Integer> ranking, Set<Integer> relevant) {
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

  private String mean(Function<double[], List<Integer>> ranking) {
    double first = precision(ranking.apply(NaiveMethods.unit(vectors[118])), FIRST);
    double second = precision(ranking.apply(NaiveMethods.unit(vectors[119])), SECOND);
    return String.format(Locale.ROOT, "%.4f", (first + second) / 2);
  }

  private static String mean(String said, String search, String chain) {
    Matcher line = Pattern.compile(" " + search + " +" + chain + " +(0\\.\\d{4}) ").matcher(said);
    assertThat(line.find()).as("%s %s in %s", search, chain, said).isTrue();
    return line.group(1);
  }

  @Test
  void everyMethodScoresAsTheNaiveOneWithoutTheQueriesInTheCollection() throws IOException {
    Path truth = truth("truth.json", "");
    assertThatThrownBy(() -> evaluate(nights, truth, options(null, "dba:k=4")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("There is no complete table of neighbors of generation 1")
        .hasMessageContaining("run `remap knn");
    graph();
    assertThatThrownBy(() -> evaluate(nights, truth, options(null, "dba:k=400")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "dba:k=400 needs the 400 nearest of every image, and graph default-k120")
        .hasMessageContainingAll("has 120: ask for fewer, or run `remap knn ", " -k 400 ");
    NaiveMethods naive = new NaiveMethods(Arrays.asList(vectors).subList(0, ASKED));
    NaiveMethods augmented = naive.augmented(4);

    String said =
        evaluate(
                nights,
                truth,
                options(
                    null,
                    "aqe:k=3",
                    "alpha-qe:k=7,alpha=2",
                    "dba:k=4",
                    "dba:k=4+aqe:k=3",
                    "diffusion:kq=3,kd=6,n=118,alpha=0.5",
                    "exact:n=118"))
            .text;

    assertThat(mean(said, "exact", "–")).isEqualTo(mean(naive::search));
    assertThat(mean(said, "exact", "aqe:k=3"))
        .isEqualTo(mean(query -> naive.search(naive.average(query, 3))));
    assertThat(mean(said, "exact", "alpha-qe:k=7,alpha=2"))
        .isEqualTo(mean(query -> naive.search(naive.alpha(query, 7, 2))));
    assertThat(mean(said, "exact", "dba:k=4")).isEqualTo(mean(augmented::search));
    assertThat(mean(said, "exact", "dba:k=4\\+aqe:k=3"))
        .isEqualTo(mean(query -> augmented.search(augmented.average(query, 3))));
    assertThat(mean(said, "exact", "diffusion:kq=3,kd=6,n=118,alpha=0.5,gamma=3,local=0"))
        .isEqualTo(mean(query -> naive.diffusion(query, 3, 6, 0.5, 3)));
    assertThat(mean(said, "index", "exact:n=118")).isEqualTo(mean(said, "exact", "–"));
    assertThat(said)
        .doesNotContainPattern("index +dba")
        .containsPattern("exact +aqe:k=3 .* [+-]0\\.\\d{4} +[+-]0\\.\\d{4} to [+-]0\\.\\d{4}\n")
        .doesNotContain("NaN");
  }

  @Test
  void twoEvaluationsOfTheSameQueriesAreComparedAndOthersRefused() throws IOException {
    Path truth = truth("truth.json", "");
    Said first = evaluate(nights, truth, options(null, "aqe:k=3"));
    Said same = evaluate(nights, truth, options(first.run, "aqe:k=3", "exact:n=9"));
    assertThat(same.text)
        .contains("compared with evaluation " + first.run)
        .containsPattern("medium +exact +aqe:k=3 +(0\\.\\d+) +\\1 +\\+0\\.0000 .* 0 +0 +2\n")
        .contains("exact with exact:n=9: not in that one")
        .contains("no query changed")
        .containsPattern("again: `remap evaluate .*--rerank aqe:k=3 --rerank exact:n=9");

    nights.set("search.nprobe", 1);
    Said narrow = evaluate(nights, truth, options(first.run.substring(0, 20)));
    nights.set("search.nprobe", 8);
    assertThat(narrow.text)
        .containsPattern("i11[89] +(medium|hard) +index +– +0\\.\\d{4} +0\\.\\d{4} +")
        .containsPattern("\\d of 8 rankings changed")
        .containsPattern("again: `remap evaluate .*--truth " + truth + " .*--nprobe 1");
    assertThat(Files.isDirectory(nights.store().resolve("evaluations/" + narrow.run + "/changed")))
        .isTrue();

    assertThatThrownBy(() -> evaluate(nights, truth("other.json", "5"), options(first.run)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("cannot be compared with this one: its truth is another, " + truth);
    assertThatThrownBy(() -> evaluate(nights, truth, options("no-such-run")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--against no-such-run is the run of no evaluation that is kept");
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (JobContext context = nights.context(said)) {
      EvaluationRecord record = EvaluationRecord.read(context.store(), first.run);
      assertThat(record.fact(EvaluationRecord.TRUTH_SHA256))
          .isEqualTo(TruthFiles.sha256(Protocol.ROXFORD5K, truth))
          .hasSize(64);
      Generation live = Generation.live(context);
      assertThatThrownBy(
              () -> new EvaluateGroupsJob(context, live, ".", options(first.run)).execute())
          .isInstanceOf(InputException.class)
          .hasMessageContaining("its protocol is another, roxford5k; here it is groups");
    }
  }

  /** Methods that look deeper than the protocol does not change what is kept of the search. */
  @Test
  void ranksEndWhereTheProtocolDoes() throws IOException {
    String far = String.join(" ", IntStream.range(0, ASKED).mapToObj(i -> "i" + i).toList());
    Path truth =
        Files.writeString(folder.resolve("g.csv"), "id,images,Usage\ni119," + far + ",Public\n");
    Said alone = gldv2(truth, options(null));
    Said deeper = gldv2(truth, options(alone.run, "exact:n=115"));

    assertThat(deeper.text).contains("no query changed");
  }

  private Said gldv2(Path truth, EvaluationOptions options) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (JobContext context = nights.context(said)) {
      ProtocolInputs inputs =
          ProtocolInputs.of(Protocol.GLDV2, Optional.of(truth.toString()), Optional.empty());
      new EvaluateProtocolJob(context, Generation.live(context), inputs, options).execute();
      return new Said(said.toString(StandardCharsets.UTF_8), context.run());
    }
  }

  @Test
  void groupsAreRankedInTheSameWaysWithoutTheQueryItself() {
    double[] sums = new double[2];
    for (int i = 0; i < IMAGES; i++) {
      int self = i;
      List<float[]> others =
          IntStream.range(0, IMAGES).filter(j -> j != self).mapToObj(j -> vectors[j]).toList();
      Set<Integer> relevant =
          Set.copyOf(
              IntStream.range(0, IMAGES - 1)
                  .filter(j -> (j < self ? j : j + 1) % 12 == self % 12)
                  .boxed()
                  .toList());
      NaiveMethods rest = new NaiveMethods(others);
      double[] query = NaiveMethods.unit(vectors[i]);
      sums[0] += precision(rest.search(query), relevant) / IMAGES;
      sums[1] += precision(rest.search(rest.average(query, 3)), relevant) / IMAGES;
    }
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (JobContext context = nights.context(said)) {
      new EvaluateGroupsJob(context, Generation.live(context), ".", options(null, "aqe:k=3"))
          .execute();
    }
    assertThat(said.toString(StandardCharsets.UTF_8))
        .containsPattern(String.format(Locale.ROOT, "120 +12 +– +%.3f +0", sums[0]))
        .containsPattern(String.format(Locale.ROOT, "120 +12 +aqe:k=3 +%.3f +0", sums[1]))
        .containsPattern("aqe:k=3 .*([+-]0\\.\\d{4} +[+-]0\\.\\d{4} to [+-]0\\.\\d{4} *){2}\n");
  }
}
