package dev.remap.jobs.evaluate;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.table.Generation;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Groups of two labelled images or more: every image is a query, the others of its group are
 * relevant, the image itself is left out, all else is wrong.
 *
 * @param <I> what is known of an image
 */
public final class LeaveOneOut<I extends LeaveOneOut.Image> {
  private final TreeMap<String, List<I>> groups = new TreeMap<>();

  /** An image that is in a group. */
  public interface Image extends Serializable {
    long key();

    String group();
  }

  /** Reads the labelled images of one unit. */
  public interface Reading<I> extends Serializable {
    /** Gives those that are in groups; returns how many there are, in groups or not. */
    long read(Store store, Unit unit, Consumer<I> each);
  }

  /**
   * Labelled images, in groups of any size.
   *
   * @param images how many there are, in groups or not
   */
  public record Found<I extends Image>(long images, ArrayList<I> labelled) implements Serializable {
    /**
     * Labels unit by unit, and refuses more labelled images than the driver takes in.
     *
     * @param option that named the groups
     * @param most labelled images that the driver takes in
     * @param rows of all units
     */
    public static <I extends Image> Found<I> read(
        JobContext context,
        String option,
        int most,
        List<Unit> units,
        long rows,
        Reading<I> reading) {
      long each = Groups.mostOfUnit(most, units.size());
      long images = 0;
      ArrayList<I> all = new ArrayList<>();
      UnitRunner.Work<Unit, Found<I>> work =
          (unit, task) -> {
            ArrayList<I> found = new ArrayList<>();
            Consumer<I> bounded =
                image -> {
                  found.add(image);
                  Groups.requireFewer(option, found.size(), each, most);
                };
            return new Found<>(reading.read(task.store(), unit, bounded), found);
          };
      for (Found<I> some : new UnitRunner(context, "images").run(units, rows, work)) {
        images += some.images;
        all.addAll(some.labelled);
      }
      Groups.requireFewer(option, all.size(), most, most);
      return new Found<>(images, all);
    }
  }

  /** The groups with two images or more among labelled images. */
  public LeaveOneOut(List<I> labelled) {
    labelled.forEach(
        image -> groups.computeIfAbsent(image.group(), name -> new ArrayList<>()).add(image));
    groups.values().removeIf(images -> images.size() < 2);
  }

  /** The images of each group, by the groups' names. */
  public Collection<List<I>> groups() {
    return groups.values();
  }

  /** All images, group by group. */
  public List<I> images() {
    return groups.values().stream().flatMap(List::stream).toList();
  }

  /** Which images belong together. */
  public GroupTruth truth() {
    GroupTruth truth = new GroupTruth();
    images().forEach(image -> truth.add(image.key(), image.group()));
    return truth;
  }

  /** How deep a query searches: it finds itself, too. */
  public static int depth(JobContext context, Generation generation) {
    int most = context.settings().integer("evaluate.depth", 1, 100_000);
    return (int) Math.min(most + 1L, generation.entries(context.store()));
  }
}
