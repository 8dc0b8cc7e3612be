package dev.remap.core.extraction;

import static dev.remap.core.extraction.ExtractorTest.assertRejected;
import static dev.remap.core.extraction.ExtractorTest.decodeThreads;
import static dev.remap.core.extraction.ExtractorTest.images;
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
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reads and decodes that never end, and extractions that end early. */
@Timeout(120)
class HangingTest {
  private static final byte ENDLESS = 'E';
  private static final byte STUCK = 'S';

  private final CountDownLatch release = new CountDownLatch(1);
  private final List<Thread> hung = new ArrayList<>();

  @AfterEach
  void everyThreadEndsOnceItIsLetGo() throws InterruptedException {
    release.countDown();
    for (Thread thread : hung) {
      thread.join();
    }
    assertThat(decodeThreads()).isEmpty();
  }

  @Test
  void aReadThatNeverReturnsIsAnAccessReject() throws Exception {
    ExtractorSettings settings = timeouts(1, Duration.ofSeconds(1), Duration.ofMinutes(5));
    List<Outcome> outcomes = extract(settings, List.of(image(1), hangingRead(), image(2)));
    assertRejected(outcomes.get(1), "read", Kind.ACCESS, "reading took longer than PT1S");
    assertThat(((Described) outcomes.get(0)).descriptor()).isEqualTo(expected(1));
    // With its only thread hanging, the extraction went on in another one.
    assertThat(((Described) outcomes.get(2)).descriptor()).isEqualTo(expected(2));
  }

  @Test
  void aDecodeThatNeverEndsIsAContentReject() throws Exception {
    ExtractorSettings settings = timeouts(1, Duration.ofMinutes(5), Duration.ofSeconds(1));
    ImageSource endless = source("endless", () -> new byte[] {ENDLESS});
    List<Outcome> outcomes = extract(settings, List.of(endless, image(1), image(2)));
    assertRejected(
        outcomes.get(0), "decode", Kind.CONTENT, "decoding took longer than PT1S of CPU time");
    assertThat(outcomes.get(1)).isInstanceOf(Described.class);
    assertThat(outcomes.get(2)).isInstanceOf(Described.class);
  }

  /** By the clock, and late: what waits for something else may be sound. */
  @Test
  void aDecodeThatNeverEndsAndDoesNotWorkIsAnAccessReject() throws Exception {
    ExtractorSettings settings = timeouts(1, Duration.ofMinutes(5), Duration.ofMillis(50));
    ImageSource stuck = source("stuck", () -> new byte[] {STUCK});
    List<Outcome> outcomes = extract(settings, List.of(stuck, image(1)));
    assertRejected(
        outcomes.get(0), "decode", Kind.ACCESS, "decoding did not end in 10 times PT0.05S");
    assertThat(outcomes.get(1)).isInstanceOf(Described.class);
  }

