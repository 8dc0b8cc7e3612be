package dev.remap.jobs.stage.weigh;

import dev.remap.core.training.Head;
import dev.remap.core.training.HeadShape;
import dev.remap.core.training.Split;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.table.ExtractorFiles;
import java.util.Map;

/**
 * Where the training of an aggregator's parameters begins, and what is said and kept of its end.
 */
interface StartHead {
  /** That of the settings' aggregator, or a refusal. */
  static StartHead of(JobContext context, TrainSettings settings, WeighSettings weigh) {
    Requirements.requireTrainable(context.settings(), settings);
    return context.settings().string(Requirements.AGGREGATOR).equals(Requirements.GEM)
        ? GemStart.of(context, settings)
        : RegionStart.of(context, settings, weigh);
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

  /** The setting that takes what is kept. */
  String setting();

  /** The setting that has no effect beside that one. */
  String replaced();
}
