package dev.remap.jobs.sample;

import dev.remap.jobs.store.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * Groups of images that match, within bounds: of a large group those with the lowest hashes, and
 * groups in the order of a hash of their names. What is offered may come in any order.
 *
 * @param <T> what is known of an image
 */
public final class GroupDraw<T> {
  private final int perGroup;
  private final long seed;
  private final ToLongFunction<T> number;
  private final Map<String, TreeMap<Long, T>> members = new HashMap<>();
  private final Map<String, Integer> sizes = new HashMap<>();

  /**
   * An empty draw.
   *
   * @param perGroup images of one group, at the most
   * @param number of an image, its own
   */
  public GroupDraw(int perGroup, long seed, ToLongFunction<T> number) {
    this.perGroup = perGroup;
    this.seed = seed;
    this.number = number;
  }

  /**
   * What was drawn, and what was left.
   *
   * @param groups of two images or more each, in their order
   * @param labelled images in groups of any size
   * @param beyondGroup images of groups that have more than are drawn of one
   * @param single groups with one image
   * @param beyond groups that were not drawn
   */
  public record Drawn<T>(
      List<List<T>> groups, long labelled, long beyondGroup, int single, int beyond) {
    /** How many were drawn. */
    public int images() {
      return groups.stream().mapToInt(List::size).sum();
    }
  }

  public void add(String group, T image) {
    sizes.merge(group, 1, Integer::sum);
    TreeMap<Long, T> those = members.computeIfAbsent(group, name -> new TreeMap<>());
    those.put(SplitMix64.hash(number.applyAsLong(image), seed), image);
    if (those.size() > perGroup) {
      those.pollLastEntry();
    }
  }

  /** Whole groups until they have so many images. */
  public Drawn<T> draw(int images) {
    Map<String, TreeMap<Long, T>> several = new HashMap<>(members);
    several.values().removeIf(group -> group.size() < 2);
    List<List<T>> taken = new ArrayList<>();
    int count = 0;
    for (String name : order(several.keySet(), seed)) {
      if (count >= images) {
        break;
      }
      List<T> group = List.copyOf(several.get(name).values());
      taken.add(group);
      count += group.size();
    }
    return new Drawn<>(
        taken,
        sizes.values().stream().mapToLong(Integer::longValue).sum(),
        sizes.values().stream().mapToLong(size -> Math.max(0, size - perGroup)).sum(),
        members.size() - several.size(),
        several.size() - taken.size());
  }

  /** Names in the order in which they are taken, which a seed decides. */
  public static List<String> order(Iterable<String> names, long seed) {
    Map<String, String> hashes = new HashMap<>();
    for (String name : names) {
      hashes.put(name, Sha256.hex((seed + " " + name).getBytes(StandardCharsets.UTF_8)));
    }
    return hashes.keySet().stream().sorted(Comparator.comparing(hashes::get)).toList();
  }
}