  @Test
  void tooManyHangingReadsFailTheExtraction() {
    ExtractorSettings settings = timeouts(2, Duration.ofMillis(5), Duration.ofMinutes(5));
    List<ImageSource> sources = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sources.add(hangingRead());
    }
    assertThatThrownBy(() -> extract(settings, sources))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("more than 8 reads and decodes hang")
        .hasMessageContaining("check the storage");
  }

  @Test
  void aThreadThatComesBackCountsNoMore() throws Exception {
    ExtractorSettings settings = timeouts(1, Duration.ofMillis(5), Duration.ofMinutes(5));
    try (Extractor extractor = extractor(settings)) {
      // Each read hangs until it is interrupted, more often than may hang at once.
      for (int i = 0; i < 2 * DecodeWorkers.hangingLimit(settings); i++) {
        List<Outcome> outcomes = new ArrayList<>();
        extractor.extract(List.of(interruptible()).iterator(), outcomes::add);
        assertThat(outcomes.get(0)).isInstanceOf(Rejected.class);
        joinHung();
      }
    }
  }

  @Test
  void aSinkThatThrowsEndsEverything() {
    IllegalStateException full = new IllegalStateException("disk full");
    assertThatThrownBy(
            () ->
                extractor(settings(3, 4))
                    .extract(
                        images(100).iterator(),
                        outcome -> {
                          throw full;
                        }))
        .isSameAs(full);
    assertThat(decodeThreads()).isEmpty();
  }

  @Test
  void sourcesThatThrowEndEverything() {
    List<ImageSource> sources = new ArrayList<>(images(10));
    assertThatThrownBy(
            () ->
                extractor(settings(3, 4))
                    .extract(
                        sources.stream()
                            .peek(
                                source -> {
                                  if (source == sources.get(7)) {
                                    throw new IllegalStateException("listing broke");
                                  }
                                })
                            .iterator(),
                        outcome -> {}))
        .hasMessage("listing broke");
    assertThat(decodeThreads()).isEmpty();
  }

  @Test
  void anInterruptEndsAnExtractionThatWaitsForARead() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    ImageSource blocked =
        source(
            "blocked",
            () -> {
              reading.countDown();
              return waitInterruptibly();
            });
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                extract(settings(2, 4), List.of(image(1), blocked, image(2)));
              } catch (InterruptedException | RuntimeException e) {
                thrown.set(e);
              }
            });
    caller.start();
    reading.await();
    caller.interrupt();
    caller.join();
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    assertThat(decodeThreads()).isEmpty();
  }

  @Test
  void anInterruptDuringTheForwardPassEndsTheExtraction() {
    FakeNetwork network = new FakeNetwork();
    network.beforeBatch = batch -> Thread.currentThread().interrupt();
    Consumer<Outcome> ignore = outcome -> {};
    Extractor extractor =
        new Extractor(SPEC, settings(2, 4), network, this::prepare, OutOfMemory.FAIL);
    assertThatThrownBy(() -> extractor.extract(images(100).iterator(), ignore))
        .isInstanceOf(InterruptedException.class);
    assertThat(network.calls.size()).isLessThan(5);
    assertThat(decodeThreads()).isEmpty();
  }

  /** All of the memory for each: no two at once, and in sum they take longer than one may. */
  @Test
  void waitingForMemoryIsNotDecoding() throws Exception {
    ExtractorSettings settings = timeouts(4, Duration.ofMinutes(5), Duration.ofSeconds(2));
    AtomicInteger decoding = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Preprocessor slow =
        hungry(
            encoded -> {
              most.accumulateAndGet(decoding.incrementAndGet(), Math::max);
              LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
              decoding.decrementAndGet();
              return prepare(encoded);
            });

    List<Outcome> outcomes = extract(settings, slow, images(12));

    assertThat(outcomes).hasSize(12).allMatch(Described.class::isInstance);
    assertThat(most.get()).isEqualTo(1);
  }

  /** The one that hangs is not the one that is waited for, and has all of the memory. */
  @Test
  void aDecodeThatNeverEndsKeepsNobodyWaiting() throws Exception {
    ExtractorSettings settings = timeouts(2, Duration.ofMinutes(5), Duration.ofMillis(500));
    CountDownLatch hangs = new CountDownLatch(1);
    ImageSource late =
        source(
            "late",
            () -> {
              awaitQuietly(hangs);
              return Fakes.encoded(1);
            });
    ImageSource endless = source("endless", () -> new byte[] {ENDLESS});
    Preprocessor hungry =
        hungry(
            encoded -> {
              hangs.countDown();
              return prepare(encoded);
            });

    List<Outcome> outcomes = extract(settings, hungry, List.of(late, endless, image(2)));

    assertThat(outcomes.get(0)).isInstanceOf(Described.class);
    assertRejected(outcomes.get(1), "decode", Kind.CONTENT, "decoding took longer than PT0.5S");
    assertThat(outcomes.get(2)).isInstanceOf(Described.class);
  }

  private static void awaitQuietly(CountDownLatch latch) throws InterruptedIOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted read");
    }
  }

  private static Preprocessor hungry(Preprocessor preparer) {
    return new Preprocessor() {
      @Override
      public Prepared prepare(byte[] encoded) throws ImageException {
        return preparer.prepare(encoded);
      }

      @Override
      public long memory(byte[] encoded) {
        return Long.MAX_VALUE;
      }
    };
  }

  private static List<Outcome> extract(
      ExtractorSettings settings, Preprocessor preparer, List<? extends ImageSource> sources)
      throws InterruptedException {
    List<Outcome> outcomes = new ArrayList<>();
    try (Extractor extractor =
        new Extractor(SPEC, settings, new FakeNetwork(), preparer, OutOfMemory.FAIL)) {
      extractor.extract(sources.iterator(), outcomes::add);
    }
    return outcomes;
  }

  private static ExtractorSettings timeouts(int threads, Duration read, Duration decode) {
    return new ExtractorSettings(threads, 1, 16, 1 << 20, read, decode, new DecodeMemory(100));
  }

  private Extractor extractor(ExtractorSettings settings) {
    return new Extractor(SPEC, settings, new FakeNetwork(), this::prepare, OutOfMemory.FAIL);
  }

  private List<Outcome> extract(ExtractorSettings settings, List<ImageSource> sources)
      throws InterruptedException {
    return extract(settings, this::prepare, sources);
  }

  private Prepared prepare(byte[] encoded) throws ImageException {
    if (encoded[0] == ENDLESS) {
      work();
      return Fakes.prepare(Fakes.encoded(1)); // too late to count
    }
    if (encoded[0] == STUCK) {
      hang();
      return Fakes.prepare(Fakes.encoded(1));
    }
    return Fakes.prepare(encoded);
  }

  private ImageSource hangingRead() {
    return source(
        "hangs",
        () -> {
          hang();
          return Fakes.encoded(1);
        });
  }

  /** Busy, and deaf to interrupts. */
  private void work() {
    note();
    while (release.getCount() > 0) {
      Thread.onSpinWait();
    }
  }

  /** Deaf to interrupts, like a native call. */
  private void hang() {
    note();
    boolean waiting = true;
    while (waiting) {
      try {
        release.await();
        waiting = false;
      } catch (InterruptedException e) {
        // Deaf.
      }
    }
  }

  private ImageSource interruptible() {
    return source("stalls", this::waitInterruptibly);
  }

  private byte[] waitInterruptibly() throws InterruptedIOException {
    note();
    try {
      release.await();
      return Fakes.encoded(1);
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted read");
    }
  }

  private void note() {
    synchronized (hung) {
      hung.add(Thread.currentThread());
    }
  }

  private void joinHung() throws InterruptedException {
    List<Thread> threads;
    synchronized (hung) {
      threads = List.copyOf(hung);
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
