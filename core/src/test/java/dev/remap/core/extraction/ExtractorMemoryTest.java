package dev.remap.core.extraction;

import static dev.remap.core.extraction.ExtractorTest.assertRejected;
import static dev.remap.core.extraction.ExtractorTest.images;
import static dev.remap.core.extraction.Fakes.SPEC;
import static dev.remap.core.extraction.Fakes.expected;
import static dev.remap.core.extraction.Fakes.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.extraction.BatchDescriber.OutOfMemory;
import dev.remap.core.extraction.Fakes.FakeNetwork;
import dev.remap.core.extraction.Rejected.Kind;
import dev.remap.core.image.ImageException;
import dev.remap.core.image.ImageShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Networks and decodes that run short of memory. */
class ExtractorMemoryTest {
  private final FakeNetwork network = new FakeNetwork();

  @Test
  void aGpuShortOfMemoryGetsHalvedBatches() throws Exception {
    network.beforeBatch =
        batch -> {
          if (batch > 1) {
            throw Fakes.outOfMemory();
          }
        };
    List<Outcome> outcomes = new ArrayList<>();
    try (Extractor extractor = halving(8)) {
      extractor.extract(images(10).iterator(), outcomes::add);
    }
    for (int i = 0; i < 10; i++) {
      assertThat(((Described) outcomes.get(i)).descriptor()).isEqualTo(expected(i));
    }
    assertThat(network.calls).allMatch(call -> call.startsWith("1*")).hasSize(20);
  }

  @Test
  void aGpuShortOfMemoryAtOneShapeHalvesTheBatchesOfThatShapeOnly() throws Exception {
    network.before =
        (batch, shape) -> {
          if (shape.equals(new ImageShape(9, 12)) && batch > 2) {
            throw Fakes.outOfMemory();
          }
        };
    List<Outcome> outcomes = new ArrayList<>();
    ExtractionTimes times;
    try (Extractor extractor = halving(24)) {
      times = extractor.extract(images(24).iterator(), outcomes::add);
    }
    for (int i = 0; i < 24; i++) {
      assertThat(((Described) outcomes.get(i)).descriptor()).isEqualTo(expected(i));
    }
    assertThat(network.calls)
        .containsOnly("4*8x6", "4*12x9", "4*6x8", "2*9x12")
        .filteredOn("2*9x12"::equals)
        .hasSize(4);
    assertThat(times.smallPasses()).isEqualTo(4);
  }

  @Test
  void anImageThatDoesNotFitIntoAGpuAloneIsRejectedAndTheOthersGoOn() throws Exception {
    network.before =
        (batch, shape) -> {
          if (shape.equals(new ImageShape(9, 12))) {
            throw Fakes.outOfMemory();
          }
        };
    List<Outcome> outcomes = new ArrayList<>();
    try (Extractor extractor = halving(8)) {
      extractor.extract(images(20).iterator(), outcomes::add);
    }
    for (int i = 0; i < 20; i++) {
      if (i % 3 == 0) { // upright
        assertRejected(
            outcomes.get(i), "forward", Kind.ACCESS, "memory does not take one image of 9x12");
        assertThat(outcomes.get(i).index()).isEqualTo(i);
      } else {
        assertThat(((Described) outcomes.get(i)).descriptor()).isEqualTo(expected(i));
      }
    }
  }

  @Test
  void aDecodeThatFindsNoMemoryIsTriedOnceMoreAlone() throws Exception {
    Set<Byte> starved = ConcurrentHashMap.newKeySet();
    Preprocessor hungry =
        encoded -> {
          if (encoded[1] == 13 || (encoded[1] % 5 == 0 && starved.add(encoded[1]))) {
            throw new OutOfMemoryError("on purpose");
          }
          return Fakes.prepare(encoded);
        };
    List<Outcome> outcomes = new ArrayList<>();
    try (Extractor extractor =
        new Extractor(SPEC, settings(3, 8), network, hungry, OutOfMemory.FAIL)) {
      extractor.extract(images(30).iterator(), outcomes::add);
    }
    assertThat(starved).hasSize(6);
    for (int i = 0; i < 30; i++) {
      if (i == 13) {
        assertRejected(
            outcomes.get(i), "decode", Kind.ACCESS, "no memory left for this image: on purpose");
      } else {
        assertThat(((Described) outcomes.get(i)).descriptor()).as("%d", i).isEqualTo(expected(i));
      }
    }
  }

  @Test
  void decodesThatNeedAllMemoryEachGoOneByOneAndTheirWaitingIsBooked() throws Exception {
    AtomicInteger atOnce = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch othersWait = new CountDownLatch(3);
    Preprocessor scans =
        new Preprocessor() {
          @Override
          public Prepared prepare(byte[] encoded) throws ImageException {
            most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            // The first holds it until the others have asked for it.
            assertThat(ExtractorTest.await(othersWait)).isTrue();
            Prepared prepared = Fakes.prepare(encoded);
            atOnce.decrementAndGet();
            return prepared;
          }

          @Override
          public long memory(byte[] encoded) {
            othersWait.countDown();
            return Long.MAX_VALUE;
          }
        };
    List<Outcome> outcomes = new ArrayList<>();
    ExtractionTimes times;
    try (Extractor extractor =
        new Extractor(SPEC, settings(3, 8), network, scans, OutOfMemory.FAIL)) {
      times = extractor.extract(images(20).iterator(), outcomes::add);
    }
    assertThat(most).hasValue(1);
    assertThat(outcomes).hasSize(20).allMatch(Described.class::isInstance);
    assertThat(times.memory()).isPositive();
  }

  private Extractor halving(int window) {
    return new Extractor(SPEC, settings(2, window), network, Fakes::prepare, OutOfMemory.HALVE);
  }
}
