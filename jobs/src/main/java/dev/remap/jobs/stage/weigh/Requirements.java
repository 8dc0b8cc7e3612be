package dev.remap.jobs.stage.weigh;

import com.typesafe.config.Config;
import dev.remap.core.pooling.RegionWeights;
import dev.remap.core.training.Split;
import dev.remap.core.training.head.Learnable;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.config.Settings;
import dev.remap.jobs.run.Console;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.store.Plain;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** What weights and a projection cannot be made from, each with what to do instead. */
final class Requirements {
  static final String AGGREGATOR = "extractor.aggregator";
  private static final String REMAP = "remap";
  static final String GEM = "gem";
  static final String DIR = "dir";
  static final String ATTENTION = "regional-attention";

  /** Which aggregators have a part that learns; the others are behind or before all of them. */
  private static final Map<Learnable, Set<String>> OF_AGGREGATORS =
      new EnumMap<>(
          Map.of(
              Learnable.ALPHA, Set.of(REMAP),
              Learnable.EXPONENTS, Set.of(GEM),
              Learnable.REGION_PROJECTION, Set.of(DIR, ATTENTION),
              Learnable.ATTENTION, Set.of(ATTENTION)));

  private static final Map<Learnable, String> NOUNS =
      Map.of(
          Learnable.ALPHA, "region weights",
          Learnable.EXPONENTS, "p",
          Learnable.REGION_PROJECTION, "projection of single regions",
          Learnable.ATTENTION, "attention");

  private static final int EXAMPLES = 3;

  private Requirements() {}

  /**
   * The regions must be those of remap's grid.
   *
   * @param what another aggregator lacks
   */
  static void requireGrid(Settings settings, String what) {
    String aggregator = settings.string(AGGREGATOR);
    if (!aggregator.equals(REMAP)) {
      throw new InputException(
          "extractor.aggregator is %s, which has no %s: set it to remap", aggregator, what);
    }
    requireNoBoxes(settings);
  }

  private static void requireNoBoxes(Settings settings) {
    String boxes = settings.string("extractor.regions-table");
    if (!boxes.isBlank()) {
      throw new InputException(
          "extractor.regions-table is %s: boxes have their scores for weights, and what is learnt of the"
              + " grid's regions has no effect beside them. Leave it out",
          boxes);
    }
  }

  /** What learns must be what the aggregator has. */
  static void requireTrainable(Settings settings, TrainSettings train) {
    String aggregator = settings.string(AGGREGATOR);
    for (Learnable part : OF_AGGREGATORS.keySet()) {
      Set<String> having = OF_AGGREGATORS.get(part);
      if (train.has(part) && !having.contains(aggregator)) {
        throw new InputException(
            "train.parts is %s, but extractor.aggregator is %s, which has no %s to train: set it to"
                + " %s, or leave %s out%s",
            train.parts(),
            aggregator,
            NOUNS.get(part),
            String.join(" or ", new TreeSet<>(having)),
            part.label(),
            instead(aggregator));
      }
    }
    if (OF_AGGREGATORS.values().stream().noneMatch(having -> having.contains(aggregator))) {
      requireGrid(settings, "region weights to train");
    }
    if (!aggregator.equals(GEM)) {
      requireNoBoxes(settings);
    }
    if (!aggregator.equals(REMAP) && !train.start().equals(TrainSettings.ONES)) {
      throw new InputException(
          "train.start is %s, which is of region weights, and extractor.aggregator is %s, whose parts"
              + " begin as its own settings say. Leave it out",
          train.start(), aggregator);
    }
  }

  /** What that aggregator has that learns. */
  private static String instead(String aggregator) {
    List<String> has =
        OF_AGGREGATORS.entrySet().stream()
            .filter(entry -> entry.getValue().contains(aggregator))
            .map(entry -> entry.getKey().label())
            .toList();
    return has.isEmpty()
        ? ""
        : "; what %s has is trained by --parts %s".formatted(aggregator, String.join(",", has));
  }

  /** Weights to begin with must be of the grid that images have. */
  static void requireSameGrid(RegionWeights given, RegionWeights ones) {
    if (given.regions() != ones.regions() || given.areAllZero()) {
      throw new InputException(
          "train.start is extractor, but extractor.region-weights are of %d regions, and images"
              + " have %d: start from ones or entropy",
          given.regions(), ones.regions());
    }
  }

  /** What is projected must be what was trained on: raw descriptors of one scale. */
  static void requireOneScale(Settings settings) {
    List<? extends Config> scales = settings.objects("extractor.scales");
    boolean isPlain = scales.size() == 1 && scales.get(0).getDouble("weight") == 1;
    String combination = settings.string("extractor.scale-combination");
    if (!isPlain || !combination.equals("sum")) {
      throw new InputException(
          "A projection is trained on descriptors of one scale of weight 1 (extractor.scales), added"
              + " as they are (extractor.scale-combination = sum, which is %s): it would not fit"
              + " others. Leave projection out of --parts, or describe images at one scale",
          combination);
    }
  }

  /**
   * There must be groups to learn from, to choose by and, for a rehearsal, to measure on: known
   * before hours of describing, for how many there are decides, not which.
   */
  static void requireGroups(Sampling.Sample sample, TrainSettings settings, boolean isRehearsed) {
    long groups =
        sample.parts().stream().flatMap(part -> part.groups().stream()).distinct().count();
    if (groups < 2 * Split.LEAST_GROUPS) {
      throw new InputException(
          "There are %d groups of two or more images: training needs %d at the least, two to learn"
              + " from and two by which the best epoch is chosen",
          groups, 2 * Split.LEAST_GROUPS);
    }
    try {
      int[] pairs = IntStream.range(0, 2 * (int) groups).map(i -> i / 2).toArray();
      Split.of(pairs, settings.heldOut(), isRehearsed ? settings.test() : 0, settings.seed());
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "The %d groups of two or more images are too few: %s. Give images of more groups"
              + " (--groups), or hold fewer out (train.held-out, train.test)",
          groups, e.getMessage());
    }
  }

  /** The driver must have room for all descriptors, by which an epoch searches. */
  static void requireHeap(int images, int dimension) {
    long bytes = (long) images * dimension * Float.BYTES;
    long memory = Runtime.getRuntime().maxMemory();
    if (bytes > memory / 2) {
      throw new InputException(
          "The descriptors of %,d images have %s, more than half of this process's %s of heap: take"
              + " fewer (--distractors, weigh.images), or give it more (--driver-memory)",
          images, Console.bytes(bytes), Console.bytes(memory));
    }
  }

  /**
   * Most images must have been described.
   *
   * @param failures some of those that could not be, and why
   */
  static void requireDescribed(
      Settings settings, long rejected, int images, List<String> failures) {
    double most = settings.number("extract.max-reject-ratio", 0, 1);
    if (rejected > most * images) {
      throw new JobFailedException(
          "%,d of %,d images could not be described, more than extract.max-reject-ratio (%s)"
              + " allows, such as:\n"
              + "  %s",
          rejected, images, most, examples(failures));
    }
  }

  /** The first few of the images that could not be described, a line each. */
  static Plain.Lines examples(List<String> failures) {
    return new Plain.Lines(failures.stream().limit(EXAMPLES).toList());
  }
}
