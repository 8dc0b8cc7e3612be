package dev.remap.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.whitening.Whitening;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Descriptors by {@code regional-attention}, from files of weights to an index. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegionalAttentionRunTest {
  private static final long SEED = 77;
  private static final int CHANNELS = 5; // of the tiny network's last layer
  private static final int HIDDEN = 3;

  private Path folder;
  private Remap remap;
  private Path attention;

  @BeforeAll
  void snapshot(@TempDir Path temporary) throws IOException {
    folder = temporary;
    Path catalogue = folder.resolve("catalogue");
    Pictures.folders(catalogue, 4, 6, SEED);
    attention = Files.writeString(folder.resolve("attention.json"), attention(CHANNELS));
    remap = new Remap(folder.resolve("store")).tinyBackbone(folder.resolve("backbone"));
    remap.succeed("snapshot", "--catalogue", catalogue.toString());
  }

  /** Seeded weights for maps of so many channels. */
  private static String attention(int channels) {
    Random random = new Random(SEED);
    String rows =
        IntStream.range(0, HIDDEN)
            .mapToObj(row -> numbers(random, 2 * channels))
            .collect(Collectors.joining(","));
    return """
    {"schema-version":1,"levels":5,"activation":"tanh",
     "hidden":{"weights":[%s],"bias":%s},"output":{"weights":%s,"bias":0.1}}
    """
        .formatted(rows, numbers(random, HIDDEN), numbers(random, HIDDEN));
  }

  private static String numbers(Random random, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> String.format(Locale.ROOT, "%.3f", random.nextGaussian()))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private Remap by(String aggregator) {
    return new Remap(remap.store())
        .tinyBackbone(folder.resolve("backbone"))
        .set("extractor.aggregator", aggregator);
  }

  private Remap byAttention(Path weights) {
    return by("regional-attention").set("extractor.attention-weights", weights);
  }

  private static String described(Remap by) {
    return by.succeed("extract").out().replaceAll("(?s).*by extractor ([0-9a-f]{16}).*", "$1");
  }

  @Test
  void itDescribesImagesWithAndWithoutARegionWhiteningUpToAnIndex() throws IOException {
    Remap plain = byAttention(attention);
    String extractor = described(plain);
    for (String stage : new String[] {"whiten", "quantize", "build"}) {
      plain.succeed(stage);
    }
    assertThat(plain.succeed("evaluate", "--groups", ".").out()).containsPattern(" 24 +4 +\\d");

    Remap maxima = by("mac");
    maxima.succeed("extract");
    String fitted = maxima.succeed("whiten").out();
    Path whitening = whitening(fitted.replaceAll("(?s).*whitening ([0-9a-f]{16}): 5 .*", "$1"));
    String whitened =
        described(byAttention(attention).set("extractor.region-whitening", whitening));
    assertThat(whitened).isNotEqualTo(extractor).matches("[0-9a-f]{16}");
  }

  private Path whitening(String id) throws IOException {
    try (Stream<Path> files = Files.list(remap.store().resolve("whitenings").resolve(id))) {
      Path found =
          files
              .filter(file -> file.getFileName().toString().startsWith("whitening"))
              .findFirst()
              .orElseThrow();
      assertThat(Whitening.fromBytes(Files.readAllBytes(found)).inputDimension()).isEqualTo(5);
      return found;
    }
  }

  @Test
  void itIsComparedWithOthersByOneDescription() {
    assertThat(
            by("remap")
                .set("extractor.attention-weights", attention)
                .succeed("evaluate", "--groups", ".", "--aggregators", "regional-attention,mac")
                .out())
        .containsPattern("regional-attention +5 +0\\.\\d{3} ")
        .containsPattern("mac +5 +0\\.\\d{3} ");
  }

  @Test
  void weightsForAnotherNetworkOrNoneAreOneSentence() throws IOException {
    Path other = Files.writeString(folder.resolve("other.json"), attention(CHANNELS + 1));
    byAttention(other)
        .run("extract")
        .assertRefused(2, "extractor.attention-weights is for regions of 6 channels", "has 5");
    by("regional-attention").run("extract").assertRefused(2, "extractor.attention-weights");
  }
}
