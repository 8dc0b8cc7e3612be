package dev.remap.core.extraction;

import dev.remap.core.region.Boxes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * One call of {@link Extractor#extract}, all on the calling thread but for reading and decoding.
 *
 * <p>Jobs are taken in the order of their sources, so a batch holds the next images of its layout,
 * whichever was decoded first. At the end of a window, what is left goes through in padded batches,
 * and the window's outcomes go out in order; meanwhile the workers are ahead in the next window.
 */
final class Extraction {
  private final Iterator<? extends ImageSource> sources;
  private final Consumer<? super Outcome> sink;
  private final ExtractorSettings settings;
  private final BatchDescriber describer;
  private final DecodeWorkers workers;
  private final TimeSheet times;
  private final ExtractionWatch watch;
  private final Clock clock = Clock.system();
  private final int lookahead;
  private final int batchSize;
  private final Queue<DecodeTask> ahead = new ArrayDeque<>();
  private final Map<Aspect, List<Pending>> pending = new EnumMap<>(Aspect.class);
  private final List<Outcome> window = new ArrayList<>();
  private int submitted;
  private int delivered;

  /** An image whose pixels wait for a batch. */
  record Pending(int index, Prepared image, Boxes boxes) {}

  Extraction(
      Iterator<? extends ImageSource> sources,
      Consumer<? super Outcome> sink,
      ExtractorSpec spec,
      ExtractorSettings settings,
      BatchDescriber describer,
      DecodeWorkers workers,
      TimeSheet times,
      ExtractionWatch watch) {
    this.sources = sources;
    this.sink = sink;
    this.settings = settings;
    this.describer = describer;
    this.workers = workers;
    this.times = times;
    this.watch = watch;
    this.batchSize = spec.batchSize();
    this.lookahead = lookahead(settings, spec.scales());
    for (Aspect layout : Aspect.values()) {
      pending.put(layout, new ArrayList<>());
    }
  }

  /** Images that may be decoded and not yet taken: at most a window, at least one a thread. */
  static int lookahead(ExtractorSettings settings, List<Scale> scales) {
    long fitting = settings.pixelBytes() / scales.stream().mapToLong(Scale::bytes).sum();
    return (int) Math.max(settings.decodeThreads(), Math.min(settings.window(), fitting));
  }

  void run() throws InterruptedException {
    submit();
    while (!ahead.isEmpty()) {
      DecodeTask job = ahead.remove();
      long waiting = TimeSheet.now();
      workers.await(job);
      times.waitedSince(waiting);
      submit();
      window.add(null);
      job.prepared().ifPresentOrElse(image -> enqueue(job, image), () -> settle(job.rejected()));
      if (window.size() == settings.window() || ahead.isEmpty()) {
        deliver();
      }
      look();
      if (Thread.interrupted()) {
        throw new InterruptedException("the extraction was interrupted");
      }
    }
  }

  private void look() {
    int batching = pending.values().stream().mapToInt(List::size).sum();
    watch.look(ahead.size(), batching, times.times());
  }

  private void submit() {
    while (ahead.size() < lookahead && sources.hasNext()) {
      DecodeTask job = new DecodeTask(submitted++, sources.next(), clock, times);
      ahead.add(job);
      workers.submit(job);
    }
  }

  private void enqueue(DecodeTask job, Prepared image) {
    List<Pending> batch = pending.get(image.layout());
    batch.add(new Pending(job.index(), image, job.boxes()));
    if (batch.size() == batchSize) {
      describe(image.layout());
    }
  }

  private void describe(Aspect layout) {
    List<Pending> batch = pending.get(layout);
    if (!batch.isEmpty()) {
      describer.describe(layout, batch).forEach(this::settle);
      batch.clear();
    }
  }

  private void settle(Outcome outcome) {
    window.set(outcome.index() - delivered, outcome);
  }

  private void deliver() {
    for (Aspect layout : Aspect.values()) {
      describe(layout);
    }
    long taking = TimeSheet.now();
    window.forEach(sink);
    times.takenSince(taking);
    delivered += window.size();
    window.clear();
  }
}
