package dev.remap.core.extraction;

import dev.remap.core.extraction.Rejected.Kind;
import dev.remap.core.image.ImageException;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Reading and decoding one image: the monitor between the worker that does it and the extraction
 * that waits for it. Whoever ends it first, the worker with a result or the extraction at a
 * deadline, decides what became of the image.
 */
final class Job {
  private enum State {
    QUEUED,
    READING,
    /** For memory, as long as others decode. */
    WAITING,
    DECODING,
    DONE
  }

  private final int index;
  private final ImageSource source;
  private State state = State.QUEUED;
  private long entered;
  private Thread worker;
  private Prepared prepared;
  private Rejected rejected;
  private Error failure;

  Job(int index, ImageSource source) {
    this.index = index;
    this.source = source;
  }

  int index() {
    return index;
  }

  /** Reads and decodes in the calling thread; false if the extraction gave up meanwhile. */
  boolean run(Preparer preparer, ExtractorSettings settings) {
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

  private boolean decode(byte[] encoded, Preparer preparer, ExtractorSettings settings)
      throws ImageException, InterruptedException {
    DecodeMemory.Lease lease =
        settings.decodeMemory().take(preparer.memory(encoded), settings.decodeTimeout());
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
    state = next;
    entered = System.nanoTime();
    worker = Thread.currentThread();
    notifyAll();
    return true;
  }

  private boolean reject(String stage, Kind kind, String reason) {
    return finish(null, new Rejected(index, stage, kind, reason), null);
  }

  private synchronized boolean finish(Prepared pixels, Rejected reject, Error error) {
    if (state == State.DONE) {
      return false;
    }
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
    while (state != State.DONE) {
      if (state == State.QUEUED || state == State.WAITING) {
        wait();
        continue;
      }
      Duration timeout = state == State.READING ? settings.readTimeout() : settings.decodeTimeout();
      long left = timeout.toNanos() - (System.nanoTime() - entered);
      if (left <= 0) {
        giveUp(timeout);
        return Optional.of(worker);
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return Optional.empty();
  }

  private void giveUp(Duration timeout) {
    boolean reading = state == State.READING;
    rejected =
        new Rejected(
            index,
            reading ? Rejected.READ : Rejected.DECODE,
            reading ? Kind.ACCESS : Kind.CONTENT,
            (reading ? "reading" : "decoding") + " took longer than " + timeout);
    state = State.DONE;
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
