package dev.remap.jobs.store;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;

/** Asks a storage for many small things: waiting for answers takes threads, not cores. */
public final class Concurrently {
  /** Fewer than the connections that S3A opens by default. */
  static final int MOST_THREADS = 64;

  private Concurrently() {}

  private record Answer<R>(int place, R value) {}

  /**
   * The answers to all questions, in the order of these. The first that fails ends it, and so does
   * an interruption; what is asked then is given up.
   */
  public static <T, R> List<R> map(List<T> questions, Function<T, R> ask) {
    return map(MOST_THREADS, questions, ask);
  }

  /**
   * The same for what is more than waiting.
   *
   * @param most that are asked at once
   */
  public static <T, R> List<R> map(int most, List<T> questions, Function<T, R> ask) {
    if (questions.isEmpty()) {
      return List.of();
    }
    int threads = Math.min(most, questions.size());
    ExecutorService pool = Executors.newFixedThreadPool(threads, Concurrently::daemon);
    try {
      CompletionService<Answer<R>> answers = new ExecutorCompletionService<>(pool);
      for (int i = 0; i < questions.size(); i++) {
        int place = i;
        answers.submit(() -> new Answer<>(place, ask.apply(questions.get(place))));
      }
      List<R> values = new ArrayList<>(Collections.nCopies(questions.size(), null));
      for (int i = 0; i < questions.size(); i++) {
        Answer<R> answer = answers.take().get();
        values.set(answer.place, answer.value);
      }
      return values;
    } catch (ExecutionException e) {
      throw thrown(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("Interrupted while waiting for the storage", e);
    } finally {
      pool.shutdownNow();
    }
  }

  /** Does one thing with each, as {@link #map}. */
  public static <T> void forEach(List<T> all, Consumer<T> act) {
    map(
        all,
        one -> {
          act.accept(one);
          return one;
        });
  }

  private static RuntimeException thrown(Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return (RuntimeException) cause;
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "storage");
    thread.setDaemon(true);
    return thread;
  }
}
