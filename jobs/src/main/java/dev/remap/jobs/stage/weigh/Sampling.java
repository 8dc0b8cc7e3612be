package dev.remap.jobs.stage.weigh;

import dev.remap.core.evaluation.CopyKind;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.CopyQuery;
import dev.remap.jobs.evaluate.Groups;
import dev.remap.jobs.evaluate.ListedSample;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.CleanLabels;
import dev.remap.jobs.sample.GroupDraw;
import dev.remap.jobs.sample.Labels;
import dev.remap.jobs.sample.PairList;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Snapshots;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Which images of a snapshot are compared: what their labels say, within bounds, by hashes. */
final class Sampling {
  private static final String LACK = "the snapshot does not have";
  private static final String UNLABELLED = "images without a group";
  private static final String BEYOND_COPIES = "images beyond weigh.images, which counts copies too";
  private static final String CLEANED = "images that clean has left out: ";

  private final JobContext context;
  private final WeighSettings settings;
  private final int number;
  private final LayerChain snapshot;
  private final long listed;

  Sampling(JobContext context, WeighSettings settings, int number) {
    this.context = context;
    this.settings = settings;
    this.number = number;
    Snapshots snapshots = new Snapshots(context.store());
    this.snapshot = snapshots.chain(number);
    this.listed = snapshots.images(number);
  }

  /**
   * What is compared.
   *
   * @param distractors images without a label, which match nothing
   * @param about one line on where the labels are from
   * @param leftOut one line for each kind of thing that is not looked at, with how many there are
   * @param unlabelled how many images have no label, distractors or not, and what they are
   */
  record Sample(
      List<WeighPart> parts,
      List<WeighImage> distractors,
      String about,
      List<String> leftOut,
      Unlabelled unlabelled) {
    private Sample(
        List<WeighPart> parts, String about, List<String> leftOut, Unlabelled unlabelled) {
      this(parts, List.of(), about, leftOut, unlabelled);
    }

    int images() {
      return distractors.size() + parts.stream().mapToInt(part -> part.images().size()).sum();
    }

    /** Those of the parts, then the distractors. */
    List<WeighImage> all() {
      return Stream.concat(
              parts.stream().flatMap(part -> part.images().stream()), distractors.stream())
          .toList();
    }

    /** Of the images and pairs that are compared, in their order. */
    String digest() {
      MessageDigest digest = Sha256.digest();
      for (WeighPart part : parts) {
        for (int i = 0; i < part.images().size(); i++) {
          WeighImage image = part.images().get(i);
          String text =
              image.number() + " " + part.groups().get(i) + " " + image.original().version();
          digest.update((text + "\n").getBytes(StandardCharsets.UTF_8));
        }
        String pairs = part.listed() + " " + part.nonMatching() + "\n";
        digest.update(pairs.getBytes(StandardCharsets.UTF_8));
      }
      for (WeighImage image : distractors) {
        String text = "distractor " + image.number() + " " + image.original().version() + "\n";
        digest.update(text.getBytes(StandardCharsets.UTF_8));
      }
      return Sha256.format(digest.digest());
    }

    /** Says what is not looked at, the scales of the extractor among it. */
    void sayLeftOut(JobContext context) {
      List<String> lines = new ArrayList<>(leftOut);
      leave(lines, unlabelled.images - distractors.size(), unlabelled.what);
      lines.forEach(line -> context.console().say("  not looked at: %s", line));
      int scales = context.settings().objects("extractor.scales").size();
      if (scales > 1) {
        context
            .console()
            .say(
                "  not looked at: %d of %d scales: they take the weights of the first one",
                scales - 1, scales);
      }
    }
  }

  /** Images without a label. */
  record Unlabelled(long images, String what) {}

  private record Labelled(CopyQuery.Original original, String group) implements Serializable {}

  /** By whatever says which images match. */
  Sample of(Labels labels) {
    if (labels.clean() != null) {
      return clean(labels.clean());
    }
    return labels.groups() != null
        ? groups(labels.groups())
        : labels.pairs() != null ? pairs(labels.pairs()) : copies();
  }

  /**
   * The same with images of the snapshot that have no label.
   *
   * @param labels that the sample is of
   * @param wanted how many at the most
   */
  Sample withDistractors(Sample sample, Labels labels, int wanted) {
    if (wanted == 0) {
      return sample;
    }
    List<WeighImage> distractors =
        unlabelled(sample, labels, wanted).stream().map(it -> new WeighImage(it, null)).toList();
    if (distractors.isEmpty()) {
      throw new InputException(
          "train.distractors is %,d, but no image of the snapshot is without a label: leave"
              + " --distractors out, or give labels of some images only",
          wanted);
    }
    return new Sample(
        sample.parts(),
        distractors,
        Plain.format("%s and %,d without a label", sample.about(), distractors.size()),
        sample.leftOut(),
        sample.unlabelled());
  }

