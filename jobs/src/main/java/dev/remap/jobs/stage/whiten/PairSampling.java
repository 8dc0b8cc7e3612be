package dev.remap.jobs.stage.whiten;

import dev.remap.core.entropy.DistanceHistograms.Pairs;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.evaluate.Groups;
import dev.remap.jobs.evaluate.LeaveOneOut;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.GroupDraw;
import dev.remap.jobs.sample.Labels;
import dev.remap.jobs.sample.PairList;
import dev.remap.jobs.sample.SplitMix64;
import dev.remap.jobs.store.Plain;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.HeaderRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Descriptors;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Which pairs a whitening is learned from: what labels say, within bounds, by hashes. */
final class PairSampling {
  private final JobContext context;
  private final Descriptors descriptors;
  private final LearningSettings settings;

  PairSampling(JobContext context, Descriptors descriptors, LearningSettings settings) {
    this.context = context;
    this.descriptors = descriptors;
    this.settings = settings;
  }

  /** A described image and its group. */
  record Labelled(long key, String group, String imageId) implements LeaveOneOut.Image {}

  /** Two images, the query first. */
  private record Pair(long query, long match) {
    /** The same whichever of the two comes first. */
    long hash(long seed) {
      return SplitMix64.hash(Math.min(query, match), SplitMix64.hash(Math.max(query, match), seed));
    }
  }

  /**
   * What is learned from.
   *
   * @param about one line on where the labels are from
   * @param leftOut one line for each kind of thing that is not looked at, with how many there are
   */
  record Sample(ArrayList<PairGroup> groups, String about, List<String> leftOut) {
    List<Long> keys() {
      return groups.stream().flatMap(group -> Arrays.stream(group.keys()).boxed()).toList();
    }

    /** Of the pairs, in their order. */
    String digest() {
      MessageDigest digest = Sha256.digest();
      for (PairGroup group : groups) {
        String text = Arrays.toString(group.keys()) + Arrays.deepToString(group.pairs()) + "\n";
        digest.update(text.getBytes(StandardCharsets.UTF_8));
      }
      return Sha256.format(digest.digest());
    }
  }

  Sample of(Labels labels) {
    return labels.groups() != null ? groups(labels.groups()) : pairs(labels.pairs());
  }

  private Sample groups(String given) {
    GroupDraw<Labelled> draw = new GroupDraw<>(settings.perGroup(), settings.seed(), Labelled::key);
    LeaveOneOut.Found<Labelled> found = labelled(Groups.of(context, given), "--groups");
    found.labelled().forEach(image -> draw.add(image.group, image));
    GroupDraw.Drawn<Labelled> drawn = draw.draw(settings.images());
    if (drawn.groups().isEmpty()) {
      throw new InputException(
          "--groups %s gives no group of two or more described images, so there is no pair to learn"
              + " from: name a folder of the catalogue with subfolders ('.' for all), or a table"
              + " with columns image_id and group",
          given);
    }
    List<String> leftOut = new ArrayList<>();
    List<List<Pair>> groups =
        drawn.groups().stream()
            .map(group -> pairs(group.stream().map(Labelled::key).toList()))
            .toList();
    ArrayList<PairGroup> kept = bounded(groups, leftOut);
    leave(leftOut, drawn.single(), "groups with one image");
    leave(leftOut, drawn.beyond(), "groups beyond lw.images");
    leave(leftOut, drawn.beyondGroup(), "images beyond lw.images-per-group of their group");
    return new Sample(kept, about(kept, given), leftOut);
  }

