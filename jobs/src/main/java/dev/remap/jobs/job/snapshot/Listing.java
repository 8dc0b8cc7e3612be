package dev.remap.jobs.job.snapshot;

import dev.remap.jobs.catalogue.Catalogue;
import dev.remap.jobs.catalogue.Found;
import dev.remap.jobs.catalogue.LeftOut;
import dev.remap.jobs.catalogue.ListedImage;
import dev.remap.jobs.config.InputException;
import dev.remap.jobs.job.JobContext;
import dev.remap.jobs.job.TaskFailures;
import java.io.Serializable;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/**
 * What the catalogue of the settings lists now, kept by Spark until it is forgotten.
 *
 * @param found what is kept
 * @param digest tells this listing from others
 */
public record Listing(
    Catalogue catalogue, JavaRDD<Found> found, ListingDigest digest, LeftOut leftOut) {

  /** What one pass over a listing brings. */
  private record Sum(ListingDigest digest, LeftOut leftOut) implements Serializable {
    Sum add(Found found) {
      return found instanceof ListedImage image
          ? new Sum(digest.add(image), leftOut)
          : new Sum(digest, leftOut.add((LeftOut) found));
    }

    Sum add(Sum other) {
      return new Sum(digest.add(other.digest), leftOut.add(other.leftOut));
    }
  }

  /**
   * Lists it; a catalogue without images, or with one that cannot be written down, is an {@link
   * InputException}.
   */
  public static Listing of(JobContext context) {
    Catalogue catalogue = Catalogue.of(context.settings());
    JavaRDD<Found> found =
        TaskFailures.unwrap(() -> catalogue.find(context.session()))
            .map(one -> one instanceof ListedImage image ? image.checked() : one)
            .persist(StorageLevel.MEMORY_AND_DISK());
    Sum sum =
        TaskFailures.unwrap(
            () -> found.aggregate(new Sum(ListingDigest.EMPTY, new LeftOut()), Sum::add, Sum::add));
    if (sum.digest.images() == 0) {
      throw new InputException(
          "Catalogue %s has no images: looked for %s%s",
          catalogue.uri(), catalogue.wanted(), sum.leftOut.isEmpty() ? "" : "; " + sum.leftOut);
    }
    return new Listing(catalogue, found, sum.digest, sum.leftOut);
  }

  /** The images alone. */
  public JavaRDD<ListedImage> images() {
    return Found.images(found);
  }

  /** Lets Spark forget it. */
  public void forget() {
    found.unpersist();
  }
}
