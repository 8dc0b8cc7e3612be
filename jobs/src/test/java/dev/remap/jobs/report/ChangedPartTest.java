package dev.remap.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.evaluation.Protocol;
import dev.remap.jobs.evaluate.EvaluateProtocolJob;
import dev.remap.jobs.evaluate.EvaluationOptions;
import dev.remap.jobs.evaluate.ProtocolInputs;
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
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page says of an evaluation that was compared with an earlier one. */
class ChangedPartTest {
  private static final int DIMENSION = 8;
  private static final int IMAGES = 120;

  /**
   * A line of a comparison: the index alone, and how many queries are better, worse and the same.
   */
  private static final Pattern COMPARED =
      Pattern.compile(" index +– .* to [+-][0-9.]+ +(\\d+) +(\\d+) +\\d+ *\\n");

  @TempDir private Path folder;

  private record Said(String text, String run) {}

  private static Said evaluate(
      Nights nights, int nprobe, ProtocolInputs inputs, Optional<String> against) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (JobContext context = nights.set("search.nprobe", nprobe).context(said)) {
      EvaluationOptions options = new EvaluationOptions(List.of(), Optional.empty(), against);
      new EvaluateProtocolJob(context, Generation.live(context), inputs, options).execute();
      return new Said(said.toString(StandardCharsets.UTF_8), context.run());
    }
  }

  private Path catalogue() throws IOException {
    Random random = new Random(5);
    ByteBuffer bytes =
        ByteBuffer.allocate(IMAGES * (4 + 4 * DIMENSION)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < IMAGES; i++) {
      bytes.putInt(DIMENSION);
      for (int d = 0; d < DIMENSION; d++) {
        bytes.putFloat((float) random.nextGaussian());
      }
    }
    Path file = Files.createDirectories(folder.resolve("catalogue")).resolve("a.fvecs");
    Files.writeString(
        Path.of(file + ".ids"),
        IntStream.range(0, IMAGES).mapToObj(i -> "i" + i + "\n").collect(Collectors.joining()));
    return Files.write(file, bytes.array());
  }

  /** Twenty queries, each of which should find three images. */
  private ProtocolInputs lists() throws IOException {
    String lines =
        IntStream.range(0, 20)
            .mapToObj(i -> "i%d\ti%d\ti%d\ti%d\n".formatted(i, i + 30, i + 60, i + 90))
            .collect(Collectors.joining());
    Path truth = Files.writeString(folder.resolve("truth.txt"), lines);
    return ProtocolInputs.of(Protocol.CDVS, Optional.of(truth.toString()), Optional.empty());
  }

  private String page(Nights nights) throws IOException {
    Path page = folder.resolve("page.html");
    try (JobContext context = nights.context(new ByteArrayOutputStream())) {
      new Report(context, page).execute();
    }
    return Files.readString(page);
  }

  @Test
  void theQueriesThatGainedAndLostMostAreShownAndRecallByNprobeIsDrawn() throws IOException {
    Nights nights =
        new Nights(folder, "store", KeyHash.SHA_256)
            .set("catalogue.format", "embeddings")
            .set("embeddings.dimension", DIMENSION)
            .set("whitening.method", "none")
            .set("quantizer.spec", "IVF8,PQ4x4np")
            .set("publish.min-self-retrieval", 0);
    nights.reindex(catalogue());
    Said before = evaluate(nights, 8, lists(), Optional.empty());
    assertThat(page(nights)).doesNotContain("What changed", "1-recall@1");

    Said now = evaluate(nights, 1, lists(), Optional.of(before.run));
    ProtocolInputs ann = ProtocolInputs.of(Protocol.ANN, Optional.empty(), Optional.empty());
    evaluate(nights, 1, ann, Optional.empty());
    evaluate(nights, 8, ann, Optional.empty());

    var compared = COMPARED.matcher(now.text);
    assertThat(compared.find()).as(now.text).isTrue();
    String page = page(nights);
    assertThat(page)
        .contains(
            "compared with run " + before.run,
            "ranks better for " + compared.group(1) + ", worse for " + compared.group(2) + ".",
            "Queries that lost most",
            "1-recall@1 of the live index against exact search: from nprobe 1 to nprobe 8");
    int worse = Integer.parseInt(compared.group(2));
    int better = Integer.parseInt(compared.group(1));
    assertThat(worse).isPositive();
    String part = page.substring(page.indexOf("What changed"), page.indexOf("id=\"statistics\""));
    assertThat(Pattern.compile("<th scope=\"row\">").matcher(part).results())
        .hasSize(Math.min(10, worse) + Math.min(10, better));
    // A ranking in one list of eight misses most of what should be found.
    assertThat(part).contains("<td class=\"n\">–</td>");
  }
}
