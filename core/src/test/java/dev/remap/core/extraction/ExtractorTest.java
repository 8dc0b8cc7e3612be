package dev.remap.core.extraction;

import static dev.remap.core.extraction.Fakes.BATCH;
import static dev.remap.core.extraction.Fakes.SPEC;
import static dev.remap.core.extraction.Fakes.expected;
import static dev.remap.core.extraction.Fakes.image;
import static dev.remap.core.extraction.Fakes.settings;
import static dev.remap.core.extraction.Fakes.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.core.extraction.BatchDescriber.OutOfMemory;
import dev.remap.core.extraction.Fakes.FakeNetwork;
import dev.remap.core.extraction.Rejected.Kind;
import dev.remap.core.image.ImageException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExtractorTest {
  private final FakeNetwork network = new FakeNetwork();

  @ParameterizedTest(name = "{0} threads, window {1}")
  @CsvSource({"1,1", "1,256", "3,7", "4,10", "2,4"})
  void everyImageGetsItsOwnDescriptorInOrderWhateverTheSettings(int threads, int window)
      throws Exception {
    List<Outcome> outcomes = extract(settings(threads, window), images(50));
    assertThat(outcomes).hasSize(50);
    for (int i = 0; i < 50; i++) {
      assertThat(outcomes.get(i).index()).isEqualTo(i);
      Described described = (Described) outcomes.get(i);
      assertThat(described.descriptor()).as("image %d", i).isEqualTo(expected(i));
      assertThat(described.width()).isEqualTo(1000 + i);
      assertThat(described.height()).isEqualTo(2000);
    }
  }

  @Test
  void nothingInNothingOut() throws Exception {
    assertThat(extract(settings(2, 8), List.of())).isEmpty();
    assertThat(network.calls).isEmpty();
  }

  @Test
  void everyForwardPassHasOneOfTheFixedShapesAndTheFullBatch() throws Exception {
    extract(settings(2, 10), images(25)); // windows of 10, 10 and 5: 4 + 3 + 2 portrait images
    assertThat(network.calls)
        .containsOnly("4*8x6", "4*12x9", "4*6x8", "4*9x12")
        .filteredOn("4*6x8"::equals)
        .hasSize(3);
    assertThat(network.calls).filteredOn("4*8x6"::equals).hasSize(2 + 2 + 1);
  }

  @Test
  void failuresLeaveTheirNeighboursBitsAlone() throws Exception {
    List<ImageSource> mixed = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      if (i % 3 == 1) {
        mixed.add(source("bad-" + i, () -> new byte[] {Fakes.DAMAGED}));
      }
      mixed.add(image(i));
    }
    List<float[]> described = new ArrayList<>();
    for (Outcome outcome : extract(settings(3, 9), mixed)) {
      if (outcome instanceof Described image) {
        described.add(image.descriptor());
      }
    }
    assertThat(described).hasSize(40);
    for (int i = 0; i < 40; i++) {
      assertThat(described.get(i)).as("image %d", i).isEqualTo(expected(i));
    }
  }

  @Test
  void failuresAreSortedByWhetherTryingAgainCanHelp() throws Exception {
    List<ImageSource> sources =
        List.of(
            source("gone", () -> fail(new FileNotFoundException("/no/such.jpg"))),
            source("reset", () -> fail(new IOException("connection reset"))),
            source("broken client", () -> fail(new IllegalStateException("pool shut down"))),
            source("null", () -> null),
            source("too long", () -> fail(new ImageException("file has 9 GB"))),
            source("damaged", () -> new byte[] {Fakes.DAMAGED}),
            source("decoder bug", () -> new byte[0]),
            source("hungry", () -> fail(new OutOfMemoryError("heap"))),
            image(1));
    List<Outcome> outcomes = extract(settings(2, 4), sources);
    assertRejected(outcomes.get(0), "read", Kind.ACCESS, "FileNotFoundException: /no/such.jpg");
    assertRejected(outcomes.get(1), "read", Kind.ACCESS, "IOException: connection reset");
    assertRejected(outcomes.get(2), "read", Kind.ACCESS, "pool shut down");
    assertRejected(outcomes.get(3), "read", Kind.ACCESS, "returned no bytes");
    assertRejected(outcomes.get(4), "read", Kind.CONTENT, "file has 9 GB");
    assertRejected(outcomes.get(5), "decode", Kind.CONTENT, "damaged on purpose");
    assertRejected(outcomes.get(6), "decode", Kind.CONTENT, "ArrayIndexOutOfBounds");
    assertRejected(outcomes.get(7), "read", Kind.ACCESS, "no memory left for this image: heap");
    assertThat(outcomes.get(8)).isInstanceOf(Described.class);
  }

  @Test
  void aBrokenProcessIsNoImagesFault() {
    List<ImageSource> sources =
        List.of(image(0), source("victim", () -> fail(new NoClassDefFoundError("a/Codec"))));
    assertThatThrownBy(() -> extract(settings(1, 8), sources))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("victim")
        .hasMessageContaining("a/Codec");
  }

  @Test
  void aDescriptorThatIsNotFiniteIsRejectedAlone() throws Exception {
    // The second image of the first landscape batch, seed 2.
    network.onMap = map -> map.values().put(map.offset(1), Float.POSITIVE_INFINITY);
    List<Outcome> outcomes = extract(settings(2, 8), List.of(image(1), image(2), image(4)));
    assertThat(((Described) outcomes.get(0)).descriptor()).isEqualTo(expected(1));
    assertRejected(outcomes.get(1), "forward", Kind.CONTENT, "of the descriptor is NaN");
    assertThat(((Described) outcomes.get(2)).descriptor()).isEqualTo(expected(4));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gem", "max"})
  void scalesAreCombinedAsTheSpecSays(String name) throws Exception {
    ScaleCombination combination = ScaleCombination.of(name, 2);
    List<Outcome> outcomes = extract(combining(combination), settings(2, 8), images(20));
    for (int i = 0; i < 20; i++) {
      ScaleCombination.Combined expected = combination.start(3);
      for (int scale = 0; scale < SPEC.scales().size(); scale++) {
        expected.add(SPEC.scales().get(scale), Fakes.raw(i, scale));
      }
      assertThat(((Described) outcomes.get(i)).descriptor())
          .as("image %d", i)
          .isEqualTo(expected.descriptor());
    }
  }

  @Test
  void negativeDescriptorsEndAnExtractionThatTakesRootsOfThem() {
    network.onMap =
        map -> {
          for (int i = 0; i < map.values().limit(); i++) {
            map.values().put(i, -1);
          }
        };
    assertThatThrownBy(
            () -> extract(combining(new ScaleCombination.Gem(3)), settings(1, 8), images(4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at scale 8x6 is -")
        .hasMessageContaining("takes none that is negative: choose sum or max");
  }

  private static ExtractorSpec combining(ScaleCombination combination) {
    return new ExtractorSpec(
        1,
        SPEC.backbone(),
        SPEC.aggregation(),
        SPEC.scales(),
        SPEC.batchSize(),
        SPEC.limits(),
        combination);
  }

  @Test
  void aCpuShortOfMemoryFailsInsteadOfChangingBits() {
    network.beforeBatch =
        batch -> {
          throw Fakes.outOfMemory();
        };
    assertThatThrownBy(() -> extract(settings(2, 8), images(10)))
        .hasMessageContaining("out of memory");
    assertThat(decodeThreads()).isEmpty();
  }

  @Test
  void readsAndDecodesOfTheNextWindowGoOnDuringAForwardPass() throws Exception {
    CountDownLatch nextWindowRead = new CountDownLatch(BATCH);
    List<ImageSource> sources = new ArrayList<>();
    for (int i = 0; i < 2 * BATCH; i++) {
      int seed = 3 * i + 1; // all landscape
      boolean next = i >= BATCH;
      sources.add(
          source(
              "image-" + i,
              () -> {
                if (next) {
                  nextWindowRead.countDown();
                }
                return Fakes.encoded(seed);
              }));
    }
    List<Boolean> overlapped = new ArrayList<>();
    network.beforeBatch = batch -> overlapped.add(await(nextWindowRead));
    assertThat(extract(settings(1, BATCH), sources)).hasSize(2 * BATCH);
    assertThat(overlapped.get(0)).isTrue();
  }

  @Test
  void thePartsOfAnExtractionsTimeAreBookedOnce() throws Exception {
    try (Extractor extractor = extractor(settings(1, BATCH), OutOfMemory.FAIL)) {
      ExtractionTimes times = extractor.extract(images(3 * BATCH).iterator(), outcome -> {});
      assertThat(List.of(times.waited(), times.network(), times.pooling(), times.taking()))
          .allMatch(part -> part > 0);
      assertThat(times.reading()).isPositive();
      assertThat(times.decoding()).isPositive();
      assertThat(times.waited() + times.network() + times.pooling() + times.taking())
          .isLessThanOrEqualTo(times.all());
    }
  }

  @Test
  void sourcesAreNotTakenFarAheadOfTheOutcomes() throws Exception {
    // Room for two images: a window of 5 and twice 2 ahead.
    long two = 2 * SPEC.scales().stream().mapToLong(Scale::bytes).sum();
    ExtractorSettings base = settings(2, 5);
    ExtractorSettings settings =
        new ExtractorSettings(
            2, 1, 5, two, base.readTimeout(), base.decodeTimeout(), base.decodeMemory());
    AtomicInteger taken = new AtomicInteger();
    List<Integer> distances = new ArrayList<>();
    try (Extractor extractor = extractor(settings, OutOfMemory.FAIL)) {
      extractor.extract(
          images(60).stream().peek(source -> taken.incrementAndGet()).iterator(),
          outcome -> distances.add(taken.get() - outcome.index()));
    }
    assertThat(distances).hasSize(60).allMatch(distance -> distance <= 5 + 2 + 1);
  }

  @Test
  void callsAtTheSameTimeDoNotMeet() throws Exception {
    try (Extractor extractor = extractor(settings(2, 8), OutOfMemory.FAIL)) {
      List<CompletableFuture<List<Outcome>>> runs =
          IntStream.range(0, 3)
              .mapToObj(run -> CompletableFuture.supplyAsync(() -> extracted(extractor)))
              .toList();
      for (CompletableFuture<List<Outcome>> run : runs) {
        List<Outcome> outcomes = run.get(60, TimeUnit.SECONDS);
        for (int i = 0; i < 30; i++) {
          assertThat(((Described) outcomes.get(i)).descriptor()).isEqualTo(expected(i));
        }
      }
    }
  }

  @Test
  void closingFreesTheNetworkAndEndsExtraction() throws Exception {
    Extractor extractor = extractor(settings(1, 4), OutOfMemory.FAIL);
    assertThat(extractor.dimension()).isEqualTo(3);
    assertThat(extractor.spec()).isEqualTo(SPEC);
    extractor.close();
    assertThat(network.closed).isTrue();
    assertThatThrownBy(() -> extractor.extract(images(1).iterator(), outcome -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  private static List<Outcome> extracted(Extractor extractor) {
    List<Outcome> outcomes = new ArrayList<>();
    try {
      extractor.extract(images(30).iterator(), outcomes::add);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return outcomes;
  }

  private Extractor extractor(ExtractorSettings settings, OutOfMemory policy) {
    return new Extractor(SPEC, settings, network, Fakes::prepare, policy);
  }

  private List<Outcome> extract(ExtractorSettings settings, List<ImageSource> sources)
      throws InterruptedException {
    return extract(SPEC, settings, sources);
  }

  private List<Outcome> extract(
      ExtractorSpec spec, ExtractorSettings settings, List<ImageSource> sources)
      throws InterruptedException {
    List<Outcome> outcomes = new ArrayList<>();
    try (Extractor extractor =
        new Extractor(spec, settings, network, Fakes::prepare, OutOfMemory.FAIL)) {
      extractor.extract(sources.iterator(), outcomes::add);
    }
    assertThat(decodeThreads()).isEmpty();
    return outcomes;
  }

  static List<ImageSource> images(int count) {
    return IntStream.range(0, count).mapToObj(Fakes::image).toList();
  }

  static List<Thread> decodeThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(DecodeWorkers.THREAD_NAME))
        .toList();
  }

  static boolean await(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Throws what a source may throw. */
  private static byte[] fail(Throwable problem) throws IOException, ImageException {
    if (problem instanceof IOException e) {
      throw e;
    } else if (problem instanceof ImageException e) {
      throw e;
    } else if (problem instanceof RuntimeException e) {
      throw e;
    }
    throw (Error) problem;
  }

  static void assertRejected(Outcome outcome, String stage, Kind kind, String reason) {
    assertThat(outcome).isInstanceOf(Rejected.class);
    Rejected rejected = (Rejected) outcome;
    assertThat(Stream.of(rejected.stage(), rejected.kind())).containsExactly(stage, kind);
    assertThat(rejected.reason()).contains(reason);
  }
}
