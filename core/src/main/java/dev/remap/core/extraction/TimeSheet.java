package dev.remap.core.extraction;

import java.util.concurrent.atomic.LongAdder;

/**
 * Times of one extraction while it runs: the calling thread says when it began what it has just
 * done, {@link DecodeTask}s add what they did on threads of their own.
 */
final class TimeSheet {
  final LongAdder reading = new LongAdder();
  final LongAdder memory = new LongAdder();
  final LongAdder decoding = new LongAdder();

  private final long began = now();
  private long waited;
  private long forward;
  private long pooling;
  private long taking;
  private long smallPasses;

  /** The time that the calls below are given, in nanoseconds. */
  static long now() {
    return System.nanoTime();
  }

  void waitedSince(long start) {
    waited += now() - start;
  }

  /** A forward pass, and what was pooled of it. */
  void forwardSince(long start) {
    forward += now() - start;
  }

  /** Within a forward pass. */
  void pooledSince(long start) {
    pooling += now() - start;
  }

  void takenSince(long start) {
    taking += now() - start;
  }

  /** Counts a forward pass of fewer images, since the device's memory did not take a batch. */
  void smallPass() {
    smallPasses++;
  }

  ExtractionTimes times() {
    return new ExtractionTimes(
        now() - began,
        waited,
        forward - pooling,
        pooling,
        taking,
        reading.sum(),
        memory.sum(),
        decoding.sum(),
        smallPasses);
  }
}
