package dev.remap.jobs.stage.extract;

import dev.remap.core.extraction.ExtractionTimes;
import dev.remap.core.extraction.ExtractionTimes.Limit;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.Counts;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What limited the speed of a run: for the user, and for the run's record. */
final class Bottleneck {
  /** A unit whose images take so many times as long as those of the others is named... */
  private static final double SLOW = 4;

  /** ... if that has cost anybody anything. */
  private static final long WORTH_A_WORD = TimeUnit.SECONDS.toNanos(10);

  private final List<UnitTimes> units;
  private final ExtractionTimes all;

  /**
   * Times of one unit.
   *
   * @param images that were tried
   */
  record UnitTimes(int unit, long images, ExtractionTimes times) implements Serializable {
    double secondsEach() {
      return times.all() / 1e9 / images;
    }
  }

  Bottleneck(List<UnitTimes> units) {
    this.units = units.stream().filter(unit -> unit.images > 0).toList();
    this.all =
        this.units.stream()
            .map(UnitTimes::times)
            .reduce(ExtractionTimes.NONE, ExtractionTimes::plus);
  }

  /** Says it in a line, and names a unit that was much slower than the others. */
  void say(Console console) {
    if (units.isEmpty()) {
      return;
    }
    console.say("  %s", sentence(all));
    if (all.smallPasses() > 0) {
      console.say(
          "  the device's memory did not take full batches: %,d forward passes were of fewer"
              + " images; a smaller extractor.batch-size makes another extractor",
          all.smallPasses());
    }
    slow()
        .ifPresent(
            slow ->
                console.say(
                    "  unit %d took %.2f s an image, the others %.2f s in the median; %s",
                    slow.unit, slow.secondsEach(), median(), sentence(slow.times)));
  }

  private static String sentence(ExtractionTimes times) {
    return switch (times.limit()) {
      case STORAGE -> waited(times, "storage", "to be read");
      case DECODE_MEMORY ->
          waited(times, "extract.decode-memory", "that waited for memory to be decoded in");
      case DECODING -> waited(times, "decoding", "to be decoded");
      case NETWORK ->
          "bound by the network: %.0f %% of the time it worked (%s)"
              .formatted(percent(times, times.network()), rest(times, Limit.NETWORK));
      case POOLING ->
          "bound by pooling: %.0f %% of the time (%s)"
              .formatted(percent(times, times.pooling()), rest(times, Limit.POOLING));
      case WRITING ->
          "bound by writing: %.0f %% of the time (%s)"
              .formatted(percent(times, times.taking()), rest(times, Limit.WRITING));
    };
  }

  private static String waited(ExtractionTimes times, String by, String what) {
    return "bound by %s: %.0f %% of the time the network waited for images %s (%s)"
        .formatted(by, percent(times, times.waited()), what, rest(times, Limit.DECODING));
  }

  /** The shares of all but what the sentence has. */
  private static String rest(ExtractionTimes times, Limit said) {
    StringBuilder text = new StringBuilder();
    share(text, times, said == Limit.DECODING, "waiting", times.waited());
    share(text, times, said == Limit.NETWORK, "network", times.network());
    share(text, times, said == Limit.POOLING, "pooling", times.pooling());
    share(text, times, said == Limit.WRITING, "writing", times.taking());
    return text.toString();
  }

  private static void share(
      StringBuilder text, ExtractionTimes times, boolean isSaid, String name, long part) {
    if (!isSaid) {
      text.append(text.isEmpty() ? "" : ", ")
          .append("%s %.0f %%".formatted(name, percent(times, part)));
    }
  }

  private static double percent(ExtractionTimes times, long part) {
    return 100 * times.share(part);
  }

  private Optional<UnitTimes> slow() {
    return units.stream()
        .max(Comparator.comparingDouble(UnitTimes::secondsEach))
        .filter(unit -> unit.secondsEach() > SLOW * median())
        .filter(unit -> unit.times.all() > WORTH_A_WORD);
  }

  private double median() {
    return units.stream()
        .mapToDouble(UnitTimes::secondsEach)
        .sorted()
        .skip((units.size() - 1) / 2)
        .findFirst()
        .orElse(0);
  }

  /** Adds the parts' milliseconds, all tasks together. */
  void addTo(Counts books) {
    if (units.isEmpty()) {
      return;
    }
    add(books, "extraction", all.all());
    add(books, "waiting for images", all.waited());
    add(books, "network", all.network());
    add(books, "pooling", all.pooling());
    add(books, "writing", all.taking());
    add(books, "reading images", all.reading());
    add(books, "waiting for decode-memory", all.memory());
    add(books, "decoding images", all.decoding());
    if (all.smallPasses() > 0) {
      books.add("passes of less than a batch", all.smallPasses());
    }
  }

  private static void add(Counts books, String what, long nanos) {
    books.add("ms " + what, TimeUnit.NANOSECONDS.toMillis(nanos));
  }
}
