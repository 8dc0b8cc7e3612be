package dev.remap.core.extraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ParallelForTest {
  private final Map<Integer, Thread> done = new ConcurrentHashMap<>();

  private void note(int piece) {
    assertThat(done.put(piece, Thread.currentThread())).as("piece %d once", piece).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 50})
  void everyPieceIsDoneOnceByNoMoreThreadsThanAllowed(int threads) {
    try (ParallelFor pieces = new ParallelFor(threads)) {
      pieces.run(3, 3, this::note);
      assertThat(done).isEmpty();
      pieces.run(3, 23, this::note);
    }

    assertThat(done).hasSize(20).containsKeys(3, 22);
    Set<Thread> workers = Set.copyOf(done.values());
    assertThat(workers).hasSizeLessThanOrEqualTo(threads);
    assertThat(workers)
        .allMatch(
            thread ->
                thread == Thread.currentThread()
                    || thread.getName().equals(ParallelFor.THREAD_NAME));
  }

  @Test
  void allThreadsWorkAtTheSameTime() {
    CountDownLatch all = new CountDownLatch(3);
    try (ParallelFor pieces = new ParallelFor(3)) {
      pieces.run(
          0,
          3,
          piece -> {
            all.countDown();
            await(all);
            note(piece);
          });
    }
    assertThat(Set.copyOf(done.values())).hasSize(3).contains(Thread.currentThread());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void aFailureIsThrownWhenNobodyIsAtAPieceAnyMore(int threads) {
    AtomicInteger atWork = new AtomicInteger();
    try (ParallelFor pieces = new ParallelFor(threads)) {
      assertThatThrownBy(
              () ->
                  pieces.run(
                      0,
                      100,
                      piece -> {
                        atWork.incrementAndGet();
                        try {
                          if (piece == 2) {
                            throw new IllegalStateException("piece 2 failed");
                          }
                        } finally {
                          atWork.decrementAndGet();
                        }
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("piece 2 failed");
    }
    assertThat(atWork).hasValue(0);
  }

  /** The memory that the others read is freed when this returns. */
  @Test
  void anInterruptionDoesNotLeaveTheOthersAlone() throws InterruptedException {
    CountDownLatch theirs = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Thread caller =
        new Thread(
            () -> {
              Thread own = Thread.currentThread();
              try (ParallelFor pieces = new ParallelFor(2)) {
                pieces.run(
                    0,
                    2,
                    piece -> {
                      if (Thread.currentThread() == own) {
                        await(theirs);
                      } else {
                        theirs.countDown();
                        await(go);
                      }
                      note(piece);
                    });
              }
            });
    caller.start();
    theirs.await();
    caller.interrupt();
    go.countDown();
    caller.join();

    assertThat(done).hasSize(2);
  }

  private static void await(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
