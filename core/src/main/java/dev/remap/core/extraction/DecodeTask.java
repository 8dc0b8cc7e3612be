package dev.remap.core.extraction;

import dev.remap.core.extraction.Rejected.Kind;
import dev.remap.core.image.ImageException;
import dev.remap.core.region.Boxes;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Reading and decoding one image: the monitor between the worker that does it and the extraction
 * that waits for it. Whoever ends it first, the worker with a result or the extraction at a
 * deadline, decides what became of the image.
 *
 * <p>Time that the machine took is not the image's fault: a frozen process, or one of many for too
 * few cores. So a decode is endless, for good, by the CPU time that its thread used. One that does
 * not end without using it ends by the clock, later, and as what is tried again.
 */
final class DecodeTask {
  private enum State {
    QUEUED,
    READING,
    /** For memory, as long as others decode. */
    WAITING,
    DECODING,
    DONE
  }

  /** How many times its deadline a decode may take by the clock. */
  static final int PATIENCE = 10;

  /** A wait that ends so much later than it should was not the worker's time. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int STEPS = 4;

  private final int index;
  private final ImageSource source;
  private State state = State.QUEUED;
  private final Clock clock;
  private final TimeSheet times;
  private long entered;
  private long workedBefore;
  private long paused;
  private Thread worker;
  private Prepared prepared;
  private Rejected rejected;
  private Error failure;

  /**
   * @param times gets what each stage took
   */
  DecodeTask(int index, ImageSource source, Clock clock, TimeSheet times) {
    this.index = index;
    this.source = source;
    this.clock = clock;
    this.times = times;
  }

  int index() {
    return index;
  }

  Boxes boxes() {
    return source.boxes().orElse(Boxes.WHOLE);
  }

  /** Reads and decodes in the calling thread; false if the extraction gave up meanwhile. */
  boolean run(Preprocessor preparer, ExtractorSettings settings) {
    String stage = Rejected.READ;
    try {
      enter(State.READING);
      byte[] encoded = Objects.requireNonNull(source.read(), "the source returned no bytes");
      stage = Rejected.DECODE;
      return enter(State.WAITING) && decode(encoded, preparer, settings);
    } catch (InterruptedException e) {
      // The extraction ends, and with it this thread.
      Thread.currentThread().interrupt();
      return reject(stage, Kind.ACCESS, "interrupted while it waited for memory");
    } catch (ImageException e) {
      return reject(stage, Kind.CONTENT, e.getMessage());
    } catch (IOException e) {
      return reject(stage, Kind.ACCESS, e.toString());
    } catch (RuntimeException e) {
      // A source that breaks may work tomorrow; a decoder will stumble over the same bytes again.
      Kind kind = stage.equals(Rejected.READ) ? Kind.ACCESS : Kind.CONTENT;
      return reject(stage, kind, e.toString());
    } catch (OutOfMemoryError e) {
      return reject(stage, Kind.ACCESS, "no memory left for this image: " + e.getMessage());
    } catch (Error e) {
      return finish(null, null, e);
    }
  }

  private boolean decode(byte[] encoded, Preprocessor preparer, ExtractorSettings settings)
      throws ImageException, InterruptedException {
    try {
      return decode(encoded, preparer.memory(encoded), preparer, settings);
    } catch (OutOfMemoryError e) {
      // Others may have had what it needed: once more, alone.
      return enter(State.WAITING) && decode(encoded, Long.MAX_VALUE, preparer, settings);
    }
  }

  private boolean decode(
      byte[] encoded, long memory, Preprocessor preparer, ExtractorSettings settings)
      throws ImageException, InterruptedException {
    DecodeMemory.Lease lease = settings.decodeMemory().take(memory, settings.decodeTimeout());
    try {
      return enter(State.DECODING) && finish(preparer.prepare(encoded), null, null);
    } finally {
      lease.end();
    }
  }

  private synchronized boolean enter(State next) {
    if (state == State.DONE) {
      return false;
    }
    long now = clock.now();
    book(now);
    state = next;
    worker = Thread.currentThread();
    entered = now;
    workedBefore = clock.worked(worker);
    paused = 0;
    notifyAll();
    return true;
  }

