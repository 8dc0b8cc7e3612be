package dev.remap.jobs.stage.snapshot;

import dev.remap.jobs.catalogue.Catalogues;
import dev.remap.jobs.catalogue.file.Catalogue;
import dev.remap.jobs.catalogue.file.Found;
import dev.remap.jobs.catalogue.file.LeftOut;
import dev.remap.jobs.catalogue.file.ListedImage;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Unit;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * What the catalogue of the settings lists now, kept by Spark until it is forgotten.
 *
 * @param found what is kept
 * @param digest tells this listing from others
 * @param unreachable images that are listed and could not be looked at, counted
 */
public record Listing(
    Catalogue catalogue,
    JavaRDD<Found> found,
    ListingDigest digest,
    LeftOut leftOut,
    LeftOut unreachable) {

  /** What one pass over a listing brings. */
  private record Sum(ListingDigest digest, LeftOut leftOut, LeftOut unreachable)
      implements Serializable {
    static Sum none() {
      return new Sum(ListingDigest.EMPTY, new LeftOut(), new LeftOut());
    }

    static Sum of(Iterator<Found> some) {
      Sum sum = none();
      while (some.hasNext()) {
        sum = sum.add(some.next());
      }
      return sum;
    }

    Sum add(Found found) {
      if (found instanceof LeftOut more) {
        return new Sum(digest, leftOut.add(more), unreachable);
      }
      ListedImage image = (ListedImage) found;
      if (image.isUnreachable()) {
        unreachable.add(SnapshotJob.OUT_OF_REACH, image.imageId());
      }
      return new Sum(digest.add(image), leftOut, unreachable);
    }

    Sum add(Sum other) {
      return new Sum(
          digest.add(other.digest), leftOut.add(other.leftOut), unreachable.add(other.unreachable));
    }
  }

  /**
   * Lists it; a catalogue without images, or with one that cannot be written down, is an {@link
   * InputException}.
   */
  public static Listing of(JobContext context) {
    Catalogue catalogue = Catalogues.of(context.settings());
    JavaRDD<Found> found =
        TaskFailures.unwrap(() -> catalogue.find(context.session()))
            .map(one -> one instanceof ListedImage image ? image.checked() : one)
            .persist(StorageLevel.MEMORY_AND_DISK());
    Sum sum =
        new UnitRunner(context, "images")
            .over(found, 0, (part, some, task) -> Sum.of(some)).stream()
                .reduce(Sum.none(), Sum::add);
    if (sum.digest.images() == 0) {
      throw new InputException(
          "Catalogue %s has no images: looked for %s%s",
          catalogue.uri(), catalogue.wanted(), sum.leftOut.isEmpty() ? "" : "; " + sum.leftOut);
    }
    return new Listing(catalogue, found, sum.digest, sum.leftOut, sum.unreachable);
  }

  /** How many images it lists. */
  public long size() {
    return digest.images();
  }

  /** Whether something is made from a listing of the same images. */
  public boolean isInputOf(Inputs inputs) {
    return inputs.isOf(digest.toString());
  }

  /** The images alone. */
  public JavaRDD<ListedImage> images() {
    return Found.images(found);
  }

  /**
   * How it differs from a snapshot, one partition per unit, by key, for who looks and writes
   * nothing.
   *
   * @param before null where there is none
   */
  public JavaRDD<Difference> differences(JobContext context, List<Unit> units, LayerChain before) {
    return new SnapshotTasks(context, units, before).differences(images());
  }

  /** Lets Spark forget it. */
  public void forget() {
    found.unpersist();
  }
}