  private List<CopyQuery.Original> unlabelled(Sample sample, Labels labels, int wanted) {
    Groups all =
        labels.groups() != null
            ? Groups.of(context, labels.groups())
            : new Groups.ByTable(
                labels.pairs() != null
                    ? PairList.read(labels.pairs(), context.hadoop()).groups()
                    : labels.clean() != null
                        ? CleanLabels.read(context, number, labels.clean()).all()
                        : copied(sample));
    return ListedSample.unlabelled(context, number, all, wanted, settings.seed());
  }

  /** What there are copies of is found by them. */
  private static Map<String, String> copied(Sample sample) {
    Map<String, String> copied = new HashMap<>();
    sample.all().forEach(image -> copied.put(image.original().imageId(), image.name()));
    return copied;
  }

  /** By the folders of the images' ids, or by a table: as for {@code evaluate --groups}. */
  Sample groups(String given) {
    GroupDraw<CopyQuery.Original> draw = draw();
    eachLabelled(Groups.of(context, given), "--groups", it -> draw.add(it.group, it.original));
    return groups(draw, "--groups " + given, given, List.of(), 0);
  }

  /** By those labels that the images bear out. */
  private Sample clean(String id) {
    CleanLabels labels = CleanLabels.read(context, number, id);
    List<String> leftOut = new ArrayList<>();
    labels.leftOut().forEach((verdict, count) -> leave(leftOut, count, CLEANED + verdict.reason()));
    GroupDraw<CopyQuery.Original> draw = draw();
    Groups kept = new Groups.ByTable(labels.groups());
    eachLabelled(kept, "--clean", it -> draw.add(it.group, it.original));
    return groups(draw, "--clean " + id, "clean " + id, leftOut, labels.left());
  }

  /** By what matching pairs connect, also by way of images that are not there. */
  Sample connected(String given) {
    PairList list = PairList.read(given, context.hadoop());
    Map<String, Integer> sizes = new HashMap<>();
    Set<String> there = new HashSet<>();
    GroupDraw<CopyQuery.Original> draw = draw();
    eachLabelled(
        new Groups.ByTable(list.groups()),
        "--pairs",
        image -> {
          draw.add(image.group, image.original);
          there.add(image.original.imageId());
          sizes.merge(image.group, 1, Integer::sum);
        });
    PairList.Known known = list.connecting(there::contains, LACK);
    requirePairs(!known.pairs().isEmpty(), given);
    String about =
        String.format(
            Locale.ROOT,
            "what pairs of %s connect, the largest of %,d of %,d images",
            given,
            Collections.max(sizes.values()),
            there.size());
    return groups(draw, "--pairs " + given, about, known.leftOut(), 0);
  }

  private GroupDraw<CopyQuery.Original> draw() {
    return new GroupDraw<>(settings.perGroup(), settings.seed(), CopyQuery.Original::key);
  }

  /**
   * Of groups that images were added to.
   *
   * @param option and what it was given
   * @param about where they are from
   * @param before what was left out before them, a line for each kind
   * @param images how many that were
   */
  private Sample groups(
      GroupDraw<CopyQuery.Original> draw,
      String option,
      String about,
      List<String> before,
      long images) {
    GroupDraw.Drawn<CopyQuery.Original> drawn = draw.draw(settings.images());
    if (drawn.groups().isEmpty()) {
      throw new InputException(
          "%s gives no group of two or more images, so there is no matching pair: name a"
              + " folder of the catalogue with subfolders ('.' for all), or a table with columns"
              + " image_id and group; without --groups, distorted copies of images are compared",
          option);
    }
    requireTwo(drawn.groups().size(), option);
    List<String> leftOut = new ArrayList<>(before);
    leave(leftOut, drawn.single(), "groups with one image");
    leave(leftOut, drawn.beyond(), "groups beyond weigh.images");
    leave(leftOut, drawn.beyondGroup(), "images beyond weigh.images-per-group of their group");
    return new Sample(
        PartPlan.ofGroups(
            drawn.groups().stream()
                .map(group -> group.stream().map(it -> new WeighImage(it, null)).toList())
                .toList(),
            settings),
        String.format(
            Locale.ROOT,
            "%,d images in %,d groups (%s)",
            drawn.images(),
            drawn.groups().size(),
            about),
        leftOut,
        new Unlabelled(listed - drawn.labelled() - images, UNLABELLED));
  }