  private static List<Pair> pairs(List<Long> group) {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < group.size(); i++) {
      for (int j = i + 1; j < group.size(); j++) {
        pairs.add(new Pair(group.get(i), group.get(j)));
      }
    }
    return pairs;
  }

  private Sample pairs(String given) {
    PairList list = PairList.read(given, context.hadoop());
    HashMap<String, String> groups = list.groups();
    Map<String, Long> keys =
        labelled(new Groups.ByTable(groups), "--pairs").labelled().stream()
            .collect(Collectors.toMap(Labelled::imageId, Labelled::key));
    PairList.Known known = list.known(keys::containsKey, "is not described");
    Map<String, List<Pair>> byGroup = new HashMap<>();
    long others = 0;
    for (PairList.Pair pair : known.pairs()) {
      if (pair.pairs() == Pairs.MATCHING) {
        byGroup
            .computeIfAbsent(groups.get(pair.first()), group -> new ArrayList<>())
            .add(new Pair(keys.get(pair.first()), keys.get(pair.second())));
      } else {
        others++;
      }
    }
    if (byGroup.isEmpty()) {
      throw new InputException(
          "--pairs %s names no matching pair of described images: give image ids as the catalogue"
              + " has them, such as those that `%s` lists",
          given, context.line("files").with("--table", "snapshot"));
    }
    List<String> leftOut = new ArrayList<>(known.leftOut());
    List<List<Pair>> taken = new ArrayList<>();
    long beyond = 0;
    int images = 0;
    for (String group : GroupDraw.order(byGroup.keySet(), settings.seed())) {
      List<Pair> those = byGroup.get(group).stream().distinct().toList();
      if (images >= settings.images()) {
        beyond += those.size();
        continue;
      }
      images += 2 * Math.min(those.size(), settings.pairsPerGroup());
      taken.add(those);
    }
    ArrayList<PairGroup> kept = bounded(taken, leftOut);
    leave(leftOut, beyond, "pairs beyond lw.images");
    leave(leftOut, others, "pairs that do not match, which Lw does not use");
    return new Sample(kept, about(kept, given), leftOut);
  }

  private static String about(List<PairGroup> groups, String given) {
    return Plain.format(
        "%,d pairs of %,d images in %,d groups (%s)",
        groups.stream().mapToLong(group -> group.pairs().length).sum(),
        groups.stream().mapToLong(group -> group.keys().length).sum(),
        groups.size(),
        given);
  }

  /** Of each group the pairs with the lowest hashes. */
  private ArrayList<PairGroup> bounded(List<List<Pair>> groups, List<String> leftOut) {
    ArrayList<PairGroup> kept = new ArrayList<>();
    long left = 0;
    for (List<Pair> pairs : groups) {
      List<Pair> lowest =
          pairs.stream()
              .sorted(
                  Comparator.comparingLong((Pair pair) -> pair.hash(settings.seed()))
                      .thenComparingLong(Pair::query)
                      .thenComparingLong(Pair::match))
              .limit(settings.pairsPerGroup())
              .toList();
      left += pairs.size() - lowest.size();
      kept.add(group(lowest));
    }
    leave(leftOut, left, "pairs beyond lw.pairs-per-group of their group");
    return kept;
  }

  private static PairGroup group(List<Pair> pairs) {
    Map<Long, Integer> places = new HashMap<>();
    List<Long> keys = new ArrayList<>();
    int[][] indices = new int[pairs.size()][];
    for (int i = 0; i < indices.length; i++) {
      indices[i] =
          new int[] {
            place(pairs.get(i).query, places, keys), place(pairs.get(i).match, places, keys)
          };
    }
    return new PairGroup(keys.stream().mapToLong(Long::longValue).toArray(), indices);
  }

  private static int place(long key, Map<Long, Integer> places, List<Long> keys) {
    return places.computeIfAbsent(
        key,
        it -> {
          keys.add(it);
          return keys.size() - 1;
        });
  }

  private static void leave(List<String> lines, long count, String what) {
    if (count > 0) {
      lines.add(Plain.format("%,d " + what, count));
    }
  }

  private LeaveOneOut.Found<Labelled> labelled(Groups labels, String option) {
    Descriptors source = descriptors;
    long rows = source.rows(context);
    return LeaveOneOut.Found.read(
        context,
        option,
        Groups.MOST_ROWS,
        KeyPartitioner.even(rows, context.unitSize().ofRows(rows)),
        rows,
        (store, unit, each) -> labelled(store, source, unit, labels, each));
  }

  private static long labelled(
      Store store, Descriptors source, Unit unit, Groups labels, Consumer<Labelled> each) {
    long read = 0;
    try (TableReader<HeaderRow> rows =
        source
            .chain(store)
            .table(store, RowFormat.headers(source.format()))
            .read(unit.range(), Verification.LENGTH)) {
      while (rows.hasNext()) {
        HeaderRow row = rows.next();
        read++;
        labels
            .of(row.imageId())
            .map(group -> new Labelled(row.key(), group, row.imageId()))
            .ifPresent(each);
      }
    }
    return read;
  }
}
