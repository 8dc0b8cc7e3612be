package dev.remap.jobs.stage.weigh;

import dev.remap.core.evaluation.PairedBootstrap;
import dev.remap.core.evaluation.PairedBootstrap.Pair;
import dev.remap.core.extraction.ParallelFor;
import dev.remap.core.training.DivergedException;
import dev.remap.core.training.Epoch;
import dev.remap.core.training.HeadTraining;
import dev.remap.core.training.Split;
import dev.remap.core.training.head.Head;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.store.Plain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What training is worth on groups that it has never seen: some times groups are dealt anew, a head
 * is trained with some of them, and those of the test, by which nothing was chosen, are searched
 * for among themselves.
 */
final class Rehearsal {
  private static final long SEED = 1;

  private final TrainSettings settings;
  private final TrainImages images;
  private final StartHead start;
  private final Console console;
  private final ParallelFor searching;
  private final List<List<String>> rows = new ArrayList<>();
  private final List<Pair> overPlain = new ArrayList<>();
  private final List<Pair> overStart = new ArrayList<>();

  /** mAP of what is held out, by the epoch that is kept: what settings may be chosen by. */
  private final List<Double> heldOut = new ArrayList<>();

  private final List<Double> heldOutAtStart = new ArrayList<>();

  /**
   * @param searching by whose threads images are searched for
   */
  Rehearsal(
      TrainSettings settings,
      TrainImages images,
      StartHead start,
      Console console,
      ParallelFor searching) {
    this.settings = settings;
    this.images = images;
    this.start = start;
    this.console = console;
    this.searching = searching;
    rows.add(
        List.of(
            "split",
            "learnt",
            "held out",
            "test",
            start.plainly(),
            "start",
            "trained",
            "best epoch",
            "held-out mAP",
            "at the start"));
  }

  /** Rehearses so many times, and says what came of it. */
  void run(int times) {
    for (int time = 1; time <= times; time++) {
      Split split =
          images.split(settings.heldOut(), settings.test(), settings.seed() + 1_000L * time);
      Head begins = start.of(images, split);
      double[] plain = precisions(split, start.plain());
      double[] atStart = precisions(split, begins);
      HeadTraining training =
          new HeadTraining(
              images.regions(), images.groups(), split, settings.recipe(), begins, searching);
      try {
        while (!training.isOver()) {
          say(time, training.epoch());
        }
      } catch (DivergedException e) {
        console.say("  split %d ends early: %s", time, e.getMessage());
      }
      score(time, split, plain, atStart, training);
    }
    console.table(rows);
    say("trained over " + start.plainly(), overPlain);
    say("trained over start", overStart);
    console.say(
        "  held-out mAP: %s in the mean, %s at the start: choose settings by these, not by the test",
        mean(heldOut), mean(heldOutAtStart));
  }

  /** Only a network takes so long that one waits for a word. */
  private void say(int time, Epoch epoch) {
    if (settings.hasNetwork()) {
      console.say(
          "    split %d, epoch %d of %d: loss %.5f, held-out mAP %.4f",
          time, epoch.number(), settings.recipe().epochs(), epoch.loss(), epoch.map());
    }
  }

  private void score(
      int time, Split split, double[] before, double[] atStart, HeadTraining training) {
    double[] trained = training.bestPrecisions();
    for (int i = 0; i < before.length; i++) {
      int group = images.groups()[split.test()[i]];
      overPlain.add(new Pair(group, before[i], trained[i]));
      overStart.add(new Pair(group, atStart[i], trained[i]));
    }
    double best = training.curve().get(training.bestEpoch()).map();
    double begun = training.curve().get(0).map();
    heldOut.add(best);
    heldOutAtStart.add(begun);
    rows.add(
        List.of(
            Integer.toString(time),
            groups(split.training()),
            groups(split.heldOut()),
            groups(split.test()),
            mean(before),
            mean(atStart),
            mean(trained),
            Integer.toString(training.bestEpoch()),
            mean(best),
            mean(begun)));
    console.say(
        "  split %d: mAP of the test %s with %s, %s at the start, %s trained",
        time, mean(before), start.plainly(), mean(atStart), mean(trained));
  }

  private double[] precisions(Split split, Head head) {
    return HeadTraining.precisions(images.regions(), images.groups(), split, head, searching);
  }

  private String groups(int... places) {
    return Integer.toString(images.groupsOf(places));
  }

  private static String mean(List<Double> precisions) {
    return mean(precisions.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static String mean(double... precisions) {
    return Plain.format("%.4f", Arrays.stream(precisions).average().orElse(Double.NaN));
  }

  /** Groups are drawn again, not images: those of one group succeed and fail together. */
  private void say(String what, List<Pair> pairs) {
    PairedBootstrap.Drop drop = PairedBootstrap.of(pairs, SEED);
    console.say(
        "  %s: %+.4f mAP (%.4f to %.4f), 95 %% interval [%+.4f, %+.4f] by %d groups",
        what,
        -drop.mean(),
        drop.before(),
        drop.after(),
        -drop.upper(),
        -drop.lower(),
        drop.units());
  }
}
