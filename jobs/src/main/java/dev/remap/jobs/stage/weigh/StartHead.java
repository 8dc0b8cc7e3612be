package dev.remap.jobs.stage.weigh;

import dev.remap.core.training.Split;
import dev.remap.core.training.head.Head;
import dev.remap.core.training.head.HeadShape;
import dev.remap.core.training.head.Vectors;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.table.ExtractorFiles;
import dev.remap.jobs.table.Weights;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the training of an aggregator's parameters begins, and what is said and kept of its end.
 */
interface StartHead {
  /** That of the settings' aggregator, or a refusal. */
  static StartHead of(JobContext context, TrainSettings settings, WeighSettings weigh) {
    Requirements.requireTrainable(context.settings(), settings);
    return switch (context.settings().string(Requirements.AGGREGATOR)) {
      case Requirements.GEM -> GemStart.of(context, settings);
      case Requirements.DIR -> DirStart.of(context, settings);
      case Requirements.ATTENTION -> AttentionStart.of(context, settings);
      default -> RegionStart.of(context, settings, weigh);
    };
  }

  /** The extractor whose network and images it is. */
  ExtractorFiles files();

  HeadShape shape();

  /** The head that the images of a split begin with: nothing is looked at but its training. */
  Head of(TrainImages images, Split split);

  /** A head that nothing is counted or learnt for, without a projection. */
  Head plain();

  /** What is plain about it. */
  String plainly();

  /** What learns, and of what, in words. */
  String about();

  /** What of an image stays on the driver's disk. */
  String parts();

  /** What comes of it, in a word. */
  String noun();

  /** What else it begins with than its extractor has. */
  default Inputs with(Inputs inputs) {
    return inputs;
  }

  /** What is kept of a head that has learnt, by name. */
  Map<String, byte[]> kept(Head trained);

  /** Shows it. */
  void print(Console console, Head trained);

  /** What is kept, each with the setting that takes its id. */
  List<Weights.Kind> kinds();

  /** The setting that has no effect beside these, if there is one. */
  Optional<String> replaced();

  /** How far numbers have come from where they began, as a share of their own length. */
  static String moved(double[] from, double[] to) {
    double length = Vectors.norm(from);
    return length == 0
        ? Plain.format("of length %.3g, from 0", Vectors.norm(to))
        : Plain.format("moved by %.2f %%", 100 * Vectors.distance(from, to) / length);
  }
}
