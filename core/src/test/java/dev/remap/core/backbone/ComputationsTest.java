package dev.remap.core.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The end of a process waits for what libtorch computes, and nothing begins after it. */
class ComputationsTest {
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            return thread;
          });
  private final Computations computations = new Computations();
  private final CountDownLatch begun = new CountDownLatch(2);
  private final CountDownLatch free = new CountDownLatch(1);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private String compute() {
    return computations.run(
        () -> {
          begun.countDown();
          try {
            free.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return "computed";
        });
  }

  @Test
  void anEndWaitsForAllThatIsUnderWayAndLetsNothingBegin() throws Exception {
    Future<String> one = threads.submit(this::compute);
    Future<String> other = threads.submit(this::compute);
    begun.await();
    FutureTask<Boolean> end = new FutureTask<>(() -> computations.end(60));
    // Of its own, as the lock stays with it.
    Thread ending = new Thread(end);
    ending.setDaemon(true);
    ending.start();
    assertThatThrownBy(() -> end.get(50, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    free.countDown();

    assertThat(end.get()).isTrue();
    assertThat(one.get()).isEqualTo("computed");
    assertThat(other.get()).isEqualTo("computed");
    Future<String> late = threads.submit(this::compute);
    assertThatThrownBy(() -> late.get(50, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
  }

  @Test
  void whatTakesTooLongDoesNotHoldTheEndForEver() throws Exception {
    List<Future<String>> computing =
        List.of(threads.submit(this::compute), threads.submit(this::compute));
    begun.await();

    assertThat(computations.end(0)).isFalse();
    assertThat(computing).noneMatch(Future::isDone);
  }

  @Test
  void withNothingUnderWayTheEndIsAtOnce() {
    assertThat(computations.end(0)).isTrue();
  }
}