  /** Books the time of the stage that ends. */
  private void book(long now) {
    switch (state) {
      case READING -> times.reading.add(now - entered);
      case WAITING -> times.memory.add(now - entered);
      case DECODING -> times.decoding.add(now - entered);
      case QUEUED, DONE -> {}
    }
  }

  private boolean reject(String stage, Kind kind, String reason) {
    return finish(null, new Rejected(index, stage, kind, reason), null);
  }

  private synchronized boolean finish(Prepared pixels, Rejected reject, Error error) {
    if (state == State.DONE) {
      return false;
    }
    book(clock.now());
    state = State.DONE;
    prepared = pixels;
    rejected = reject;
    failure = error;
    notifyAll();
    return true;
  }

  /**
   * Waits for the worker, at most until the deadline of the stage it is in.
   *
   * @return the worker, if the deadline passed: it still hangs in this job
   */
  synchronized Optional<Thread> await(ExtractorSettings settings) throws InterruptedException {
    long began = clock.now();
    while (state != State.DONE) {
      if (state == State.QUEUED || state == State.WAITING) {
        wait();
        continue;
      }
      boolean reading = state == State.READING;
      long left = reading ? readLeft(settings) : decodeLeft(settings, began);
      if (left <= 0) {
        giveUp(settings);
        return Optional.of(worker);
      }
      Duration timeout = reading ? settings.readTimeout() : settings.decodeTimeout();
      watch(Math.min(left, Math.min(PAUSE_NANOS, Math.max(1, timeout.toNanos() / STEPS))));
    }
    return Optional.empty();
  }

  /** In steps, so that a pause takes no more than one of them from the worker. */
  private void watch(long nanos) throws InterruptedException {
    long stage = entered;
    long before = clock.now();
    clock.await(this, nanos);
    long late = clock.now() - before - nanos;
    if (late > PAUSE_NANOS && entered == stage) {
      paused += late;
    }
  }

  private long readLeft(ExtractorSettings settings) {
    return settings.readTimeout().toNanos() - (clock.now() - entered - paused);
  }

  /** By the clock, only the time that somebody looked on counts: the rest may have been a pause. */
  private long decodeLeft(ExtractorSettings settings, long began) {
    long timeout = settings.decodeTimeout().toNanos();
    long most = Math.min(timeout, Long.MAX_VALUE / PATIENCE) * PATIENCE;
    long watched = clock.now() - Math.max(entered, began) - paused;
    return Math.min(timeout - worked(), most - watched);
  }

  private long worked() {
    return clock.worked(worker) - workedBefore;
  }

  private void giveUp(ExtractorSettings settings) {
    Duration worked = Duration.ofNanos(Math.max(0, worked()));
    if (state == State.READING) {
      reject(Rejected.READ, Kind.ACCESS, "reading took longer than " + settings.readTimeout());
    } else if (worked.compareTo(settings.decodeTimeout()) >= 0) {
      reject(
          Rejected.DECODE,
          Kind.CONTENT,
          "decoding took longer than " + settings.decodeTimeout() + " of CPU time");
    } else {
      reject(
          Rejected.DECODE,
          Kind.ACCESS,
          "decoding did not end in %d times %s, but had only %s of CPU time: the machine is busy,"
                  .formatted(
                      PATIENCE, settings.decodeTimeout(), worked.truncatedTo(ChronoUnit.MILLIS))
              + " or the decoder hangs");
    }
  }

  /**
   * What came out, if the image is not rejected; to be called after {@link #await}.
   *
   * @throws IllegalStateException if the worker failed in a way that is not this image's fault
   */
  synchronized Optional<Prepared> prepared() {
    if (failure != null) {
      throw new IllegalStateException(
          "reading or decoding image " + source.imageId() + " broke the worker: " + failure,
          failure);
    }
    return Optional.ofNullable(prepared);
  }

  /** Why there are no pixels; to be called after {@link #await}. */
  synchronized Rejected rejected() {
    return rejected;
  }
}
