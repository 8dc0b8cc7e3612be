package dev.remap.core.extraction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.core.extraction.Rejected.Kind;
import dev.remap.core.image.ImageException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Deadlines, by a clock that a test turns. */
@Timeout(60)
class DecodeTaskTest {
  private static final Duration READ = Duration.ofSeconds(30);
  private static final Duration DECODE = Duration.ofSeconds(2);
  private static final long SECOND = 1_000_000_000L;
  private static final ExtractorSettings SETTINGS =
      new ExtractorSettings(1, 1, 1, 1 << 20, READ, DECODE, new DecodeMemory(100));

  private final CountDownLatch reading = new CountDownLatch(1);
  private final CountDownLatch mayRead = new CountDownLatch(1);
  private final CountDownLatch decoding = new CountDownLatch(1);
  private final CountDownLatch mayDecode = new CountDownLatch(1);
  private final TurnedClock clock = new TurnedClock();
  private final TimeSheet times = new TimeSheet();
  private final DecodeTask job =
      new DecodeTask(
          0,
          Fakes.source(
              "image",
              () -> {
                reading.countDown();
                awaitQuietly(mayRead);
                return Fakes.encoded(1);
              }),
          clock,
          times);
  private final Thread worker = new Thread(() -> job.run(this::prepare, SETTINGS));

  /** Each wait takes as long as a test says, and the thread works for a part of it. */
  private final class TurnedClock implements Clock {
    private long now;
    private long worked;
    private long work;
    private long late;
    private int waits;
    private int lastWait = Integer.MAX_VALUE;

    @Override
    public synchronized long now() {
      return now;
    }

    @Override
    public synchronized long worked(Thread thread) {
      return worked;
    }

    @Override
    public void await(Object monitor, long nanos) throws InterruptedException {
      if (waits == lastWait) {
        mayRead.countDown();
        mayDecode.countDown();
        TimeUnit.DAYS.timedWait(monitor, 1);
        return;
      }
      turn(nanos);
    }

    private synchronized void turn(long nanos) {
      waits++;
      now += nanos + late;
      worked += work;
    }
  }

  private Prepared prepare(byte[] encoded) throws ImageException {
    decoding.countDown();
    awaitQuietly(mayDecode);
    return Fakes.prepare(encoded);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    boolean waiting = true;
    while (waiting) {
      try {
        latch.await();
        waiting = false;
      } catch (InterruptedException e) {
        // Deaf.
      }
    }
  }

  private void startDecoding() throws InterruptedException {
    mayRead.countDown();
    worker.start();
    decoding.await();
  }

  @AfterEach
  void letGo() throws InterruptedException {
    mayRead.countDown();
    mayDecode.countDown();
    worker.join();
  }

  @Test
  void aDecodeThatTheMachinePausedEndsWell() throws InterruptedException {
    startDecoding();
    clock.late = 3600 * SECOND;
    clock.work = SECOND / 10;
    clock.lastWait = 5;
    assertThat(job.await(SETTINGS)).isEmpty();
    assertThat(job.prepared()).isPresent();
    assertThat(clock.now).isGreaterThan(5 * 3600 * SECOND);
  }

  /** The extraction was busy elsewhere, so nobody saw the pause. */
  @Test
  void aDecodeThatWasPausedBeforeSomebodyWaitedForItEndsWell() throws InterruptedException {
    startDecoding();
    clock.now = 3600 * SECOND;
    clock.lastWait = 1;
    assertThat(job.await(SETTINGS)).isEmpty();
    assertThat(job.prepared()).isPresent();
  }

  /** Forty threads for two cores: each gets a twentieth of the time. */
  @Test
  void aDecodeOnAnOvercommittedMachineEndsWell() throws InterruptedException {
    startDecoding();
    clock.work = DECODE.toNanos() / 20;
    clock.lastWait = 9;
    assertThat(job.await(SETTINGS)).isEmpty();
    assertThat(job.prepared()).isPresent();
  }

  @Test
  void aDecodeThatWorksPastItsDeadlineIsAContentReject() throws InterruptedException {
    startDecoding();
    clock.work = DECODE.toNanos();
    assertThat(job.await(SETTINGS)).contains(worker);
    assertThat(times.times().decoding()).isEqualTo(clock.now).isPositive();
    assertThat(times.times().reading()).isZero();
    assertThat(job.rejected().kind()).isEqualTo(Kind.CONTENT);
    assertThat(job.rejected().reason()).isEqualTo("decoding took longer than PT2S of CPU time");
  }

  @Test
  void aDecodeThatNeitherWorksNorEndsIsAnAccessReject() throws InterruptedException {
    startDecoding();
    clock.work = SECOND / 100;
    assertThat(job.await(SETTINGS)).contains(worker);
    assertThat(job.rejected().kind()).isEqualTo(Kind.ACCESS);
    assertThat(job.rejected().reason())
        .startsWith("decoding did not end in 10 times PT2S, but had only PT0.4S of CPU time");
    assertThat(clock.now).isBetween(20 * SECOND, 22 * SECOND);
  }

  @Test
  void aReadThatTheMachinePausedEndsWell() throws InterruptedException {
    worker.start();
    reading.await();
    clock.late = 3600 * SECOND;
    clock.lastWait = 20;
    mayDecode.countDown();
    assertThat(job.await(SETTINGS)).isEmpty();
    assertThat(job.prepared()).isPresent();
  }

  @Test
  void aReadThatTakesTooLongIsAnAccessReject() throws InterruptedException {
    worker.start();
    reading.await();
    assertThat(job.await(SETTINGS)).contains(worker);
    assertThat(job.rejected().kind()).isEqualTo(Kind.ACCESS);
    assertThat(job.rejected().reason()).isEqualTo("reading took longer than PT30S");
    assertThat(clock.now).isEqualTo(READ.toNanos());
  }
}
