package dev.remap.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConcurrentlyTest {
  private static final int MANY = 1000;

  @Test
  void asksAsManyAtOnceAsItMayAndAnswersInOrder() {
    // All threads wait for each other, so fewer would never get through.
    CountDownLatch all = new CountDownLatch(Concurrently.MOST_THREADS);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();

    List<Integer> answers =
        Concurrently.map(
            numbers(MANY),
            number -> {
              threads.add(Thread.currentThread());
              all.countDown();
              await(all);
              return -number;
            });

    assertThat(answers).isEqualTo(numbers(MANY).stream().map(number -> -number).toList());
    assertThat(threads).hasSize(Concurrently.MOST_THREADS);
    assertThat(Concurrently.map(List.of(), number -> number)).isEmpty();
  }

  @Test
  void theFirstFailureEndsAll() {
    AtomicInteger asked = new AtomicInteger();
    CountDownLatch never = new CountDownLatch(1);

    assertThatThrownBy(
            () ->
                Concurrently.map(
                    numbers(MANY),
                    number -> {
                      asked.incrementAndGet();
                      if (number == 3) {
                        throw new StoreException("number 3 is missing");
                      }
                      await(never);
                      return number;
                    }))
        .isInstanceOf(StoreException.class)
        .hasMessage("number 3 is missing");
    assertThat(asked.get()).isLessThanOrEqualTo(Concurrently.MOST_THREADS + 1);
  }

  @Test
  void anInterruptionEndsAllAndIsNotForgotten() throws Exception {
    AtomicBoolean interrupted = new AtomicBoolean();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              assertThatThrownBy(
                      () ->
                          Concurrently.map(
                              numbers(MANY),
                              number -> {
                                begun.countDown();
                                await(never);
                                return number;
                              }))
                  .isInstanceOf(StoreException.class)
                  .hasMessageContaining("Interrupted");
              interrupted.set(Thread.currentThread().isInterrupted());
            });
    thread.start();
    begun.await();
    thread.interrupt();
    thread.join();

    assertThat(interrupted).isTrue();
  }

  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
