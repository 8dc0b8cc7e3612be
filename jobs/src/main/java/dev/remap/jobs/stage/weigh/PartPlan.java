package dev.remap.jobs.stage.weigh;

import dev.remap.core.entropy.DistanceHistograms.Pairs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Cuts a sample into parts: groups in the order of a hash of their names, so many to a part that it
 * has about the wanted number of images, but never one group alone, which would have no
 * non-matching pairs.
 */
final class PartPlan {
  private final WeighSettings settings;
  private final List<WeighPart> parts = new ArrayList<>();
  private WeighPart open = empty();
  private Map<WeighImage, Integer> places = new HashMap<>();
  private int groups;

  /** Whether non-matching pairs were named: then no others are counted. */
  private boolean named;

  private PartPlan(WeighSettings settings) {
    this.settings = settings;
  }

  private static WeighPart empty() {
    return new WeighPart(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), 0);
  }

  /**
   * Parts whose pairs are chosen among their images.
   *
   * @param groups in their order
   */
  static List<WeighPart> ofGroups(List<List<WeighImage>> groups, WeighSettings settings) {
    PartPlan plan = new PartPlan(settings);
    for (List<WeighImage> group : groups) {
      group.forEach(plan::place);
      plan.endGroup();
    }
    return plan.finished();
  }

  /** Two images that a user has named. */
  record Named(WeighImage first, WeighImage second, Pairs pairs) {}

  /**
   * Parts of pairs that were named.
   *
   * @param components pairs of images that hang together, in their order: all matching ones of a
   *     group and the non-matching ones that begin with one of its images
   */
  static List<WeighPart> ofPairs(List<List<Named>> components, WeighSettings settings) {
    PartPlan plan = new PartPlan(settings);
    for (List<Named> component : components) {
      for (Named pair : component) {
        plan.open
            .listed()
            .add(new WeighPart.Listed(plan.place(pair.first), plan.place(pair.second), pair.pairs));
        plan.named |= pair.pairs == Pairs.NON_MATCHING;
        if (plan.open.images().size() >= 2 * settings.perTask()) {
          plan.close();
        }
      }
      plan.endGroup();
    }
    return plan.finished();
  }

  private int place(WeighImage image) {
    return places.computeIfAbsent(
        image,
        it -> {
          open.images().add(it);
          open.groups().add(groups);
          return open.images().size() - 1;
        });
  }

  private void endGroup() {
    groups++;
    if (open.images().size() >= settings.perTask() && open.numberOfGroups() > 1) {
      close();
    }
  }

  private void close() {
    parts.add(open);
    open = empty();
    places = new HashMap<>();
  }

  private List<WeighPart> finished() {
    boolean few = open.numberOfGroups() < 2 || open.images().size() < settings.perTask() / 2;
    if (few && !parts.isEmpty()) {
      joinToLast();
    } else if (!open.images().isEmpty()) {
      close();
    }
    return withNonMatching();
  }

  private void joinToLast() {
    WeighPart last = parts.get(parts.size() - 1);
    int shift = last.images().size();
    last.images().addAll(open.images());
    last.groups().addAll(open.groups());
    for (WeighPart.Listed pair : open.listed()) {
      last.listed()
          .add(new WeighPart.Listed(pair.first() + shift, pair.second() + shift, pair.pairs()));
    }
  }

  /** Each part has a share by its number of images. */
  private List<WeighPart> withNonMatching() {
    long all = parts.stream().mapToLong(part -> part.images().size()).sum();
    List<WeighPart> shared = new ArrayList<>();
    long before = 0;
    for (WeighPart part : parts) {
      long after = before + part.images().size();
      long most = named ? 0 : share(after, all) - share(before, all);
      shared.add(part.withNonMatching(most));
      before = after;
    }
    return shared;
  }

  private long share(long images, long all) {
    return settings.nonMatching() * images / all;
  }
}