  private static void requireTwo(int groups, String given) {
    if (groups < 2) {
      throw new InputException(
          "%s gives one group, so there is no pair that does not match: weights need images of two"
              + " groups at the least",
          given);
    }
  }

  private static void leave(List<String> lines, long count, String what) {
    if (count > 0) {
      lines.add(Plain.format("%,d " + what, count));
    }
  }

  /** By a list of pairs. */
  Sample pairs(String given) {
    PairList list = PairList.read(given, context.hadoop());
    HashMap<String, String> groups = list.groups();
    Map<String, WeighImage> images = new HashMap<>();
    eachLabelled(
        new Groups.ByTable(groups),
        "--pairs",
        image -> images.put(image.original.imageId(), new WeighImage(image.original, null)));
    PairList.Known known = list.known(images::containsKey, LACK);
    Map<String, List<PairList.Pair>> byGroup = new HashMap<>();
    for (PairList.Pair pair : known.pairs()) {
      byGroup.computeIfAbsent(groups.get(pair.first()), g -> new ArrayList<>()).add(pair);
    }
    requirePairs(!byGroup.isEmpty(), given);
    List<List<PartPlan.Named>> components = new ArrayList<>();
    for (String group : GroupDraw.order(byGroup.keySet(), settings.seed())) {
      components.add(
          byGroup.get(group).stream()
              .sorted(
                  Comparator.comparing(PairList.Pair::first)
                      .thenComparing(PairList.Pair::second)
                      .thenComparing(PairList.Pair::pairs))
              .map(
                  pair ->
                      new PartPlan.Named(
                          images.get(pair.first()), images.get(pair.second()), pair.pairs()))
              .toList());
    }
    return new Sample(
        PartPlan.ofPairs(components, settings),
        String.format(
            Locale.ROOT,
            "%,d pairs of %,d images (%s)",
            known.pairs().size(),
            known.pairs().stream()
                .flatMap(pair -> Stream.of(pair.first(), pair.second()))
                .distinct()
                .count(),
            given),
        known.leftOut(),
        new Unlabelled(0, UNLABELLED));
  }

  private void requirePairs(boolean areThere, String given) {
    if (!areThere) {
      throw new InputException(
          "--pairs %s names no pair of images of the snapshot: give image ids as the catalogue has"
              + " them, such as those that `%s` lists",
          given, context.line("files").with("--table", "snapshot"));
    }
  }

  /** Without labels: some images and distorted copies of them. */
  Sample copies() {
    int each = 1 + CopyKind.values().length;
    int wanted = Math.max(2, settings.images() / each);
    List<CopyQuery.Original> drawn = ListedSample.draw(context, number, wanted, settings.seed());
    requireTwo(drawn.size(), "A catalogue of " + drawn.size() + " images");
    return new Sample(
        PartPlan.ofGroups(drawn.stream().map(WeighImage::withCopies).toList(), settings),
        String.format(
            Locale.ROOT, "%,d images and %,d distorted copies of each", drawn.size(), each - 1),
        List.of(),
        new Unlabelled(listed - drawn.size(), BEYOND_COPIES));
  }

  private void eachLabelled(Groups labels, String option, Consumer<Labelled> each) {
    LayerChain chain = snapshot;
    List<Unit> units = KeyPartitioner.even(listed, context.unitSize().ofRows(listed));
    long most = Groups.mostOfUnit(Groups.MOST_ROWS, units.size());
    long[] all = {0};
    new UnitRunner(context, "rows")
        .forEach(
            units,
            listed,
            (unit, task) -> labelled(task.store(), chain, unit.range(), labels, option, most),
            (number, found) -> {
              all[0] += found.size();
              Groups.requireFewer(option, all[0], Groups.MOST_ROWS, Groups.MOST_ROWS);
              found.forEach(each);
            });
  }

  private static ArrayList<Labelled> labelled(
      Store store, LayerChain chain, KeyRange range, Groups labels, String option, long most) {
    ArrayList<Labelled> found = new ArrayList<>();
    try (TableReader<SnapshotRow> rows =
        chain.table(store, RowFormat.snapshot()).read(range, Verification.FULL)) {
      rows.forEachRemaining(
          row ->
              labels
                  .of(row.imageId())
                  .ifPresent(
                      group -> {
                        found.add(new Labelled(CopyQuery.Original.of(row), group));
                        Groups.requireFewer(option, found.size(), most, Groups.MOST_ROWS);
                      }));
    }
    return found;
  }
}
